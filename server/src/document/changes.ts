/** A change of a text: what stood in `[start, end)`, in UTF-16 units, is now `inserted` units long. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly inserted: number;
}

/** Compared at once, in UTF-16 units. */
const CHUNK = 16_384;

/** The smallest change between two texts; null if they are equal. */
export function changeBetween(before: string, after: string): TextChange | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start + CHUNK <= shorter && before.slice(start, start + CHUNK) === after.slice(start, start + CHUNK))
    start += CHUNK;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = before.length;
  let stop = after.length;
  while (
    end - CHUNK >= start &&
    stop - CHUNK >= start &&
    before.slice(end - CHUNK, end) === after.slice(stop - CHUNK, stop)
  ) {
    end -= CHUNK;
    stop -= CHUNK;
  }
  while (end > start && stop > start && before.charCodeAt(end - 1) === after.charCodeAt(stop - 1)) {
    end--;
    stop--;
  }
  return { start, end, inserted: stop - start };
}
