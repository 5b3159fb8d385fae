import { symbols } from "./commands.js";
import { argumentsEnd, isDenied, isDeniedEnvironment } from "./danger.js";
import { withoutLatexBlocks } from "./foreign.js";
import { type Hidden, riddle, riddleOf } from "./hidden.js";
import { withoutHtml } from "./html.js";
import { isSafeLink } from "./markdown.js";
import type { Span } from "./scan.js";

/** A text without what could do harm, and what was taken out of it, as written. */
export interface Cleansed {
  readonly hidden: Hidden;
  readonly removed: readonly string[];
}

const fonts: Readonly<Record<string, string>> = { textbf: "**", textit: "*", emph: "*", textsl: "*", underline: "*" };

/**
 * Takes out of the prose of a proof what could reach files, the shell or the network or run code, in LaTeX or in any
 * Markdown tool: TeX commands, raw HTML, images and embeds, links of other schemes, raw attributes and roles on code.
 * What is harmless in meaning (`\textbf{…}`, a lone `\alpha`) becomes Markdown or mathematics; what is left of TeX
 * becomes text.
 */
export function cleanse(hidden: Hidden): Cleansed {
  const removed: string[] = [];
  const spans: Span[] = [...hidden.spans];
  const formula = (tex: string): string => {
    spans.push({ kind: "math", start: 0, end: 0, tex, display: false, opener: "\\(", closed: true });
    return riddleOf(spans.length - 1);
  };
  let text = withoutHtml(withoutLatexBlocks(hidden.text), removed, formula, isSafeLink);
  text = withoutTex(text.replace(/(?<=[\p{L}.])~(?=\\[a-z]+\{|\$\uE000)/gu, "\u00A0"), removed, formula);
  text = withoutLinks(text, removed);
  text = plainCode(text, spans, removed);
  text = text.replace(/^([^\s>*+#|-][^\n]*)\n=+[ \t]*$/gm, "## $1");
  return { hidden: { text, spans }, removed };
}

function withoutTex(source: string, removed: string[], formula: (tex: string) => string): string {
  let text = source.replace(/\^\^\^\^[0-9a-f]{4}|\^\^+(?:[0-9a-f]{2}|[@-_])/g, (whole) => {
    removed.push(whole);
    return "";
  });
  let out = "";
  const command = /\\(@[a-zA-Z@]*|[a-zA-Z]+)(\*?)|\\\\/g;
  let at = 0;
  for (let found = command.exec(text); found !== null; found = command.exec(text)) {
    const [whole, name, star] = found;
    if (name === undefined) continue;
    out += text.slice(at, found.index);
    at = found.index + whole.length;
    const rest = text.slice(at);
    const braced = /^\s*\{([^{}]*)\}/.exec(rest);
    const environment = name === "begin" ? braced?.[1]?.trim() : undefined;
    if (environment !== undefined && isDeniedEnvironment(environment)) {
      const close = new RegExp(`\\\\end\\s*\\{${environment.replace(/\W/g, "\\$&")}\\}`).exec(rest);
      at += close === null ? braced![0].length : close.index + close[0].length;
      removed.push(text.slice(found.index, at));
    } else if (name === "end" && isDeniedEnvironment(braced?.[1]?.trim() ?? "")) {
      at += braced![0].length;
      removed.push(text.slice(found.index, at));
    } else if (name === "begin" || name === "end") {
      at += braced?.[0].length ?? 0;
      out += `\\${text.slice(found.index, at)}`;
    } else if (isDenied(name)) {
      at = argumentsEnd(text, at);
      removed.push(text.slice(found.index, at));
    } else if (fonts[name] !== undefined && braced !== null && !braced[1]!.includes("\n\n")) {
      const inner = braced[1]!.trim();
      text = `${text.slice(0, at)}${inner === "" ? "" : fonts[name] + inner + fonts[name]}${rest.slice(braced[0].length)}`;
    } else if (/^(?:qed|qedsymbol|qedhere|blacksquare|square|Box)$/.test(name)) out += "∎";
    else if (/^h?fill?$/.test(name) || /^(?:noindent|par|bigskip|medskip|smallskip|newpage|clearpage)$/.test(name)) {
      out += " ";
    } else if (/^(?:eq)?ref$/.test(name) && braced !== null) {
      at += braced[0].length;
      out += formula(`\\${name}{${braced[1]}}`);
    } else if (symbols.has(name)) out += formula(`\\${name}`);
    else out += `\\\\${name}${star}`;
    command.lastIndex = at;
  }
  return out + text.slice(at);
}

function withoutLinks(source: string, removed: string[]): string {
  const take = (whole: string, instead: string): string => {
    removed.push(whole);
    return instead;
  };
  return source
    .replace(/!\[\[[^\]\n]*\]\]/g, (whole) => take(whole, ""))
    .replace(/!\[([^\]]*)\]\(([^()]*(?:\([^()]*\)[^()]*)*)\)/g, (whole, alt: string) => take(whole, alt))
    .replace(/!\[([^\]]*)\](?=\[)/g, "[$1]")
    .replace(/!(?=\[)/g, "\\!")
    .replace(/\[([^[\]]*)\]\(([^()]*(?:\([^()]*\)[^()]*)*)\)/g, (whole, label: string, inner: string) => {
      const destination = inner.trim().split(/\s/)[0]!.replace(/^<|>$/g, "");
      if (isSafeLink(destination)) return whole;
      // "on [a,b](say)" is prose; a destination has a scheme, a path or an entity in it.
      if (!/[:/\\.#&%]/.test(destination)) return `[${label}]&#40;${inner})`;
      return take(whole, label);
    })
    .replace(
      /^([ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)*)\[(?!\^)([^\]\n]+)\]:[ \t]*(?:\n[ \t]*)?(\S+)[^\n]*/gm,
      (whole, lead: string, label: string, to: string) => {
        if (isSafeLink(to.replace(/^<|>$/g, ""))) return whole;
        return /[:/\\&%]/.test(to) ? take(whole, lead) : whole.replace(`[${label}]:`, `[${label}]&#58;`);
      },
    );
}

/** Roles before code (MyST) and attributes after it (Pandoc) can include files and pass raw TeX or HTML: they go. */
function plainCode(source: string, spans: readonly Span[], removed: string[]): string {
  const isCode = (index: string): boolean => spans[Number(index)]?.kind === "code";
  return source
    .replace(/(\$\uE000(\d+)\uE001)\{([^{}\n]*)\}/g, (whole, code: string, index: string, attributes: string) => {
      if (!isCode(index)) return whole;
      removed.push(`{${attributes}}`);
      return code;
    })
    .replace(/\{([\w:.+-]+)\}(?=\$\uE000(\d+)\uE001)/g, (whole, _role, index: string) => {
      if (!isCode(index)) return whole;
      removed.push(whole);
      return "";
    });
}

/** The index of each formula in the order in which the text shows it. */
export function formulaOrder(hidden: Hidden): number[] {
  return [...hidden.text.matchAll(riddle())]
    .map(([, index]) => Number(index))
    .filter((index) => hidden.spans[index]?.kind === "math");
}
