import { type Block, trimRange } from "../blocks.js";
import { readDirective } from "../directives.js";
import { lex } from "../latex/lex.js";
import { mathStyle } from "../math-style.js";
import { markdownReferences } from "../references.js";
import type { Directive, Document, StatementKind } from "../types.js";
import { markdownBlocks } from "./blocks.js";
import { frontMatter, linesOf } from "./lines.js";

/** The parts of a Markdown document, with its blocks in place of statements. */
export type MarkdownParts = Pick<Document, "macros" | "references" | "directives" | "mathStyle"> & {
  readonly blocks: Block[];
};

/** Parses Markdown of any flavour (Pandoc, Quarto, MyST, Obsidian). Total. */
export function parseMarkdown(text: string, names: Readonly<Record<string, StatementKind>>): MarkdownParts {
  const lines = linesOf(text);
  const skipped = frontMatter(lines);
  const { blocks, hidden } = markdownBlocks(text, lines.slice(skipped), names);
  const directives = directivesOf(text, hidden);
  const visible = withoutCode(text, hidden);
  // Macros stand in mathematics or in front matter, in LaTeX's own words.
  const { macros, math } = lex(visible.replace(/(?<!\\)%/g, " "));
  const references = markdownReferences(visible, skipped > 0 ? lines[skipped - 1]!.end : 0, text.length);
  return {
    blocks,
    macros: macros.map((macro) => ({ ...macro, declaration: text.slice(macro.start, macro.end) })),
    references,
    directives,
    mathStyle: mathStyle(math, "$$"),
  };
}

/** The text with code and comments blanked, at the same offsets. */
function withoutCode(text: string, hidden: readonly { start: number; end: number }[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of hidden) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    parts.push(text.slice(at, from), blank(text.slice(from, end)));
    at = end;
  }
  parts.push(text.slice(at));
  return parts
    .join("")
    .replace(
      /(\{[\w:]{1,40}\}`[^`\n]*`)|(?<!`)(`+)(?!`)(?:[^`\n]|\n(?!\s*\n)){1,400}?(?<!`)\2(?!`)|<!--[\s\S]*?(?:-->|$)/g,
      (match, role) => (role === undefined ? blank(match) : match),
    );
}

function blank(source: string): string {
  return source.replace(/[^\n]/g, " ");
}

function directivesOf(text: string, hidden: readonly { start: number; end: number }[]): Directive[] {
  const directives: Directive[] = [];
  let h = 0;
  let end = 0;
  for (let start = text.indexOf("<!--"); start >= 0; ) {
    if (end >= 0 && end < start + 4) end = text.indexOf("-->", start + 4);
    while (h < hidden.length && hidden[h]!.end <= start) h++;
    const range = hidden[h];
    // What code shows is no directive; a comment of its own is hidden too, and is one.
    const inCode =
      isQuoted(text, start) ||
      (range &&
        range.start < start &&
        !text
          .slice(range.start, range.start + 20)
          .trimStart()
          .startsWith("<!--"));
    let stop = start + 4;
    if (!inCode) {
      const next = text.indexOf("<!--", start + 4);
      // A comment that has no end, or has it only in the next one, is taken for a line: nobody means more.
      const closed = end >= 0 && (next < 0 || next > end);
      const line = text.indexOf("\n", start);
      const lineEnd = trimRange(text, start, line < 0 ? text.length : line).end;
      const directive = readDirective(
        text,
        start,
        closed ? end + 3 : next < 0 ? lineEnd : Math.min(lineEnd, next),
        closed,
      );
      if (directive) directives.push(directive);
      if (closed) stop = end + 3;
      else if (!directive) {
        if (end < 0) break;
        stop = end + 3;
      }
    }
    start = text.indexOf("<!--", stop);
  }
  if (!text.includes("qed:")) return directives;
  // MyST has `%` comments.
  for (const match of text.matchAll(/(?<=^[ \t>]{0,40})%[ \t]*qed:[^\n]*/gm)) {
    const start = match.index;
    if (hidden.some((range) => range.start <= start && start < range.end)) continue;
    const directive = readDirective(text, start, start + match[0].trimEnd().length);
    if (directive) directives.push(directive);
  }
  return directives.sort((a, b) => a.start - b.start);
}

/** Whether a code span of the same line is open at `at`. */
function isQuoted(text: string, at: number): boolean {
  const near = text.slice(Math.max(0, at - 400), at);
  const ticks = near.slice(near.lastIndexOf("\n") + 1).match(/`+/g) ?? [];
  let open = "";
  for (const run of ticks) open = open === "" ? run : open === run ? "" : open;
  return (
    open !== "" &&
    text
      .slice(at, at + 400)
      .split("\n", 1)[0]!
      .includes(open)
  );
}
