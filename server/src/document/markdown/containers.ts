import type { Block } from "../blocks.js";
import type { StatementKind } from "../types.js";
import { finish, type Mutable, roleOf, start } from "./build.js";
import { type Line, type Piece, unquote } from "./lines.js";
import { readCallout, readDirective } from "./openings.js";
import { readOptions } from "./options.js";

/** Deepest nesting of containers that is followed; deeper content is text. */
export const DEEPEST = 20;

/** What the scanners of containers share while a text is read. */
export interface Context {
  readonly text: string;
  readonly names: Readonly<Record<string, StatementKind>>;
  readonly blocks: Mutable<Block>[];
  /** Ranges of code, comments and other text that holds no structure. */
  readonly hidden: { start: number; end: number }[];
  /** Scans the lines of a container, at a depth of nesting. */
  region(lines: readonly Line[], depth: number): void;
}

/** A colon directive whose content is no Markdown. Gives the index of the line after it. */
export function opaqueDirective(
  lines: readonly Line[],
  from: number,
  bars: number,
  hidden: { start: number; end: number }[],
): number {
  let k = from + 1;
  while (k < lines.length && !new RegExp(`^\\s*:{${Math.min(bars, 50)},}\\s*$`).test(lines[k]!.text)) k++;
  const last = Math.min(k, lines.length - 1);
  hidden.push({ start: lines[from]!.start, end: lines[last]!.end });
  return last + 1;
}

/**
 * A comment of MyST (`% …`) or Obsidian (`%% … %%`, also over several lines) that starts on line `from`. Gives the index
 * of the line after it.
 */
export function commented(lines: readonly Line[], from: number, hidden: { start: number; end: number }[]): number {
  const line = lines[from]!;
  const block = /^\s*%%(.*)$/.exec(line.text);
  if (!block || block[1]!.includes("%%")) return from + 1;
  let k = from + 1;
  while (k < lines.length && k < from + 2_000 && !lines[k]!.text.includes("%%")) k++;
  // One that is not closed (yet) hides nothing.
  if (!lines[k]?.text.includes("%%")) return from + 1;
  hidden.push({ start: line.start, end: lines[k]!.end });
  return k + 1;
}

/** A backtick or tilde fence: a directive with Markdown in it, or code. Gives the index of the line after it. */
export function fenced(
  context: Context,
  lines: readonly Line[],
  from: number,
  opening: { fence: string; info: string; depth: number; unclosed: Set<string> },
  pieces: Piece[],
): number {
  const { text, names, blocks, hidden } = context;
  const { fence, info, depth, unclosed } = opening;
  const whole = lines[from]!;
  // The fence may stand after the mark of a list item.
  const mark = Math.max(0, whole.text.indexOf(fence));
  const line = { ...whole, start: whole.start + mark, text: whole.text.slice(mark) };
  const closer = new RegExp(`^\\s*\\${fence[0]}{${Math.min(fence.length, 200)},}\\s*$`);
  let k = unclosed.has(fence) ? lines.length : from + 1;
  while (k < lines.length && !closer.test(lines[k]!.text)) k++;
  if (k >= lines.length) unclosed.add(fence);
  const closed = k < lines.length;
  const read = depth < DEEPEST ? readDirective(info, names) : null;
  if (read === null) {
    const last = closed ? k : lines.length - 1;
    if (!/^\s*\{?math\b/.test(info)) hidden.push({ start: line.start, end: lines[last]!.end });
    pieces.push({
      type: "opaque",
      start: line.start,
      end: lines[last]!.end,
      text: "",
      level: 0,
      list: false,
      role: "other",
    });
    return last + 1;
  }
  if (!closed) {
    k = from + 1;
    while (
      k < lines.length &&
      !/^ {0,3}#{1,6}\s/.test(lines[k]!.text) &&
      !/^\s*(?:`{3,}|~{3,})\s*\{(?:prf:|proof:)?\w+\}/.test(lines[k]!.text)
    )
      k++;
  }
  const inner = lines.slice(from + 1, k);
  if (read === "transparent") {
    context.region(inner, depth + 1);
    pieces.push({
      type: "block",
      start: line.start,
      end: lines[Math.min(k, lines.length - 1)]!.end,
      text: "",
      level: 0,
      list: false,
      role: "other",
    });
    return closed ? k + 1 : k;
  }
  const block = start(read, "directive", line.start + (line.text.length - line.text.trimStart().length), line.end + 1);
  const options = readOptions(inner, 0);
  if (options.label !== null) block.labels = [options.label, ...block.labels];
  if (read.role === "solution" && read.title !== null) {
    // sphinx-exercise: the argument of a solution is the label of its exercise.
    block.proves = [read.title];
  }
  const first = inner[options.next];
  block.body = { start: first?.start ?? line.end, end: first?.start ?? line.end };
  blocks.push(block);
  context.region(inner.slice(options.next), depth + 1);
  const bodyEnd = inner.at(-1)?.end ?? line.end;
  finish(text, block, bodyEnd, closed ? lines[k]!.end : bodyEnd, closed);
  pieces.push({
    type: "block",
    start: block.start,
    end: block.end,
    text: "",
    level: 0,
    list: false,
    role: roleOf(block),
  });
  return closed ? k + 1 : k;
}

/** A run of quoted lines: callouts, or a plain quote. Gives the index of the line after it. */
export function quoted(context: Context, lines: readonly Line[], from: number, depth: number, pieces: Piece[]): number {
  const { text, names, blocks } = context;
  let k = from;
  const inner: Line[] = [];
  for (; k < lines.length; k++) {
    const line = unquote(lines[k]!);
    if (!line) break;
    inner.push(line);
  }
  // Two callouts without a blank line between them are two to a reader.
  let at = 0;
  while (at < inner.length) {
    let next = at + 1;
    while (next < inner.length && !/^\s*\[![^\]]+\]/.test(inner[next]!.text)) next++;
    const read = readCallout(inner[at]!.text, names);
    const begin = lines[from + at]!.start + /^\s*/.exec(lines[from + at]!.text)![0].length;
    const end = inner[next - 1]!.end;
    if (!read) {
      context.region(/^\s*\[!/.test(inner[at]!.text) ? inner.slice(at + 1, next) : inner.slice(at, next), depth + 1);
      pieces.push({ type: "block", start: begin, end, text: "", level: 0, list: false, role: "other" });
    } else {
      const first = inner[at + 1];
      const block = start(read, "callout", begin, first && at + 1 < next ? first.start : end);
      blocks.push(block);
      const body = inner.slice(at + 1, next);
      const last = body.findLast((line) => line.text.trim() !== "");
      const id = last && /(?:^|\s)\^([A-Za-z\d][\w-]*)\s*$/.exec(last.text);
      if (id) block.labels = [id[1]!, ...block.labels];
      const label = /%%\s*label:\s*([\w:-]+)\s*%%/.exec(text.slice(begin, end));
      if (label && !id) block.labels = [label[1]!, ...block.labels];
      context.region(
        id
          ? body.map((line) =>
              line === last ? { ...line, text: line.text.slice(0, id.index), end: line.start + id.index } : line,
            )
          : body,
        depth + 1,
      );
      const stop = last ? (id ? last.start + id.index : last.end) : end;
      finish(text, block, stop, end, true);
      pieces.push({ type: "block", start: begin, end, text: "", level: 0, list: false, role: roleOf(block) });
    }
    at = next;
  }
  return k;
}
