import { shapes, symbols } from "./commands.js";
import { isDenied, isDeniedEnvironment } from "./danger.js";
import { type Tag, tagKey } from "./formula-tokens.js";
import { type LatexPackages, plainSign } from "./plain-latex.js";
import { mathSymbol, proseSymbol, scriptOf } from "./symbols.js";

/** Who reads the formula: a TeX engine, or KaTeX and MathJax on a page. */
export type Dialect = "latex" | "katex";

/**
 * The LaTeX of a reference; null if nothing has that name.
 * @param form `text`: "(1)" in the model's words, `key` without its parentheses; else the command of the model
 */
export type Refer = (key: string, form: "text" | "ref" | "eqref") => string | null;

/** What the text inside a formula needs from the formula around it. */
export interface TextContext {
  readonly dialect: Dialect;
  /** What the document can print; everything for KaTeX. */
  readonly packages: LatexPackages;
  /** Whether the text stands in an exponent or an index: a box of the kernel doesn't shrink there of its own. */
  readonly inScript: boolean;
  /** Makes LaTeX of mathematics inside the text. */
  readonly math: (tex: string) => string;
  readonly removed: string[];
  readonly reference: Refer;
}

/** A stretch of text or of mathematics inside `\text`. */
interface Part {
  readonly math: boolean;
  readonly out: string;
}

const escapes: Readonly<Record<string, string>> = {
  "%": "\\%",
  "#": "\\#",
  "&": "\\&",
  _: "\\_",
  $: "\\$",
  "^": "\\textasciicircum{}",
  "{": "",
  "}": "",
  '"': "''",
  "\n": " ",
  "\t": " ",
};

/** One character of text that is not ASCII (or prints wrongly in old fonts), for either dialect. */
function character(char: string, { dialect, packages }: TextContext): Part {
  const script = scriptOf(char);
  if (script !== null) return { math: true, out: `{}${script.mark}{${script.base}}` };
  if (/[<>|]/.test(char)) return { math: true, out: char };
  if (char < "\u0080") return { math: false, out: escapes[char] ?? char };
  if (/[–—‑‐“”‘’…†‡§°\s]/.test(char) && char !== "°") {
    if (dialect === "latex") return { math: false, out: proseSymbol(char) };
    if (char === "†" || char === "‡") return { math: true, out: mathSymbol(char)! };
    return { math: false, out: /[‑‐]/.test(char) ? "-" : /\s/.test(char) ? " " : char };
  }
  const symbol = mathSymbol(char);
  if (symbol !== null) return { math: true, out: plainSign(symbol, packages) };
  return { math: false, out: dialect === "latex" ? proseSymbol(char) : char };
}

const pattern =
  /\\\(([\s\S]*?)\\\)|\$([^$]*)\$|\\(eq)?ref\s*\{([^{}]*)\}|\\(text(?:bf|it|sf|tt|rm|normal)?|emph|mbox|hbox)\s*\{((?:[^{}]|\{[^{}]*\})*)\}|\\(@[a-zA-Z@]*|[a-zA-Z]+)((?:\s*\{[^{}]*\})*)|\\([\s\S])|\(([^()\s]{1,12})\)|[\s\S]/gu;

function parts(source: string, context: TextContext): Part[] {
  const out: Part[] = [];
  for (const found of source.matchAll(pattern)) {
    const [whole, inline, dollars, equation, label, font, inner, word, groups, control, key] = found;
    const mathematics = inline ?? dollars;
    if (mathematics !== undefined) out.push({ math: true, out: context.math(mathematics) });
    else if (label !== undefined)
      out.push({
        math: false,
        out: context.reference(label, equation === "eq" ? "eqref" : "ref") ?? `(${label.replace(/[^\w .-]/g, "")})`,
      });
    else if (font !== undefined) out.push(...styled(font, inner!, context));
    else if (word !== undefined) {
      const environment = /^(?:begin|end)$/.test(word) ? /^\s*\{\s*([^{}]*?)\s*\}/.exec(groups!)?.[1] : undefined;
      if (isDenied(word) || (environment !== undefined && isDeniedEnvironment(environment)))
        context.removed.push(whole);
      else if (word === "quad" || word === "qquad") out.push({ math: false, out: `\\${word}{}` });
      else if (symbols.has(word) || shapes.has(word)) out.push({ math: true, out: context.math(whole) });
      else out.push({ math: false, out: word }, ...parts(groups!, context));
    } else if (control !== undefined) {
      if (/[%#&_${}]/.test(control)) out.push({ math: false, out: whole });
      else if (/[,;:!\s]/.test(control))
        out.push({ math: false, out: control === "!" ? "" : control === "," ? "\\," : "\\ " });
      else if (control === "\\") out.push({ math: false, out: " " });
    } else if (key !== undefined) {
      const reference = context.reference(key, "text");
      if (reference !== null) out.push({ math: false, out: reference });
      else for (const char of whole) out.push(character(char, context));
    } else out.push(character(whole, context));
  }
  return out;
}

function styled(font: string, inner: string, context: TextContext): Part[] {
  const command = font === "emph" ? "textit" : font === "mbox" || font === "hbox" ? "text" : font;
  return [{ math: true, out: textCommand(command, inner, context) }];
}

/** What stands around text in a formula: `\text{…}`, or a box of the kernel, made small where TeX doesn't. */
function textBox(name: string, { packages, inScript }: TextContext): { readonly open: string; readonly close: string } {
  if (packages.amsmath) return { open: `\\${name}{`, close: "}" };
  const size = inScript ? "\\scriptsize " : "";
  if (name === "text" || name === "textrm") return { open: `\\mbox{${size}`, close: "}" };
  return inScript ? { open: `\\mbox{${size}\\${name}{`, close: "}}" } : { open: `\\${name}{`, close: "}" };
}

/**
 * The LaTeX of `\command{source}` inside a formula. Mathematics in the text is lifted out of it
 * (`\text{if $x>0$}` → `\text{if }x>0`), because a `$` inside `$…$` ends the formula in Markdown.
 */
export function textCommand(command: string, source: string, context: TextContext): string {
  const { open, close } = textBox(command === "textnormal" || command === "mbox" ? "text" : command, context);
  const out: string[] = [];
  let text = "";
  const flush = (): void => {
    if (text !== "") out.push(open + text + close);
    text = "";
  };
  for (const part of parts(source, context)) {
    if (part.math) {
      flush();
      out.push(/^[<>|=+-]$/.test(part.out) ? `{${part.out}}` : part.out);
    } else text += part.out;
  }
  flush();
  if (out.length === 0) return open + close;
  return out.length === 1 && out[0]!.startsWith(open) ? out[0]! : `{${out.join(" ")}}`;
}

/** A tag from what the model wrote in `\tag{…}`. Tags are text, so mathematics in them gets its dollars. */
export function readTag(source: string, starred: boolean, context: TextContext): Tag {
  const bare = source.trim();
  const key = tagKey(starred ? bare.replace(/^\(|\)$/g, "") : bare);
  if (/[\\^_]/.test(bare) && !/[$]|\\\(|\\text/.test(bare)) return { text: `$${context.math(bare)}$`, starred, key };
  const out = parts(bare, { ...context, reference: () => null })
    .map((part) => (part.math ? `$${part.out}$` : part.out))
    .join("");
  const primes = context.dialect === "latex" ? out.replace(/'+/g, "$$$&$$") : out;
  return { text: primes.replace(/\$\$/g, ""), starred, key };
}
