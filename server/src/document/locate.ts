import { isSpace } from "./blocks.js";
import type { Document, Statement } from "./types.js";

/**
 * The innermost statement at an offset, or null. A statement reaches over its block and its proof, ends included, and
 * over what lies between them if its proof follows directly; a claim inside a proof wins inside itself. An offset on
 * the rest of the last line of a block still belongs to it.
 */
export function statementAt(document: Document, offset: number): Statement | null {
  let best: Statement | null = null;
  let smallest = Number.POSITIVE_INFINITY;
  for (const statement of document.statements) {
    for (const range of reach(document.text, statement)) {
      if (offset < range.start || offset > range.end) continue;
      const size = range.end - range.start;
      // Of two neighbours that touch at the offset, the later begins there and wins.
      if (size < smallest || (best !== null && statement.start === offset && !encloses(statement, best))) {
        best = statement;
        smallest = size;
      }
    }
  }
  return best;
}

/**
 * The first statement that could be proved and asks for a proof, or null.
 * @param provedElsewhere whether another file holds the proof of a statement that has none here
 */
export function firstOpenStatement(
  document: Document,
  provedElsewhere: (statement: Statement) => boolean = () => false,
): Statement | null {
  return (
    document.statements.find((statement) => statement.provable && statement.hole && !provedElsewhere(statement)) ?? null
  );
}

function encloses(outer: Statement, inner: Statement): boolean {
  const start = Math.min(outer.start, outer.proof?.start ?? outer.start);
  const end = Math.max(outer.end, outer.proof?.end ?? outer.end);
  return start <= inner.start && inner.end <= end;
}

function reach(text: string, statement: Statement): { start: number; end: number }[] {
  const { proof, otherProofs } = statement;
  const own = { start: lineStart(text, statement.start), end: lineRest(text, statement.end) };
  if (!proof) return [own];
  const others = otherProofs.map(({ start, end }) => ({ start: lineStart(text, start), end: lineRest(text, end) }));
  const between = text.slice(statement.end, Math.min(proof.start, statement.end + 2_000));
  const proofRange = { start: lineStart(text, proof.start), end: lineRest(text, proof.end) };
  if (proof.start >= statement.end && proof.start - statement.end <= 2_000 && /^(?:\s|%[^\n]*\n|>)*$/.test(between))
    return [{ start: own.start, end: proofRange.end }, ...others];
  return [own, proofRange, ...others];
}

/** Back over blanks to the start of the line, if nothing else stands before `at` on it. */
function lineStart(text: string, at: number): number {
  let i = at;
  while (i > 0 && text.charCodeAt(i - 1) !== 10 && isSpace(text.charCodeAt(i - 1))) i--;
  return i === 0 || text.charCodeAt(i - 1) === 10 ? i : at;
}

/** On over blanks and a comment to the end of the line, if nothing else follows `at` on it. */
function lineRest(text: string, at: number): number {
  let i = at;
  while (i < text.length && text.charCodeAt(i) !== 10 && isSpace(text.charCodeAt(i))) i++;
  if (text.charCodeAt(i) === 37) {
    const end = text.indexOf("\n", i);
    return end < 0 ? text.length : end;
  }
  return i === text.length || text.charCodeAt(i) === 10 ? i : at;
}
