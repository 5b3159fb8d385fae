import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Document, StatementKind, Syntax } from "../../server/src/document/types.js";

/**
 * One line for each statement: `kind name [title] #label` and, after `<-`, what its proof begins with (`!` if the proof
 * is not closed), after `<+` the same of each further proof, then `? kind` for each hole. Definitions and the like, which are not for proving, have a `-` in front.
 */
function summary(document: Document): string[] {
  const { text } = document;
  return document.statements.map((statement) => {
    const { kind, name, title, label, provable, proof, holes } = statement;
    const words = [`${provable ? "" : "-"}${kind}`, name];
    if (title !== null) words.push(`[${title}]`);
    if (label !== null) words.push(`#${label}`);
    if (proof)
      words.push(`<-${proof.closed ? "" : "!"} ${firstWord(text.slice(proof.body.start, proof.body.end))}`.trim());
    for (const other of statement.otherProofs)
      words.push(`<+${other.closed ? "" : "!"} ${firstWord(text.slice(other.body.start, other.body.end))}`.trim());
    for (const hole of holes) words.push(`? ${hole.kind}`);
    return words.join(" ");
  });
}

function firstWord(text: string): string {
  return /^\S*/.exec(text.trim())![0];
}

/** Asserts that a text is understood as these {@link summary} lines, and gives the document. */
export function check(
  syntax: Syntax,
  text: string,
  expected: readonly string[],
  names: Readonly<Record<string, StatementKind>> = {},
): Document {
  const document = parseDocument(text, syntax, { names });
  assert.deepEqual(summary(document), expected);
  checkRanges(document);
  return document;
}

/** Asserts what holds for every document: ranges in bounds and in order, holes exactly if `hole`, steps disjoint. */
export function checkRanges(document: Document): void {
  const { length } = document.text;
  const inside = (range: { start: number; end: number }, low: number, high: number, what: string) =>
    assert.ok(
      low <= range.start && range.start <= range.end && range.end <= high,
      `${what} [${range.start},${range.end}) leaves [${low},${high})`,
    );
  let before = -1;
  for (const statement of document.statements) {
    inside(statement, 0, length, "statement");
    assert.ok(statement.start >= before, "statements are in order");
    before = statement.start;
    inside(statement.body, statement.start, statement.end, "body");
    assert.equal(statement.hole, statement.holes.length > 0);
    if (statement.hole) assert.ok(statement.provable);
    for (const hole of statement.holes) inside(hole, 0, length, "hole");
    const { proof, otherProofs } = statement;
    if (!proof) assert.deepEqual(otherProofs, []);
    for (const one of proof ? [proof, ...otherProofs] : []) {
      inside(one, 0, length, "proof");
      inside(one.body, one.start, one.end, "proof body");
      let at = one.body.start;
      for (const step of one.steps) {
        inside(step, at, one.body.end, "step");
        assert.ok(step.end > step.start, "no empty step");
        at = step.end;
      }
    }
  }
  for (const list of [document.macros, document.references, document.directives])
    for (const range of list) inside(range, 0, length, "range");
}
