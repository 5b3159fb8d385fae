import { plainText } from "../../document/body.js";
import type { Document, Proof, Statement, TextRange } from "../../document/types.js";
import { type MarkupState, scanMarkup } from "./markup.js";

/** A place in a proof at which text may be offered. */
export interface WritingPlace {
  readonly offset: number;
  /** What the proof is of; null if that stands in another file. */
  readonly statement: Statement | null;
  readonly proof: Proof;
  /** What is written of the proof before the place, as it stands. */
  readonly before: string;
  /** What stands in the proof after it, up to a hole that comes first. */
  readonly after: string;
  readonly markup: MarkupState;
  /** The same texts as a reader would read them: without comments, labels and quote marks. */
  readonly plain: { readonly before: string; readonly after: string };
}

/** Why nothing is offered at a place, in one sentence for the user. */
export interface NoPlace {
  readonly why: string;
}

const OUTSIDE: NoPlace = { why: "The cursor is in no proof. Ghost text comes inside proofs only." };

/** The place of an offset in its proof, or why it is none: outside, in a comment, verbatim text, a name, a nested statement. */
export function writingPlace(document: Document, offset: number): WritingPlace | NoPlace {
  const { text, syntax, statements, looseProofs } = document;
  const candidates: { readonly statement: Statement | null; readonly proof: Proof }[] = [
    ...statements.flatMap((statement) =>
      [statement.proof, ...statement.otherProofs].flatMap((proof) => (proof ? [{ statement, proof }] : [])),
    ),
    ...looseProofs.map((proof) => ({ statement: null, proof })),
  ].filter(({ proof }) => inBody(document, proof, offset));
  const size = ({ start, end }: TextRange) => end - start;
  // Of a proof that is loose and its statement's, the one that knows its statement.
  candidates.sort(
    (a, b) => size(a.proof) - size(b.proof) || Number(a.statement === null) - Number(b.statement === null),
  );
  const [found] = candidates;
  if (!found) return OUTSIDE;
  const { statement, proof } = found;
  const nested = statements.some(
    (one) =>
      one !== statement && one.start >= proof.start && one.end <= proof.end && one.start < offset && offset < one.end,
  );
  if (nested) return { why: "The cursor is in a statement, not in its proof. Ghost text comes inside proofs only." };
  const from = Math.min(proof.body.start, offset);
  const before = text.slice(from, offset);
  const markup = scanMarkup(before, syntax);
  if (markup.hidden) {
    return { why: "The cursor is in a comment, in code or in a name. Ghost text comes in the text of proofs only." };
  }
  const holes = holesIn(document, proof);
  if (holes.some(({ start, end }) => start < offset && offset < end)) {
    return { why: "The cursor is inside the mark of a gap. Put it before the mark or remove it." };
  }
  const hole = holes.find(({ start }) => start >= offset);
  const end = Math.max(offset, Math.min(hole?.start ?? proof.body.end, proof.body.end));
  const after = text.slice(offset, end);
  // What separates the place from the last word is written too.
  const gap = (syntax === "markdown" ? /[\s>]*$/ : /\s*$/).exec(before)![0].replaceAll(">", "");
  const said = plainText(document, { start: from, end: offset });
  const plain = { before: said === "" ? "" : said + gap, after: plainText(document, { start: offset, end }) };
  return { offset, statement, proof, before, after, markup, plain };
}

/** Whether an offset is in the argument of a proof or in the white space around it, within the block. */
function inBody({ text }: Document, { start, end, body, closed }: Proof, offset: number): boolean {
  if (offset < start) return false;
  if (offset < body.start) return text.slice(offset, body.start).trim() === "" && !/\S/.test(text[offset - 1] ?? "");
  if (offset <= body.end) return true;
  const gap = text.slice(body.end, offset);
  if (!/^[\s>]*$/.test(gap)) return false;
  if (offset <= end) return true;
  // What is half typed ends with its last word: on that line, and at the end of the text, its author goes on.
  return !closed && (!gap.includes("\n") || text.slice(offset).trim() === "");
}

function holesIn(document: Document, proof: Proof): readonly TextRange[] {
  const { body } = proof;
  return [...document.statements, ...document.looseProofs]
    .flatMap(({ holes }) => holes)
    .filter(({ kind, start, end }) => kind !== "empty" && kind !== "missing" && start >= body.start && end <= body.end)
    .sort((a, b) => a.start - b.start);
}
