/**
 * Cuts a growing thought into paragraphs, so that each is rendered once. Pure but for the memory of where it stands:
 * feeding the same text in other pieces gives the same paragraphs.
 */

/** A paragraph that nobody wants to wait for: longer ones are cut at a line, a sentence, a space, or anywhere. */
export const LONGEST = 6000;

/** Shorter than this, a blank line inside open mathematics or a code fence does not end a paragraph. */
const PATIENCE = 3000;

const BLANK_LINES = /^(?:[ \t]*\n)+/;

/** A thought in paragraphs. */
export interface Paragraphs {
  /** Those that won't change, in order. */
  readonly done: readonly string[];
  /** The one that still grows; empty if there is none. */
  readonly open: string;
}

/** No thought yet. */
export const NO_PARAGRAPHS: Paragraphs = { done: [], open: "" };

/** The paragraphs after `text` was appended. `done` of the result begins with the `done` that was given. */
export function append(before: Paragraphs, text: string): Paragraphs {
  const done = [...before.done];
  let rest = (before.open + text).replace(BLANK_LINES, "");
  for (let cut = firstCut(rest); cut !== null; cut = firstCut(rest)) {
    const piece = rest.slice(0, cut);
    if (piece.trim() !== "") done.push(piece);
    rest = rest.slice(cut).replace(BLANK_LINES, "");
  }
  return { done, open: rest };
}

/** Where the first paragraph ends, or null while it may still grow. */
function firstCut(text: string): number | null {
  const blank = /\n[ \t]*\n/g;
  // Only blank lines that are there before a long text is cut count, so that the pieces it comes in don't matter.
  for (let match = blank.exec(text); match && blank.lastIndex <= LONGEST; match = blank.exec(text)) {
    if (match.index > PATIENCE || !isOpen(text.slice(0, match.index))) return match.index;
    blank.lastIndex -= 1;
  }
  return text.length > LONGEST ? longCut(text.slice(0, LONGEST)) : null;
}

/** A place to cut a text that is too long: after a line, a sentence or a word in its second half, else anywhere. */
function longCut(text: string): number {
  for (const pattern of ["\n", ". ", " "]) {
    for (let at = text.lastIndexOf(pattern); at > LONGEST / 2; at = text.lastIndexOf(pattern, at - 1)) {
      const end = at + pattern.length;
      if (pendingMath(text.slice(0, end)) === null) return end;
    }
  }
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
}

function isOpen(text: string): boolean {
  const fences = text.match(/^[ \t]*(?:```|~~~)/gm)?.length ?? 0;
  return fences % 2 === 1 || pendingMath(text) !== null;
}

/**
 * Where mathematics begins that the text does not end, or null. While a formula is being written it is shown as
 * source, not as a half-typeset one that flickers. Only the model's own delimiters `\(` and `\[` are looked at.
 */
export function pendingMath(text: string): number | null {
  const delimiter = /\\\\|\\[()[\]]/g;
  let open: { at: number; close: string } | null = null;
  for (let match = delimiter.exec(text); match; match = delimiter.exec(text)) {
    const [token] = match;
    if (open) {
      if (token === open.close) open = null;
    } else if (token === "\\(" || token === "\\[") {
      open = { at: match.index, close: token === "\\(" ? "\\)" : "\\]" };
    }
  }
  return open?.at ?? null;
}
