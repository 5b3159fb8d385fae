import type { Block } from "../blocks.js";
import { readHead } from "../heads.js";
import { isProvable } from "../kinds.js";
import { finish, type Mutable, roleOf, start } from "./build.js";
import type { Context } from "./containers.js";
import type { Line, Piece } from "./lines.js";
import { type Opening, readEnvironment, readHtml } from "./openings.js";
import { type Closers, closersOf, linesBetween } from "./paired-tags.js";

/** `\begin{theorem}[Title]` at the beginning of a line or of a list item, and the label that may follow it there. */
const ENVIRONMENT =
  /^\s*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?\\begin\{([A-Za-z][A-Za-z\d-]{0,40}\*?)\}[ \t]*(?:\[((?:[^\][\n]|\[[^\][\n]*\]){0,300})\])?[ \t]*(?:\\label\{([^{}\n]{1,200})\})?/;
const ENVIRONMENTS = /\\(?:begin|(end))\{([A-Za-z][A-Za-z\d-]{0,40}\*?)\}/g;
const HTML =
  /^\s*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?<(div|section|article|aside|details|blockquote)\b((?:[^<>"']|"[^"]*"|'[^']*'){0,400})>/i;
const HTML_TAGS = /<(\/)?(div|section|article|aside|details|blockquote)\b(?:[^<>"']|"[^"]*"|'[^']*'){0,400}>/gi;
const SUMMARY = /^\s*<summary\b[^<>]{0,200}>([\s\S]{0,400}?)<\/summary>/i;
const LABEL = /\\(?:th)?label\{([^{}\n]{1,200})\}|\\begin\{/;

/** A theorem-like block that tags open and close, as far as its opening line says. */
interface Tagged {
  readonly opening: Opening;
  readonly markup: Block["markup"];
  /** Columns of the tag and of the text after it. */
  readonly column: number;
  readonly body: number;
}

/**
 * The blocks of one container that are written in another language: LaTeX's environments and HTML's `<div class=…>` and
 * `<details>`. Gives for a line the block that begins there, as a piece with the index of the line after it, or null.
 */
export function taggedBlocks(context: Context, lines: readonly Line[], depth: number) {
  let environments: Closers | null = null;
  let tags: Closers | null = null;
  return (from: number): { readonly piece: Piece; readonly next: number } | null => {
    const line = lines[from]!;
    if (!/^\s*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:\\begin\{|<)/.test(line.text)) return null;
    const tagged = readTagged(context, lines, from);
    if (!tagged) return null;
    const latex = tagged.markup === "environment";
    if (latex) environments ??= closersOf(lines, ENVIRONMENTS);
    else tags ??= closersOf(lines, HTML_TAGS);
    const closer = (latex ? environments : tags)!(from, tagged.column);
    return add(context, lines, from, depth, tagged, closer);
  };
}

function readTagged(context: Context, lines: readonly Line[], from: number): Tagged | null {
  const { text } = lines[from]!;
  const environment = ENVIRONMENT.exec(text);
  if (environment) {
    const [found, name, title, label] = environment;
    const opening = readEnvironment(name!, title, label, context.names);
    return opening && { opening, markup: "environment", column: text.indexOf("\\begin"), body: found.length };
  }
  const html = HTML.exec(text);
  if (!html) return null;
  const column = text.indexOf("<");
  const opening = readHtml(html[2]!, context.names);
  if (opening) return { opening, markup: "run-in", column, body: html[0].length };
  if (html[1]!.toLowerCase() !== "details") return null;
  return readDetails(lines, from, column, html[0].length);
}

/** `<details><summary>Proof of Lemma 2</summary>`, the summary on the same line or on the next. */
function readDetails(lines: readonly Line[], from: number, column: number, after: number): Tagged | null {
  const line = lines[from]!;
  const next = lines[from + 1];
  const alone = line.text.slice(after).trim() === "" && next !== undefined;
  const source = alone ? next.text : line.text.slice(after);
  const summary = SUMMARY.exec(source);
  const words = (summary?.[1] ?? "")
    .replace(/<[^<>]*>|[*_]{1,3}/g, "")
    .replace(/^\s*(?:click (?:here )?(?:for|to see)|show|see|toggle|view)\s+(?:the\s+)?/i, "")
    .trim();
  const head = words !== "" ? readHead(words.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase())) : null;
  if (!summary || !head) return null;
  const { name, title, number } = head;
  const opening = { ...head, name, title, number, label: null, provable: isProvable(head.kind, name) };
  const body = (alone ? next.start - line.start : after) + summary[0].length;
  return { opening, markup: "run-in", column, body };
}

function add(
  context: Context,
  lines: readonly Line[],
  from: number,
  depth: number,
  { opening, markup, column, body }: Tagged,
  closer: ReturnType<Closers>,
): { readonly piece: Piece; readonly next: number } {
  const { text, blocks } = context;
  const line = lines[from]!;
  let to = from + 1;
  if (closer) to = closer.line + 1;
  else while (to < lines.length && !/^ {0,3}#{1,6}\s|^\s*\\begin\{|^\s*<\w/.test(lines[to]!.text)) to++;
  const last = lines[to - 1]!;
  const bodyEnd = closer ? last.start + closer.start : last.end;
  const block: Mutable<Block> = start(opening, markup, line.start + column, Math.min(line.start + body, bodyEnd));
  block.number = opening.number ?? null;
  // The summary may stand on the line after the tag.
  const first = lines[from + 1] && line.start + body > lines[from + 1]!.start ? from + 1 : from;
  const columnOfBody = line.start + body - lines[first]!.start;
  const inner = linesBetween(lines, first, columnOfBody, closer ?? { line: to - 1, start: last.text.length, end: 0 });
  if (markup === "environment" && block.labels.length === 0) {
    const label = LABEL.exec(inner.map((one) => one.text).join("\n"));
    if (label?.[1] !== undefined) block.labels = [label[1]];
  }
  blocks.push(block);
  context.region(inner, depth + 1);
  finish(text, block, bodyEnd, closer ? last.start + closer.end : bodyEnd, closer !== null);
  const { start: begin, end } = block;
  const piece: Piece = { type: "block", start: begin, end, text: "", level: 0, list: false, role: roleOf(block) };
  return { piece, next: to };
}
