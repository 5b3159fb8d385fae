import { wrapProof } from "../convert/block.js";
import { convertProof, type Flavour } from "../convert/convert.js";
import type { Document, Macro, Markup, Statement, TextRange } from "../document/types.js";
import { closingOf, isHalfTyped } from "./block-end.js";
import { continueProof } from "./continue-proof.js";
import { beginsLine, lineEndOf, lineLead, withLead } from "./line-style.js";

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
 * Places a proof at its statement, in the file's own syntax and line ends: as a new block after a statement without
 * one, in place of a hole, or after what the author has written, which stays as it is.
 * @param answer the model's Markdown, `prefix` included
 * @param prefix the author's part, with which the answer begins
 * @param macros the macros that hold here, where other files declare some too
 * @param note a comment in the document's syntax that goes into the proof on a line of its own; null for none
 */
export function placeProof(
  document: Document,
  statement: Statement,
  answer: string,
  prefix: string,
  macros: readonly Macro[] = document.macros,
  note: string | null = null,
): Placement {
  const { proof } = statement;
  const continuation = answer.startsWith(prefix) ? answer.slice(prefix.length) : answer;
  const { text: converted, removed } = convertProof(continuation, {
    flavour: flavourOf(document, proof?.markup ?? statement.markup),
    math: document.mathStyle,
    labels: new Set(document.statements.flatMap(({ label }) => (label === null ? [] : [label]))),
    macros: new Set(macros.map(({ name }) => name)),
  });
  const joint =
    prefix === "" || /^\s*\n/.test(continuation) ? "paragraph" : /^[,.;:!?)]/.test(continuation) ? "none" : "space";
  const inLine = joint !== "paragraph" || (proof?.markup ?? statement.markup) === "run-in";
  const text = withNote(converted, note, document, inLine);
  const change = proof ? continueProof(document, statement, proof, text, joint) : newProof(document, statement, text);
  const eol = lineEndOf(document.text);
  return { changes: [{ ...change, text: change.text.replace(/\r?\n/g, eol) }], removed };
}

/** A block that must begin its line: a display, a list, a table, a heading, code, a fence. */
const BLOCK = /^(?:\$\$|\\\[|[-*+] |[>|#]|\d+[.)] |`{3}|~{3}|:{3}|---)/;

/**
 * A proof with a comment before it. In LaTeX that ends its line; in Markdown it is a block, or stands in the line that
 * the proof goes on in.
 */
function withNote(text: string, note: string | null, { syntax }: Document, inLine: boolean): string {
  if (note === null) return text;
  if (syntax === "latex") return `${note}\n${text}`;
  return inLine && !BLOCK.test(text) ? `${note} ${text}` : `${note}\n\n${text}`;
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
  const { markup } = statement;
  const lead = lineLead(document, statement.start);
  const name = proofName(document, markup);
  const fence = markup === "div" || markup === "directive" ? closingOf(document, statement) : null;
  const wrapped = wrapProof(body, {
    markup,
    syntax,
    ...(name === null ? {} : { name }),
    ...(fence === null ? {} : { fence }),
  });
  // As the author does it for the statement.
  const flush = /\\noindent\s*$/.test(text.slice(Math.max(0, statement.start - 20), statement.start));
  const block = flush ? wrapped : wrapped.replace(/^\\noindent(?=\\)/, "");
  const start = attachmentsEnd(document, statement);
  const rest = text.slice(start);
  // A blank line sets paragraphs and Markdown's blocks apart; an environment needs none.
  const blankLine = `\n${lead.trimEnd()}`;
  const apart = syntax === "markdown" || markup === "run-in";
  const opened = isHalfTyped(document, statement) ? `\n${lead}${closingOf(document, statement)}` : "";
  const inserted = `${opened}${apart ? blankLine : ""}\n${withLead(innerIndent(document, statement, block), lead, true)}`;
  const sameLine = /^[ \t]*(?=\S)/.exec(rest)?.[0];
  if (sameLine !== undefined) {
    return { start, end: start + sameLine.length, text: `${inserted}${apart ? blankLine : ""}\n${lead}` };
  }
  const blank = lead.includes(">") ? /^\s*?\n[ \t>]*(?:\r?\n|$)/ : /^\s*?\n\s*?(?:\n|$)/;
  return { start, end: start, text: inserted + (!apart || rest.trim() === "" || blank.test(rest) ? "" : blankLine) };
}

/** The inside of an environment as deep as the statement's own. */
function innerIndent(document: Document, statement: Statement, block: string): string {
  if (document.syntax !== "latex" || statement.markup !== "environment") return block;
  const { body } = statement;
  if (body.end === body.start || !beginsLine(document, body.start)) return block;
  const outer = lineLead(document, statement.start);
  const inner = lineLead(document, body.start);
  if (!inner.startsWith(outer) || inner.length === outer.length) return block;
  const lines = block.split("\n");
  const inside = withLead(lines.slice(1, -1).join("\n"), inner.slice(outer.length), true);
  return [lines[0], inside, lines.at(-1)].join("\n");
}

/** The name that the document's own proofs in this markup have, the last one's; null if there are none. */
function proofName(document: Document, markup: Markup): string | null {
  const names: Readonly<Record<Markup, RegExp | null>> = {
    environment: /^\\begin\s*\{([^{}\n]*)\}/,
    div: /^:{3,}\s*(?:\{[^}\n]*?\.)?([\w-]+)/,
    directive: /^\S{3,}?\{(?:prf:)?([\w-]+)\}/,
    callout: /^>\s*\[!([\w-]+)/,
    "run-in": null,
  };
  const own = document.statements.findLast(({ provable, proof }) => provable && proof?.markup === markup)?.proof;
  return (own && names[markup]?.exec(document.text.slice(own.start, own.start + 200))?.[1]) ?? null;
}

/** The end of what belongs to a statement after its block: a comment on its last line, an Obsidian id below it. */
function attachmentsEnd({ text, syntax }: Document, { end, label }: Statement): number {
  const rest = text.slice(end, end + 400);
  if (syntax === "latex") return end + (/^[ \t]*%[^\r\n]*/.exec(rest)?.[0].length ?? 0);
  const id = /^[ \t]*\r?\n(?:[ \t>]*\r?\n)?[ \t>]*\^([A-Za-z\d][\w-]*)(?=[ \t]*(?:\r?\n|$))/.exec(rest);
  return end + (id && id[1] === label ? id[0].length : 0);
}

/** A text with changes applied; they must not overlap. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  let result = text;
  for (const change of [...changes].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, change.start) + change.text + result.slice(change.end);
  }
  return result;
}
