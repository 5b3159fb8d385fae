import { type LatexPackages, plainSign } from "./plain-latex.js";
import { accented, mathSymbol, proseSymbol, scriptOf } from "./symbols.js";

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  "%": "\\%",
  _: "\\_",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  '"': "''",
};

/** How inline mathematics begins and ends in the document, and what it may be made of. */
export interface InlineMath {
  readonly open: string;
  readonly close: string;
  readonly packages: LatexPackages;
}

/** A stretch that prints as text, or one that must be mathematics. */
interface Part {
  readonly math: boolean;
  readonly out: string;
}

const signs = new Set("–—‑‐“”‘’…†‡§");

function part(char: string, packages: LatexPackages): Part {
  const script = scriptOf(char);
  if (script !== null) return { math: true, out: script.base };
  // In the classic text fonts these three places hold other signs.
  if (char === "<" || char === ">" || char === "|") return { math: true, out: char };
  if (char < "\u0080") return { math: false, out: escapes[char] ?? char };
  if (signs.has(char)) return { math: false, out: proseSymbol(char) };
  const symbol = mathSymbol(char);
  return symbol === null ? { math: false, out: proseSymbol(char) } : { math: true, out: plainSign(symbol, packages) };
}

/**
 * Prose as LaTeX: every special character escaped, symbols and raised or lowered figures as inline mathematics. The
 * result compiles with pdfLaTeX in any font encoding.
 */
export function latexText(text: string, { open, close, packages }: InlineMath): string {
  let out = "";
  let scripts = "";
  let mark = "";
  const flush = (): void => {
    if (scripts !== "") out += `${open}${mark}{${scripts}}${close}`;
    scripts = "";
  };
  for (const char of text) {
    const script = scriptOf(char);
    if (script !== null) {
      if (script.mark !== mark) flush();
      mark = script.mark;
      scripts += script.base;
      continue;
    }
    flush();
    if (/^[\u0300-\u0327]$/.test(char) && /[A-Za-z]$/.test(out) && !/\\[A-Za-z]+$/.test(out)) {
      out = out.slice(0, -1) + accented(out.at(-1)!, [char]);
      continue;
    }
    const { math, out: tex } = part(char, packages);
    out += math ? `${open}${tex}${close}` : tex;
  }
  flush();
  return out;
}

/** Code as LaTeX: typewriter letters, every special character escaped, every space kept. */
export function latexCode(code: string, packages: LatexPackages): string {
  const out = Array.from(code, (char) => {
    if (char === "-") return "-{}";
    if (char === "<" || char === ">" || char === "|" || char === '"') return char;
    if (char === "`") return "\\textasciigrave{}";
    const { math, out: tex } = part(char, packages);
    if (!math) return tex;
    const script = scriptOf(char);
    return script === null ? `$${tex}$` : `$${script.mark}{${script.base}}$`;
  }).join("");
  return `\\texttt{${out.replace(/ (?= )|^ | $/g, "\\ ")}}`;
}

/** A code block as LaTeX: verbatim where that is safe, else lines of typewriter letters. */
export function latexCodeBlock(code: string, inList: boolean, packages: LatexPackages): string {
  const lines = code.replace(/\n$/, "").replace(/\t/g, "    ").split("\n");
  if (!inList && /^[\x20-\x7E\n]*$/.test(lines.join("\n")) && !/\\[a-zA-Z@]|\^\^/.test(code)) {
    return `\\begin{verbatim}\n${lines.join("\n")}\n\\end{verbatim}`;
  }
  const typed = lines.map((line) => (line.trim() === "" ? "\\mbox{}" : latexCode(line, packages)));
  return `\\begin{flushleft}\n${typed.join("\\\\\n")}\n\\end{flushleft}`;
}
