import { type Block, trimRange } from "../blocks.js";
import type { Markup, StatementKind } from "../types.js";
import { type Line, type Piece, unquote } from "./lines.js";
import { type Opening, readCallout, readDirective, readDiv } from "./openings.js";
import { readOptions } from "./options.js";
import { runIns } from "./run-ins.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Deepest nesting of containers that is followed; deeper content is text. */
const DEEPEST = 20;

interface Frame {
  readonly pieces: Piece[];
  readonly block: Mutable<Block> | null;
  readonly colons: number;
  /** A directive closes with at least as many colons as it opened; a div with any. */
  readonly directive: boolean;
}

interface Context {
  readonly text: string;
  readonly names: Readonly<Record<string, StatementKind>>;
  readonly blocks: Mutable<Block>[];
  /** Ranges of code, comments and other text that holds no structure. */
  readonly hidden: { start: number; end: number }[];
}

/** All theorem-like blocks, proofs and headings of Markdown lines, in order of their starts; and what is hidden. */
export function markdownBlocks(
  text: string,
  lines: readonly Line[],
  names: Readonly<Record<string, StatementKind>>,
): { blocks: Block[]; hidden: { start: number; end: number }[] } {
  const context: Context = { text, names, blocks: [], hidden: [] };
  region(context, lines, 0);
  context.blocks.sort((a, b) => a.start - b.start || b.end - a.end);
  context.hidden.sort((a, b) => a.start - b.start);
  return { blocks: context.blocks, hidden: context.hidden };
}

