import { runInHead, wrapProof } from "../convert/block.js";
import { columnsOf, type Layout } from "../convert/layout.js";
import type { Document, Markup, Proof, Statement } from "../document/types.js";
import { closingOf, isHalfTyped } from "./block-end.js";
import { beginsLine, lineLead, withLead } from "./line-style.js";
import type { TextChange } from "./placement.js";
import type { LatexSetting } from "./surroundings.js";

/** How the block of a new proof is to look, after the document's own blocks. */
export interface BlockStyle {
  readonly markup: Markup;
  /** The environment, class, directive or callout type; null for the usual one. */
  readonly name: string | null;
  /** What stands before the block's lines, and beyond that before the lines inside it. */
  readonly lead: string;
  readonly inner: string;
  /** The quote mark of a callout; empty for other blocks. */
  readonly quote: string;
  /** What a proof that is run in begins with. */
  readonly head: string;
}

/** @param setting what LaTeX knows there; null in Markdown */
export function blockStyle(document: Document, statement: Statement, setting: LatexSetting | null): BlockStyle {
  const name = proofName(document, statement.markup) ?? setting?.proof ?? null;
  // Without an environment for proofs, one is run in.
  const markup = setting !== null && name === null ? "run-in" : statement.markup;
  return {
    markup,
    name,
    lead: lineLead(document, statement.start),
    inner: markup === "environment" ? innerIndent(document, statement) : "",
    quote: markup === "callout" ? quoteMark(document, statement) : "",
    head: runInHead(document.syntax, isFlush(document, statement)),
  };
}

/** The room that the lines of a new proof have. */
export function roomInside({ markup, lead, inner, quote, head }: BlockStyle): Pick<Layout, "lead" | "first"> {
  const columns = columnsOf(lead + inner + quote);
  return { lead: columns, first: markup === "run-in" ? columns + head.length : null };
}

/** A proof as a new block after its statement. @param body in the document's syntax, with LF */
export function newProof(
  document: Document,
  statement: Statement,
  body: string,
  { markup, name, lead, inner, quote, head }: BlockStyle,
  setting: LatexSetting | null,
): TextChange {
  const { text, syntax } = document;
  const fence = markup === "div" || markup === "directive" ? closingOf(document, statement) : null;
  const block = wrapProof(body, {
    markup,
    syntax,
    head,
    ...(name === null ? {} : { name }),
    ...(fence === null ? {} : { fence }),
    ...(quote === "" ? {} : { quotePrefix: quote }),
    ...(setting === null
      ? { qedhere: false }
      : { qedhere: setting.qedhere && name === "proof", amssymb: setting.packages.amssymb }),
  });
  const start = attachmentsEnd(document, statement);
  const rest = text.slice(start);
  // A blank line sets paragraphs and Markdown's blocks apart; an environment needs none.
  const blankLine = `\n${lead.trimEnd()}`;
  const apart = syntax === "markdown" || markup === "run-in";
  const opened = isHalfTyped(document, statement) ? `\n${lead}${closingOf(document, statement)}` : "";
  const inserted = `${opened}${apart ? blankLine : ""}\n${withLead(indented(block, inner), lead, true)}`;
  const sameLine = /^[ \t]*(?=\S)/.exec(rest)?.[0];
  if (sameLine !== undefined) {
    return { start, end: start + sameLine.length, text: `${inserted}${apart ? blankLine : ""}\n${lead}` };
  }
  const blank = lead.includes(">") ? /^\s*?\n[ \t>]*(?:\r?\n|$)/ : /^\s*?\n\s*?(?:\n|$)/;
  return { start, end: start, text: inserted + (!apart || rest.trim() === "" || blank.test(rest) ? "" : blankLine) };
}

/** Whether a run-in proof begins with `\noindent`: where the author has it before the statement, and after environments. */
function isFlush({ text }: Document, { start, markup }: Statement): boolean {
  return markup !== "run-in" || /\\noindent\s*$/.test(text.slice(Math.max(0, start - 20), start));
}

/** A block whose inside, between its first and its last line, is indented. */
function indented(block: string, inner: string): string {
  if (inner === "") return block;
  const lines = block.split("\n");
  return [lines[0], withLead(lines.slice(1, -1).join("\n"), inner, true), lines.at(-1)].join("\n");
}

/** How much deeper than its environment a proof stands: as the last other proof does, else as the statement. */
function innerIndent(document: Document, statement: Statement): string {
  const proof = document.statements.findLast(
    (other) => other.proof?.markup === "environment" && deeper(document, other.proof) !== null,
  )?.proof;
  return (proof && deeper(document, proof)) ?? deeper(document, statement) ?? "";
}

/** The indentation of a block's inside beyond its own; null where the two don't begin lines of their own. */
function deeper(document: Document, { start, body, markup }: Statement | Proof): string | null {
  if (markup !== "environment" || body.end === body.start || !beginsLine(document, body.start)) return null;
  const outer = lineLead(document, start);
  const inner = lineLead(document, body.start);
  return inner.startsWith(outer) ? inner.slice(outer.length) : null;
}

/** `> ` or `>`, as the lines of a callout begin. */
function quoteMark({ text }: Document, { start }: Statement): string {
  return text.startsWith("> ", start) ? "> " : ">";
}

/** The name that the document's own proofs in this markup have, the last one's; null if there are none. */
function proofName(document: Document, markup: Markup): string | null {
  const names: Readonly<Record<Markup, RegExp | null>> = {
    // A box of beamer's is a proof by its title only.
    environment: /^\\begin\s*\{(?!(?:alert|example)?block\})([^{}\n]*)\}/,
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
