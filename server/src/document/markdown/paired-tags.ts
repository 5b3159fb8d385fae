import type { Line } from "./lines.js";

/** Where a tag that opens on a line is closed. */
export interface Closer {
  /** Index of the line. */
  readonly line: number;
  /** Offsets in that line's text, of the closing tag and after it. */
  readonly start: number;
  readonly end: number;
}

/** Gives the closer of the tag that opens at a column of a line; null if it is not closed. */
export type Closers = (line: number, column: number) => Closer | null;

/**
 * Matches the opening and closing tags of a container's lines, each name by itself, in one pass.
 * @param tag a global expression whose first group holds something for closing tags only, and the second the name
 */
export function closersOf(lines: readonly Line[], tag: RegExp): Closers {
  const open = new Map<string, string[]>();
  const closers = new Map<string, Closer>();
  lines.forEach(({ text }, line) => {
    for (const match of text.matchAll(tag)) {
      const [found, closing, name] = match;
      const key = name!.toLowerCase();
      const stack = open.get(key) ?? [];
      if (!closing) {
        stack.push(`${line}:${match.index}`);
        open.set(key, stack);
        continue;
      }
      const opening = stack.pop();
      if (opening !== undefined) closers.set(opening, { line, start: match.index, end: match.index + found.length });
    }
  });
  return (line, column) => closers.get(`${line}:${column}`) ?? null;
}

/** The lines between an opening tag that ends at `column` of line `from` and its closer. */
export function linesBetween(lines: readonly Line[], from: number, column: number, closer: Closer): Line[] {
  const cut = (index: number, start: number, end: number): Line => {
    const line = lines[index]!;
    return { start: line.start + start, end: line.start + end, text: line.text.slice(start, end) };
  };
  if (closer.line === from) return [cut(from, column, Math.max(column, closer.start))];
  const last = cut(closer.line, 0, closer.start);
  return [
    cut(from, column, lines[from]!.text.length),
    ...lines.slice(from + 1, closer.line),
    ...(last.text.trim() === "" ? [] : [last]),
  ];
}
