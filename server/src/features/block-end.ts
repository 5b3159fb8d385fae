import type { Document, Markup, TextRange } from "../document/types.js";

/** A block of a document: a statement or a proof. */
interface Block extends TextRange {
  readonly markup: Markup;
}

/** What closes a block of which nothing but the opening is there: `\end{…}` or a fence; null if its markup needs none. */
export function closingOf({ text }: Document, { markup, start }: Block): string | null {
  const source = text.slice(start, start + 400);
  if (markup === "environment") return `\\end{${/^\\begin\s*\{([^{}\n]*)\}/.exec(source)?.[1] ?? "proof"}}`;
  if (markup === "div" || markup === "directive") return /^[ \t>]*(:{3,}|`{3,}|~{3,})/.exec(source)?.[1] ?? null;
  return null;
}

/** Whether a block's own end is missing: its author is still typing it. */
export function isHalfTyped(document: Document, block: Block): boolean {
  const closing = closingOf(document, block);
  if (closing === null) return false;
  const source = document.text.slice(block.start, block.end);
  if (block.markup === "environment") return !/\\end\s*\{[^{}\n]*\}$/.test(source);
  const last = source.slice(source.lastIndexOf("\n") + 1).replace(/^[ \t>]*/, "");
  return !source.includes("\n") || !last.startsWith(closing[0]!.repeat(3)) || !/^(\S)\1*\s*$/.test(last);
}
