import type { Block } from "../blocks.js";
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
    .replace(/(\{[\w:]{1,40}\}`[^`\n]*`)|(?<!`)(`+)(?!`)(?:[^`\n]|\n(?!\s*\n)){1,400}?(?<!`)\2(?!`)|<!--[\s\S]*?(?:-->|$)/g, (match, role) =>
      role === undefined ? blank(match) : match,
    );
}

function blank(source: string): string {
  return source.replace(/[^\n]/g, " ");
}

const DIRECTIVE = /<!--\s*qed:[ \t]*([A-Za-z-]*)\s*([\s\S]*?)\s*-->/g;

function directivesOf(text: string, hidden: readonly { start: number; end: number }[]): Directive[] {
  const directives: Directive[] = [];
  for (const match of text.matchAll(DIRECTIVE)) {
    const start = match.index;
    // Only comments of their own count, not what code shows.
    const inCode = hidden.some(
      (range) =>
        range.start < start &&
        start < range.end &&
        !text.startsWith("<!--", range.start + /^\s*/.exec(text.slice(range.start, range.start + 20))![0].length),
    );
    if (!inCode) directives.push({ verb: match[1]!, text: match[2]!, start, end: start + match[0].length });
  }
  return directives;
}
