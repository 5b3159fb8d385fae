import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Document, Statement, Syntax } from "../../server/src/document/types.js";
import { applyChanges, type Placement, placeProof, type TextChange } from "../../server/src/features/placement.js";
import { standingAlone } from "../../server/src/features/surroundings.js";
import { provePrompt } from "../../server/src/prompt/prove.js";

/** What the model adds in the tests of placement: two paragraphs, a display, a tombstone. */
export const PROOF =
  "Let \\(a=2m\\) and \\(b=2n\\).\n\nThen\n\\[\na+b=2(m+n),\n\\]\nwhich is even. \\(\\blacksquare\\)";

/** Words of {@link PROOF} that every flavour keeps. */
const WORDS = ["a=2m", "a+b=2(m+n)", "which is even"];

/** A proof that was placed, with everything that a test may want to look at. */
export interface Placed {
  readonly before: Document;
  readonly after: Document;
  /** The statement as it was, and as it is. */
  readonly from: Statement;
  readonly to: Statement;
  readonly change: TextChange;
  readonly placement: Placement;
  readonly text: string;
}

/**
 * Places a proof at a statement of a text as the product would, and checks what holds for every placement: one change,
 * nothing of the author's is lost but the hole, the result parses to the same statements with this one proved, line
 * ends are the file's own, and no double blank lines come up.
 * @param which the statement's label or body's beginning; the first that asks for a proof if not given
 * @param note a comment that goes with the proof
 */
export function place(
  text: string,
  syntax: Syntax,
  which: string | null = null,
  proof = PROOF,
  note: string | null = null,
): Placed {
  const before = parseDocument(text, syntax);
  const index = before.statements.findIndex((statement) =>
    which === null ? statement.hole : statement.label === which || bodyOf(before, statement).startsWith(which),
  );
  const from = before.statements[index];
  assert.ok(from, "the text has the statement that the test is about");
  const { prefix } = provePrompt(before, from);
  const answer = prefix === "" ? proof : `${prefix}\n\n${proof}`;
  const placement = placeProof(before, from, answer, prefix, standingAlone(before), note);
  assert.equal(placement.changes.length, 1, "one change");
  const change = placement.changes[0]!;
  const result = applyChanges(text, placement.changes);
  const after = parseDocument(result, syntax);
  const show = `\n--- before\n${text}\n--- after\n${result}\n---`;

  const gone = text.slice(change.start, change.end);
  const holes = from.holes.filter(({ start, end }) => start >= change.start && end <= change.end);
  const rest = holes.reduceRight(
    (left, { start, end }) => left.slice(0, start - change.start) + left.slice(end - change.start),
    gone,
  );
  assert.match(rest, /^[\s>]*$/, `only white space and the hole go${show}`);

  assert.equal(after.statements.length, before.statements.length, `no statement comes or goes${show}`);
  const to = after.statements[index]!;
  assert.equal(bodyOf(after, to), bodyOf(before, from), `the statement is what it was${show}`);
  assert.ok(to.proof, `the statement has a proof${show}`);
  assert.ok(to.proof.closed, `its proof is closed${show}`);
  const body = after.text.slice(to.proof.body.start, to.proof.body.end);
  for (const word of WORDS) if (proof === PROOF) assert.ok(body.includes(word), `the proof has “${word}”${show}`);

  const shift = result.length - text.length;
  const moved = (at: number) => (at >= change.end ? at + shift : at);
  before.statements.forEach((statement, k) => {
    if (k === index) return;
    const other = after.statements[k]!;
    if (statement.start <= from.start && statement.end >= from.end) return;
    assert.deepEqual(
      shapeOf(other, (at) => at),
      shapeOf(statement, moved),
      `a neighbour is untouched${show}`,
    );
  });

  if (/\r\n/.test(text)) assert.doesNotMatch(change.text, /(?<!\r)\n/, `line ends are the file's own${show}`);
  else assert.doesNotMatch(change.text, /\r/, "no foreign line ends");
  const around = (from: string, at: number, to: number) => from.slice(Math.max(0, at - 4), to + 4).replaceAll("\r", "");
  const blanks = /\n[ \t>]*\n[ \t>]*\n/;
  if (!blanks.test(around(text, change.start, change.end)))
    assert.doesNotMatch(
      around(result, change.start, change.start + change.text.length),
      blanks,
      `no double blank${show}`,
    );
  assert.doesNotMatch(change.text, /[ \t]\r?\n/, `no white space at line ends${show}`);
  return { before, after, from, to, change, placement, text: result };
}

function bodyOf(document: Document, statement: Statement): string {
  return document.text.slice(statement.body.start, statement.body.end);
}

/** What must not change in another statement, its offsets mapped. */
function shapeOf(statement: Statement, map: (at: number) => number): object {
  const range = ({ start, end }: { start: number; end: number }) => [map(start), map(end)];
  return {
    kind: statement.kind,
    label: statement.label,
    start: map(statement.start),
    body: range(statement.body),
    holes: statement.holes.map(({ kind }) => kind),
    proof: statement.proof && { range: range(statement.proof), steps: statement.proof.steps.map(({ hash }) => hash) },
  };
}
