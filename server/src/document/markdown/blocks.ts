import type { Block } from "../blocks.js";
import type { StatementKind } from "../types.js";
import { blank, finish, labelLast, type Mutable, nameByHeading, roleOf, start } from "./build.js";
import { type Context, commented, DEEPEST, fenced, opaqueDirective, quoted } from "./containers.js";
import { displayEnd } from "./display.js";
import type { Line, Piece } from "./lines.js";
import { readDirective, readDiv } from "./openings.js";
import { readOptions } from "./options.js";
import { opensRunIn, runIns } from "./run-ins.js";
import { taggedBlocks } from "./tagged-blocks.js";

/** The mark of a list item that begins with a block of its own. */
const ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])[ \t]+(?=:{3,}[ \t]*[{\w]|(?:`{3,}|~{3,})\{)/;

interface Frame {
  readonly pieces: Piece[];
  readonly block: Mutable<Block> | null;
  readonly colons: number;
  /** A directive closes with at least as many colons as it opened; a div with any. */
  readonly directive: boolean;
}

/** All theorem-like blocks, proofs and headings of Markdown lines, in order of their starts; and what is hidden. */
export function markdownBlocks(
  text: string,
  lines: readonly Line[],
  names: Readonly<Record<string, StatementKind>>,
): { blocks: Block[]; hidden: { start: number; end: number }[] } {
  const context: Context = {
    text,
    names,
    blocks: [],
    hidden: [],
    region: (inner, depth) => region(context, inner, depth),
  };
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
  /** Where the content of the innermost list item begins on its line, -1 outside of lists. */
  let listIndent = -1;
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

  const tagged = taggedBlocks(context, lines, depth);

  let k = 0;
  while (k < lines.length) {
    const item = ITEM.exec(lines[k]!.text)?.[0].length ?? 0;
    if (item > 0) {
      flush();
      listIndent = item;
    }
    const whole = lines[k]!;
    const line = item > 0 ? { ...whole, start: whole.start + item, text: whole.text.slice(item) } : whole;
    const content = line.text;
    if (content.trim() === "") {
      flush();
      k++;
      continue;
    }
    const fence = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(content);
    if (fence && !(fence[2]![0] === "`" && fence[3]!.includes("`"))) {
      flush();
      if (fence[1] === "" && item === 0) listIndent = -1;
      k = fenced(context, lines, k, { fence: fence[2]!, info: fence[3]!, depth, unclosed }, top().pieces);
      continue;
    }
    const colons = /^(\s*)(:{3,})\s*(.*)$/.exec(content);
    if (colons && colons[1]!.length < Math.max(listIndent, 0) + 4) {
      const bars = colons[2]!.length;
      const info = colons[3]!.trim();
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
          ? start(read, isDirective ? "directive" : "div", line.start + colons[1]!.length, line.end + 1)
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
      if (content.startsWith("<")) listIndent = -1;
      const end = text.indexOf("-->", line.start);
      const stop = end < 0 ? text.length : end + 3;
      hidden.push({ start: line.start, end: stop });
      while (k < lines.length && lines[k]!.start < stop) k++;
      continue;
    }
    if (/^\s*%/.test(content) && !paragraph) {
      k = commented(lines, k, hidden);
      continue;
    }
    if (item === 0 && depth < DEEPEST && (listIndent >= 0 || /^ {0,3}\S/.test(content))) {
      const found = tagged(k);
      if (found) {
        flush();
        listIndent =
          /^\s*(?:[-*+]|\d{1,9}[.)])[ \t]+/.exec(content)?.[0].length ?? (/^\S/.test(content) ? -1 : listIndent);
        top().pieces.push(found.piece);
        k = found.next;
        continue;
      }
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
      listIndent = -1;
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
      listIndent = -1;
      k++;
      continue;
    }
    if (/^(?: {4}|\t)/.test(content) && !paragraph && listIndent < 0) {
      hidden.push({ start: line.start, end: line.end });
      add("opaque", line.start, line.end, "");
      k++;
      continue;
    }
    const mark = /^\s*(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)/.exec(content);
    const list = mark !== null;
    if (mark) listIndent = mark[0].length;
    else if (/^\S/.test(content) && !paragraph) listIndent = -1;
    const id = /^\s*\^([A-Za-z\d][\w-]*)\s*$/.exec(content);
    if (id) {
      flush();
      labelLast(blocks, top().pieces, id[1]!);
      k++;
      continue;
    }
    const end = displayEnd(lines, k);
    const stop = lines[end]!.end;
    if (list || (paragraph && opensRunIn(content))) flush();
    const from = line.start + (content.length - content.trimStart().length);
    if (paragraph) paragraph.end = stop;
    else
      paragraph = {
        start: from,
        end: stop,
        text: content.trim(),
        list: list || (listIndent >= 0 && from > line.start),
      };
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
