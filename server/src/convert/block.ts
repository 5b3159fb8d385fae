import type { Markup, Syntax } from "../document/types.js";
import { withQedHere } from "./qedhere.js";

/** Where the block of a proof goes and how the document writes such blocks. */
export interface BlockPlace {
  readonly markup: Markup;
  readonly syntax: Syntax;
  /** The proof environment (LaTeX), class (div), directive or callout type, if the document uses another than `proof`. */
  readonly name?: string;
  /** The fence of the statement, colons, backticks or tildes: the proof uses the same kind, at least as long. */
  readonly fence?: string;
  /** What every line of a callout begins with, its own mark included. `"> "` if not given. */
  readonly quotePrefix?: string;
  /** What a proof that is run in begins with; {@link runInHead} if not given. */
  readonly head?: string;
  /** Whether `\qedhere` is defined where the block goes (amsthm). True if not given, for the name `proof` only. */
  readonly qedhere?: boolean;
  /** Whether amssymb is loaded, which has the tombstone of a proof that is run in. True if not given. */
  readonly amssymb?: boolean;
}

/** The tombstone of a LaTeX proof that is run in, with what sets it at the end of the line. */
export function latexTombstone(amssymb: boolean): string {
  return amssymb ? "\\hfill$\\square$" : "\\hfill\\rule{1ex}{1ex}";
}

/**
 * What a proof that is run in begins with, up to its first word.
 * @param flush LaTeX: whether its paragraph is not indented
 */
export function runInHead(syntax: Syntax, flush = true): string {
  return syntax === "markdown" ? "**Proof.** " : `${flush ? "\\noindent" : ""}\\textbf{Proof.} `;
}

/** Whether a converted proof begins with a block that must begin its line: a display, a list, a quote, a table, code. */
export function beginsWithBlock(text: string): boolean {
  return /^(?:\$\$|\\\[|[-*+] |\d+[.)] |[>|]|`{3}|~{3})/.test(text);
}

/** The body of a LaTeX proof as it may stand right behind its `\begin`; comments before it stay there. */
export function safeOpening(body: string): string {
  const comments = /^(?:%[^\n]*\n)*/.exec(body)![0];
  const text = body.slice(comments.length);
  // A list, a table or code would push the word "Proof" aside, and TeX takes a bracket for the environment's option.
  const guard = /^\\begin\{(?:enumerate|itemize|center|quote|verbatim|flushleft)\}/.test(text) ? "\\leavevmode\n" : "";
  return comments + guard + text.replace(/^\[/, "{[}");
}

/** A fence of the same kind, longer than any run of that character at the beginning of a line of `body`. */
function fenceFor(body: string, kind: string, least: number): string {
  const runs = body.match(new RegExp(`^[ \\t>]*(?:[-*+]\\s+|\\d+[.)]\\s+)*\\${kind}{3,}`, "gm")) ?? [];
  const longest = Math.max(0, ...runs.map((run) => run.split(kind).length - 1));
  return kind.repeat(Math.max(least, longest >= least ? longest + 1 : least));
}

function latexBlock(body: string, place: BlockPlace): string {
  if (place.markup === "run-in") {
    return `${place.head ?? runInHead("latex")}${body}${/\\(?:end\{[a-z*]+\}|\])$/.test(body) ? "\n\n\\noindent" : ""}${latexTombstone(place.amssymb ?? true)}`;
  }
  const name = /^[A-Za-z][A-Za-z0-9*-]*$/.test(place.name ?? "") ? place.name! : "proof";
  const qedhere = place.qedhere ?? name === "proof";
  return `\\begin{${name}}\n${safeOpening(qedhere ? withQedHere(body) : body)}\n\\end{${name}}`;
}

function markdownBlock(body: string, place: BlockPlace): string {
  const name = /^[A-Za-z][\w-]*$/.test(place.name ?? "") ? place.name! : "proof";
  switch (place.markup) {
    case "div": {
      const fence = fenceFor(body, ":", Math.max(3, place.fence?.startsWith(":") === true ? place.fence.length : 3));
      return `${fence} {.${name}}\n${body}\n${fence}`;
    }
    case "directive": {
      const kind = /^[:~`]/.exec(place.fence ?? "")?.[0] ?? "`";
      const fence = fenceFor(body, kind, Math.max(3, place.fence?.length ?? 3));
      // MyST reads `:name: value` and `---` at the beginning of a directive as its options.
      const guard = /^(?::|---)/.test(body) ? "\n" : "";
      return `${fence}{prf:${name.replace(/^prf:/, "")}}\n${guard}${body}\n${fence}`;
    }
    case "callout": {
      const quote = place.quotePrefix ?? "> ";
      const lines = [`[!${name}]`, ...body.split("\n")];
      return lines.map((line) => (line === "" ? quote.trimEnd() : quote + line)).join("\n");
    }
    default: {
      const apart = beginsWithBlock(body) || body.startsWith("**");
      const last = body.slice(body.lastIndexOf("\n") + 1);
      const ended = /(?:∎|□|■|\\blacksquare\$|\\square\$|\\qed)\s*$/.test(body);
      const own = /^(?:\$\$|\\\])$|^\s*(?:`{3,}|~{3,}|[-*+] |\d+[.)] |[|>])|^\s+/.test(last);
      const end = ended ? "" : own ? "\n\n∎" : " ∎";
      const head = place.head ?? runInHead("markdown");
      return `${apart ? `${head.trimEnd()}\n\n` : head}${body}${end}`;
    }
  }
}

/**
 * A proof as a block of the document: `\begin{proof}…`, `::: {.proof}`, `{prf:proof}`, `> [!proof]` or `**Proof.** … ∎`.
 * @param body a converted proof (`convertProof`), in the flavour that belongs to the markup
 * @returns the block without a line end
 */
export function wrapProof(body: string, place: BlockPlace): string {
  // In Markdown an environment holds LaTeX all the same.
  const latex = place.syntax === "latex" || place.markup === "environment";
  return latex ? latexBlock(body.trim(), place) : markdownBlock(body.replace(/^\n+|\s+$/g, ""), place);
}
