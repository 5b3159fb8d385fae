/** A change of a text: what stands in `[start, end)`, in UTF-16 units, gives way to `text`. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text after a change whose range is cut to the text. */
export function changed(text: string, change: Change): string {
  return text.slice(0, change.start) + change.text + text.slice(change.end);
}

/** The change with its range cut to a text of that length, and without what stays the same at its ends. */
export function clipped(change: Change, length: number): Change {
  const start = Math.max(0, Math.min(change.start, length));
  return { start, end: Math.max(start, Math.min(change.end, length)), text: change.text };
}
