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
  /** What every line begins with; for a callout its own mark included. `"> "` for a callout if not given. */
  readonly quotePrefix?: string;
  /** White space before every line. */
  readonly indent?: string;
  /** Whether `\qedhere` is defined where the block goes (amsthm). True if not given, for the name `proof` only. */
  readonly qedhere?: boolean;
  /** Whether amssymb is loaded, which has the tombstone of a proof that is run in. True if not given. */
  readonly amssymb?: boolean;
}

/** The tombstone of a LaTeX proof that is run in, with what sets it at the end of the line. */
export function latexTombstone(amssymb: boolean): string {
  return amssymb ? "\\hfill$\\square$" : "\\hfill\\rule{1ex}{1ex}";
}

/** The lines of a block with a prefix; the insides of `verbatim` keep their first column. */
function prefixed(text: string, prefix: string, keepVerbatim: boolean): string {
  if (prefix === "") return text;
  let verbatim = false;
  return text
    .split("\n")
    .map((line) => {
      const within = verbatim;
      if (line.includes("\\begin{verbatim}")) verbatim = true;
      if (line.includes("\\end{verbatim}")) verbatim = false;
      if (keepVerbatim && within) return line;
      return line === "" ? prefix.trimEnd() : prefix + line;
    })
    .join("\n");
}

/** A fence of the same kind, longer than any run of that character at the beginning of a line of `body`. */
function fenceFor(body: string, kind: string, least: number): string {
  const runs = body.match(new RegExp(`^[ \\t>]*(?:[-*+]\\s+|\\d+[.)]\\s+)*\\${kind}{3,}`, "gm")) ?? [];
  const longest = Math.max(0, ...runs.map((run) => run.split(kind).length - 1));
  return kind.repeat(Math.max(least, longest >= least ? longest + 1 : least));
}

function latexBlock(body: string, place: BlockPlace): string {
  if (place.markup === "run-in") {
    return `\\noindent\\textbf{Proof.} ${body}${/\\(?:end\{[a-z*]+\}|\])$/.test(body) ? "\n\n\\noindent" : ""}${latexTombstone(place.amssymb ?? true)}`;
  }
  const name = /^[A-Za-z][A-Za-z0-9*-]*$/.test(place.name ?? "") ? place.name! : "proof";
  const qedhere = place.qedhere ?? name === "proof";
  // A list, a table or code would push the word "Proof" aside, and TeX takes a bracket for the environment's option.
  const opening = /^\\begin\{(?:enumerate|itemize|center|quote|verbatim|flushleft)\}/.test(body)
    ? "\\leavevmode\n"
    : "";
  const inner = (qedhere ? withQedHere(body) : body).replace(/^\[/, "{[}");
  return `\\begin{${name}}\n${opening}${inner}\n\\end{${name}}`;
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
    case "callout":
      return `[!${name}]\n${body}`;
    default: {
      const apart = /^(?:\$\$|\\\[|[-*+] |\d+[.)] |>|\||`{3}|~{3}|\*\*)/.test(body);
      const last = body.slice(body.lastIndexOf("\n") + 1);
      const ended = /(?:∎|□|■|\\blacksquare\$|\\square\$|\\qed)\s*$/.test(body);
      const own = /^(?:\$\$|\\\])$|^\s*(?:`{3,}|~{3,}|[-*+] |\d+[.)] |[|>])|^\s+/.test(last);
      const end = ended ? "" : own ? "\n\n∎" : " ∎";
      return `**Proof.**${apart ? "\n\n" : " "}${body}${end}`;
    }
  }
}

/**
 * A proof as a block of the document: `\begin{proof}…`, `::: {.proof}`, `{prf:proof}`, `> [!proof]` or `**Proof.** … ∎`.
 * @param body a converted proof (`convertProof`), in the flavour that belongs to the markup
 * @returns the block without a line end, every line with the place's prefix, the first one included
 */
export function wrapProof(body: string, place: BlockPlace): string {
  // In Markdown an environment holds LaTeX all the same.
  const latex = place.syntax === "latex" || place.markup === "environment";
  const block = latex ? latexBlock(body.trim(), place) : markdownBlock(body.replace(/^\n+|\s+$/g, ""), place);
  const quote = place.quotePrefix ?? (place.markup === "callout" && !latex ? "> " : "");
  return prefixed(block, (place.indent ?? "") + quote, latex);
}
