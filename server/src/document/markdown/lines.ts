/** A line within its container: offsets of its content (quote marks taken off) and of its end, without the line end. */
export interface Line {
  readonly start: number;
  readonly end: number;
  /** Content as text. */
  readonly text: string;
}

/** The lines of a text, in order. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at <= text.length; ) {
    let stop = text.indexOf("\n", at);
    if (stop < 0) stop = text.length;
    const end = stop > at && text.charCodeAt(stop - 1) === 13 ? stop - 1 : stop;
    lines.push({ start: at, end, text: text.slice(at, end) });
    at = stop + 1;
  }
  return lines;
}

/** The line without its outermost quote mark, or null if it has none. */
export function unquote(line: Line): Line | null {
  const match = /^ {0,3}> ?/.exec(line.text);
  if (!match) return null;
  const width = match[0].length;
  return { start: line.start + width, end: line.end, text: line.text.slice(width) };
}

/** How many lines of front matter a text begins with, its fences included; 0 without. */
export function frontMatter(lines: readonly Line[]): number {
  const fence = lines[0]?.text.replace(/^\uFEFF/, "").trimEnd();
  if (fence !== "---" && fence !== "+++") return 0;
  const end = fence === "---" ? /^(?:---|\.\.\.)\s*$/ : /^\+{3}\s*$/;
  for (let k = 1; k < lines.length; k++) if (end.test(lines[k]!.text)) return k + 1;
  return 0;
}

/** A piece of a container's content, for run-in heads. `text` is the first line, or a heading's text. */
export interface Piece {
  readonly type: "paragraph" | "heading" | "rule" | "opaque" | "block";
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** 1 to 6 for headings. */
  readonly level: number;
  /** Whether the piece is a list item's first line or goes on with a list. */
  readonly list: boolean;
  /** For blocks: whether it is a statement, a proof or something else. */
  readonly role: "statement" | "proof" | "solution" | "other";
  /** The block id that stands on a line of its own after the piece. */
  readonly id?: string;
}
