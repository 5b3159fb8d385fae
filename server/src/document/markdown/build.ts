import { type Block, trimRange } from "../blocks.js";
import type { Markup } from "../types.js";
import type { Piece } from "./lines.js";
import type { Opening } from "./openings.js";

/** The same with fields that may still be set. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An empty block over a range, to be filled in. */
export function blank(from: number, to: number): Mutable<Block> {
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

/** A block as its opening line begins it; {@link finish} ends it. */
export function start(read: Opening, markup: Markup, from: number, bodyStart: number): Mutable<Block> {
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

/** Sets where a block ends; one that is not closed ends with its content. */
export function finish(text: string, block: Mutable<Block>, bodyEnd: number, end: number, closed: boolean): void {
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

/** What a block is to the run-in heads beside it. */
export function roleOf(block: Block): Piece["role"] {
  return block.role === "heading" ? "other" : block.role;
}

/** Quarto: the first heading in a theorem div is its title. */
export function nameByHeading(text: string, block: Mutable<Block>, pieces: readonly Piece[]): void {
  const first = pieces[0];
  if (block.markup !== "div" || first?.type !== "heading" || first.start !== block.body.start) return;
  block.title ??= first.text.trim() === "" ? null : first.text.trim();
  block.body = trimRange(text, first.end, block.body.end);
}

/** A line `^id` after a block labels it. */
export function labelLast(blocks: readonly Mutable<Block>[], pieces: Piece[], id: string): void {
  const last = pieces.at(-1);
  if (last?.type === "paragraph") pieces[pieces.length - 1] = { ...last, id };
  if (last?.type !== "block") return;
  const block = blocks.findLast((other) => other.start === last.start && other.end === last.end);
  if (block) block.labels = [id, ...block.labels];
}
