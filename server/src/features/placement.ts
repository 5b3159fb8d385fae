import { wrapProof } from "../convert/block.js";
import { convertProof, type Flavour } from "../convert/convert.js";
import type { Document, Hole, Markup, Proof, Statement, TextRange } from "../document/types.js";

/** A change of a text: the range is replaced. */
export interface TextChange extends TextRange {
  readonly text: string;
}

/** How a proof goes into its document. */
export interface Placement {
  readonly changes: readonly TextChange[];
  /** Pieces of the model's text that were taken out because they could do harm. */
  readonly removed: readonly string[];
}

/**
 * Places a proof at its statement, in the file's own syntax: as a new block after a statement without one, in place of
 * a hole, or after what the author has written, which stays as it is.
 * @param answer the model's Markdown, `prefix` included
 * @param prefix the author's part, with which the answer begins
 */
export function placeProof(document: Document, statement: Statement, answer: string, prefix: string): Placement {
  const { proof } = statement;
  const flavour = flavourOf(document, proof?.markup ?? statement.markup);
  const labels = new Set(document.statements.flatMap(({ label }) => (label === null ? [] : [label])));
  const continuation = answer.startsWith(prefix) ? answer.slice(prefix.length) : answer;
  const { text, removed } = convertProof(continuation, { flavour, math: document.mathStyle, labels });
  const change = proof
    ? continueProof(document, statement, proof, text, /^\s*\n/.test(continuation) || prefix === "")
    : newProof(document, statement, text);
  return { changes: [change], removed };
}

function flavourOf(document: Document, markup: Markup): Flavour {
  if (document.syntax === "latex") return "latex";
  switch (markup) {
    case "div":
      return "pandoc";
    case "directive":
      return "myst";
    case "callout":
      return "obsidian";
    default:
      return "run-in";
  }
}

function newProof(document: Document, statement: Statement, body: string): TextChange {
  const { text, syntax } = document;
  const lead = linePrefix(text, statement.start);
  const quotePrefix = /^[\s>]*/.exec(lead)?.[0] ?? "";
  const fence = /^(?::{3,}|`{3,}|~{3,})/.exec(text.slice(statement.start))?.[0];
  const block = wrapProof(body, {
    markup: statement.markup,
    syntax,
    ...(fence === undefined ? {} : { fence }),
    ...(statement.markup === "callout" ? { quotePrefix: `${quotePrefix.trimEnd() === "" ? "" : quotePrefix}> ` } : {}),
    ...(quotePrefix.trim() === "" ? { indent: quotePrefix } : {}),
  });
  // A blank line sets blocks apart in Markdown; in LaTeX the environment does that.
  const gap = syntax === "latex" ? "\n" : "\n\n";
  const after = text.slice(statement.end);
  const tail = syntax === "latex" || after.trim() === "" || /^\s*?\n\s*?\n/.test(after) ? "" : "\n";
  return { start: statement.end, end: statement.end, text: gap + block + tail };
}

/** Puts the rest of a proof where its first hole is, or at its end. */
function continueProof(
  document: Document,
  statement: Statement,
  proof: Proof,
  converted: string,
  paragraph: boolean,
): TextChange {
  const { text } = document;
  const { body } = proof;
  const hole: Hole | undefined = statement.holes.find(({ start, end }) => start >= body.start && end <= body.end);
  const until = hole && hole.kind !== "empty" ? hole.end : body.end;
  const writtenEnd = trimmedEnd(text, body.start, hole ? hole.start : body.end, proof);
  const nothingWritten = writtenEnd === body.start;
  const prefix = proof.markup === "callout" ? (/^[\s>]*/.exec(lineAt(text, proof.start))?.[0] ?? "> ") : "";
  const quoted = prefix === "" ? converted : converted.replaceAll("\n", `\n${prefix}`);
  const newline = `\n${prefix}`;
  const lead = nothingWritten ? newline : paragraph ? newline.trimEnd() + newline : " ";
  const rest = text.slice(until, proof.end);
  const closing = proof.closed ? "" : closingOf(document, proof);
  const tail = /^\s*\n/.test(rest) || (rest === "" && closing === "") ? "" : "\n";
  return { start: writtenEnd, end: until, text: lead + quoted + tail + closing };
}

function closingOf(document: Document, proof: Proof): string {
  if (proof.markup === "run-in") return " ∎";
  if (proof.markup !== "environment" || document.syntax !== "latex") return "";
  const name = /^\\begin\s*\{([^}]*)\}/.exec(document.text.slice(proof.start))?.[1] ?? "proof";
  return `\\end{${name}}\n`;
}

/** The end of what is written between `start` and `end`, white space and quote marks of a callout left out. */
function trimmedEnd(text: string, start: number, end: number, proof: Proof): number {
  const written = text.slice(start, end);
  const trimmed = proof.markup === "callout" ? written.replace(/[\s>]+$/, "") : written.trimEnd();
  return start + trimmed.length;
}

function linePrefix(text: string, offset: number): string {
  return text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end < 0 ? undefined : end);
}

/** A text with changes applied; they must not overlap. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  let result = text;
  for (const change of [...changes].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, change.start) + change.text + result.slice(change.end);
  }
  return result;
}
