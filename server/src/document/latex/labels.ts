import { bracketEnd, groupEnd, LONGEST_TITLE, readName, skipBlank } from "./groups.js";

/** Longest option of a reference that is read, in UTF-16 units. */
const LONGEST_OPTION = 200;

/**
 * The labels that a reference whose command ends at `at` names, and the offset after it; null if it is not complete.
 * @param inBrackets whether they stand in its option (`\\hyperref[…]`) rather than in braces after it
 */
export function readLabels(text: string, at: number, inBrackets: boolean): { labels: string[]; end: number } | null {
  let from = text.charCodeAt(at) === 42 ? at + 1 : at;
  if (text.charCodeAt(from) === 91) {
    const end = bracketEnd(text, from, LONGEST_OPTION);
    if (end < 0) return null;
    if (inBrackets) return { labels: split(text.slice(from + 1, end - 1)), end };
    from = end;
  }
  const name = readName(text, from);
  return name && { labels: split(name.name), end: name.end };
}

function split(labels: string): string[] {
  return labels
    .split(",")
    .map((label) => label.trim())
    .filter((label) => label !== "");
}

/** The title of a heading whose command ends at `at`; null if it is not complete. */
export function readSection(
  text: string,
  at: number,
): { title: string; isStarred: boolean; titleStart: number; end: number } | null {
  const isStarred = text.charCodeAt(at) === 42;
  let open = skipBlank(text, isStarred ? at + 1 : at);
  if (text.charCodeAt(open) === 91) {
    const close = bracketEnd(text, open, LONGEST_TITLE);
    if (close > 0) open = skipBlank(text, close);
  }
  const end = groupEnd(text, open, LONGEST_TITLE);
  return end < 0 ? null : { title: text.slice(open + 1, end - 1), isStarred, titleStart: open + 1, end };
}