/** Scans the lines of one container and gives the pieces that stand in it. */
function region(context: Context, lines: readonly Line[], depth: number): void {
  const { text, names, blocks, hidden } = context;
  const frames: Frame[] = [{ pieces: [], block: null, colons: 0, directive: false }];
  let paragraph: { start: number; end: number; text: string; list: boolean } | null = null;
  let inList = false;
  /** Fences that were looked for in vain: none closes them further down either. */
  const unclosed = new Set<string>();
  const top = () => frames.at(-1)!;
  const add = (type: Piece["type"], start: number, end: number, content: string, more: Partial<Piece> = {}) =>
    top().pieces.push({ type, start, end, text: content, level: 0, list: false, role: "other", ...more });
  const flush = () => {
    if (paragraph) add("paragraph", paragraph.start, paragraph.end, paragraph.text, { list: paragraph.list });
    paragraph = null;
  };
  const close = (frame: Frame, bodyEnd: number, end: number, closed: boolean) => {
    flush();
    frames.pop();
    let stop = end;
    let rest: readonly Piece[] = [];
    let own: readonly Piece[] = frame.pieces;
    if (!closed) {
      const cut = frame.pieces.findIndex(
        (piece) => piece.type === "heading" || (piece.type === "block" && piece.role !== "other"),
      );
      if (cut >= 0) {
        own = frame.pieces.slice(0, cut);
        rest = frame.pieces.slice(cut);
        stop = rest[0]!.start;
      }
    }
    if (frame.block) {
      finish(text, frame.block, Math.min(bodyEnd, stop), stop, closed);
      top().pieces.push({
        type: "block",
        start: frame.block.start,
        end: frame.block.end,
        text: "",
        level: 0,
        list: false,
        role: roleOf(frame.block),
      });
      nameByHeading(text, frame.block, own);
      runIns(context.text, own, blocks, frame.block);
    } else top().pieces.push(...own);
    top().pieces.push(...rest);
  };

  let k = 0;
  while (k < lines.length) {
    const line = lines[k]!;
    const content = line.text;
    if (content.trim() === "") {
      flush();
      k++;
      continue;
    }
    const fence = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(content);
    if (fence && !(fence[2]![0] === "`" && fence[3]!.includes("`"))) {
      flush();
      k = fenced(context, lines, k, { fence: fence[2]!, info: fence[3]!, depth, unclosed }, top().pieces);
      continue;
    }
    const colons = /^\s{0,3}(:{3,})\s*(.*)$/.exec(content);
    if (colons) {
      const bars = colons[1]!.length;
      const info = colons[2]!.trim();
      if (info === "" || /^:+$/.test(info)) {
        const frame = closableFrame(frames, bars);
        if (frame) {
          while (top() !== frame) close(top(), line.start, line.start, false);
          close(frame, line.start, line.end, true);
        }
        k++;
        continue;
      }
      flush();
      const isDirective = /^\{[\w:.+-]+\}/.test(info) && !/^\{[.#]/.test(info);
      const read = isDirective ? readDirective(info, names) : readDiv(info, names);
      if (isDirective && read === null) {
        k = opaqueDirective(lines, k, bars, hidden);
        add("opaque", line.start, lines[k - 1]!.end, "");
        continue;
      }
      if (frames.length > DEEPEST) {
        k++;
        continue;
      }
      const block =
        read && read !== "transparent"
          ? start(read, isDirective ? "directive" : "div", line.start, line.end + 1)
          : null;
      if (block) blocks.push(block);
      frames.push({ pieces: [], block, colons: bars, directive: isDirective });
      k++;
      if (block && isDirective) {
        const options = readOptions(lines, k);
        k = options.next;
        if (options.label !== null) block.labels = [options.label, ...block.labels];
        if (lines[k]) block.body = { start: lines[k]!.start, end: lines[k]!.start };
      }
      continue;
    }
    if (/^ {0,3}>/.test(content) && depth < DEEPEST) {
      flush();
      k = quoted(context, lines, k, depth, top().pieces);
      continue;
    }
    if (content.trimStart().startsWith("<!--") && !paragraph) {
      const end = text.indexOf("-->", line.start);
      const stop = end < 0 ? text.length : end + 3;
      hidden.push({ start: line.start, end: stop });
      while (k < lines.length && lines[k]!.start < stop) k++;
      continue;
    }
    const html = /^\s{0,3}<(pre|script|style|textarea)\b/i.exec(content);
    if (html && !paragraph) {
      const from = k;
      while (k < lines.length - 1 && !lines[k]!.text.toLowerCase().includes(`</${html[1]!.toLowerCase()}>`)) k++;
      k++;
      hidden.push({ start: lines[from]!.start, end: lines[k - 1]!.end });
      continue;
    }
    const atx = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(content);
    if (atx) {
      flush();
      inList = false;
      headingPiece(line.start, line.end, atx[2] ?? "", atx[1]!.length);
      k++;
      continue;
    }
    if (/^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|={3,}[ \t]*)$/.test(content)) {
      const setext = paragraph as { start: number; end: number; text: string; list: boolean } | null;
      if (
        setext &&
        /^ {0,3}(?:-+|=+)[ \t]*$/.test(content) &&
        !setext.list &&
        setext.end - setext.start === setext.text.length &&
        setext.text.length < 120 &&
        !/[.:,]$/.test(setext.text)
      ) {
        paragraph = null;
        headingPiece(setext.start, line.end, setext.text, content.includes("=") ? 1 : 2);
      } else {
        flush();
        add("rule", line.start, line.end, "");
      }
      inList = false;
      k++;
      continue;
    }
    if (/^(?: {4}|\t)/.test(content) && !paragraph && !inList) {
      hidden.push({ start: line.start, end: line.end });
      add("opaque", line.start, line.end, "");
      k++;
      continue;
    }
    const list = /^\s*(?:[-*+]|\d{1,9}[.)])[ \t]+\S/.test(content);
    if (list) inList = true;
    else if (/^\S/.test(content) && !paragraph) inList = false;
    const id = /^\s*\^([A-Za-z\d][\w-]*)\s*$/.exec(content);
    if (id) {
      labelLast(blocks, top().pieces, id[1]!);
      flush();
      k++;
      continue;
    }
    const end = displayEnd(lines, k);
    const stop = lines[end]!.end;
    if (list) flush();
    const from = line.start + (content.length - content.trimStart().length);
    if (paragraph) paragraph.end = stop;
    else paragraph = { start: from, end: stop, text: content.trim(), list: list || (inList && from > line.start) };
    k = end + 1;
  }
  flush();
  const last = lines.at(-1);
  while (frames.length > 1) close(top(), last?.end ?? 0, last?.end ?? 0, false);
  runIns(text, frames[0]!.pieces, blocks, null);

  function headingPiece(from: number, to: number, content: string, level: number): void {
    add("heading", from, to, content.replace(/\s*\{[#.][^{}]*\}\s*$/, ""), { level });
    blocks.push({
      ...blank(from, to),
      role: "heading",
      name: "heading",
      title: content,
      level: Math.min(level, 5),
      closed: true,
    });
  }
}

/** The colon block that a line of `bars` colons closes. */
function closableFrame(frames: readonly Frame[], bars: number): Frame | null {
  for (let f = frames.length - 1; f > 0; f--) {
    const frame = frames[f]!;
    if (!frame.directive || frame.colons <= bars) return frame;
  }
  return null;
}

function opaqueDirective(
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

/** A backtick or tilde fence: a directive with Markdown in it, or code. Gives the index of the line after it. */
function fenced(
  context: Context,
  lines: readonly Line[],
  from: number,
  opening: { fence: string; info: string; depth: number; unclosed: Set<string> },
  pieces: Piece[],
): number {
  const { text, names, blocks, hidden } = context;
  const { fence, info, depth, unclosed } = opening;
  const line = lines[from]!;
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
    region(context, inner, depth + 1);
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
  region(context, inner.slice(options.next), depth + 1);
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
function quoted(context: Context, lines: readonly Line[], from: number, depth: number, pieces: Piece[]): number {
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
      region(context, /^\s*\[!/.test(inner[at]!.text) ? inner.slice(at + 1, next) : inner.slice(at, next), depth + 1);
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
      region(
        context,
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

function blank(from: number, to: number): Mutable<Block> {
  return {
    role: "statement",
    kind: "other",
    name: "",
    title: null,
    labels: [],
    number: null,
    start: from,
    end: to,
    body: { start: from, end: to },
    markup: "run-in",
    closed: false,
    provable: false,
    level: 0,
    proves: [],
  };
}

function start(read: Opening, markup: Markup, from: number, bodyStart: number): Mutable<Block> {
  const { role, kind, name, title, label, provable } = read;
  const labels = label === null ? [] : [label];
  return {
    ...blank(from, bodyStart),
    role,
    kind,
    name,
    title,
    labels,
    provable,
    markup,
    body: { start: bodyStart, end: bodyStart },
  };
}

function finish(text: string, block: Mutable<Block>, bodyEnd: number, end: number, closed: boolean): void {
  const from = Math.min(block.body.start, text.length);
  block.body = trimQuotes(text, from, Math.max(from, bodyEnd));
  block.closed = closed;
  block.end = closed ? end : Math.max(block.body.end, trimRange(text, block.start, end).end);
}

/** Trims white space, and quote marks of empty quoted lines, off both ends. */
function trimQuotes(text: string, from: number, to: number): { start: number; end: number } {
  const range = trimRange(text, from, to);
  let { start: s, end: e } = range;
  for (
    let match = /^(?:[ \t]*>)+[ \t]*\n\s*/.exec(text.slice(s, Math.min(e, s + 200)));
    match;
    match = /^(?:[ \t]*>)+[ \t]*\n\s*/.exec(text.slice(s, Math.min(e, s + 200)))
  )
    s += match[0].length;
  for (
    let match = /\n(?:[ \t]*>)+\s*$/.exec(text.slice(Math.max(s, e - 200), e));
    match;
    match = /\n(?:[ \t]*>)+\s*$/.exec(text.slice(Math.max(s, e - 200), e))
  )
    e -= match[0].length;
  const lead = /^(?:>[ \t]?)+/.exec(text.slice(s, Math.min(e, s + 60)));
  if (lead && text.charCodeAt(s - 1) === 10) s += lead[0].length;
  return trimRange(text, s, Math.max(s, e));
}

function roleOf(block: Block): Piece["role"] {
  return block.role === "heading" ? "other" : block.role;
}

/** Quarto: the first heading in a theorem div is its title. */
function nameByHeading(text: string, block: Mutable<Block>, pieces: readonly Piece[]): void {
  const first = pieces[0];
  if (block.markup !== "div" || first?.type !== "heading" || first.start !== block.body.start) return;
  block.title ??= first.text.trim() === "" ? null : first.text.trim();
  block.body = trimRange(text, first.end, block.body.end);
}

/** A line `^id` after a block labels it. */
function labelLast(blocks: readonly Mutable<Block>[], pieces: readonly Piece[], id: string): void {
  const last = pieces.at(-1);
  if (last?.type !== "block") return;
  const block = blocks.findLast((other) => other.start === last.start && other.end === last.end);
  if (block) block.labels = [id, ...block.labels];
}

/** The index of the line on which a display that opens on line `from` closes; `from` if none stays open. */
function displayEnd(lines: readonly Line[], from: number): number {
  const opened = opens(lines[from]!.text);
  if (opened === null) return from;
  const closer = opened === "$$" ? /\$\$/ : /\\\]/;
  for (let k = from + 1; k < lines.length && k < from + 200; k++) {
    if (lines[k]!.text.trim() === "") return from;
    if (closer.test(lines[k]!.text)) return k;
  }
  return from;
}

function opens(line: string): "$$" | "\\[" | null {
  let open: "$$" | "\\[" | null = null;
  for (const match of line.matchAll(/\\[\s\S]|\$\$|`[^`]*`/g)) {
    const token = match[0];
    if (token === "$$") open = open === "$$" ? null : (open ?? "$$");
    else if (token === "\\[") open ??= "\\[";
    else if (token === "\\]" && open === "\\[") open = null;
  }
  return open;
}
