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
    .replace(
      /(\{[\w:]{1,40}\}`[^`\n]*`)|(?<!`)(`+)(?!`)(?:[^`\n]|\n(?!\s*\n)){1,400}?(?<!`)\2(?!`)|<!--[\s\S]*?(?:-->|$)/g,
      (match, role) => (role === undefined ? blank(match) : match),
    );
}

function blank(source: string): string {
  return source.replace(/[^\n]/g, " ");
}

const DIRECTIVE = /^\s*qed:[ \t]*([A-Za-z-]*)\s*([\s\S]*)$/;

function directivesOf(text: string, hidden: readonly { start: number; end: number }[]): Directive[] {
  const directives: Directive[] = [];
  let h = 0;
  for (let start = text.indexOf("<!--"); start >= 0; ) {
    const end = text.indexOf("-->", start + 4);
    if (end < 0) break;
    while (h < hidden.length && hidden[h]!.end <= start) h++;
    const range = hidden[h];
    // What code shows is no directive; a comment of its own is hidden too, and is one.
    const inCode =
      range &&
      range.start < start &&
      !text
        .slice(range.start, range.start + 20)
        .trimStart()
        .startsWith("<!--");
    const match = inCode ? null : DIRECTIVE.exec(text.slice(start + 4, end));
    if (match) directives.push({ verb: match[1]!, text: match[2]!.trim(), start, end: end + 3 });
    start = text.indexOf("<!--", inCode ? start + 4 : end + 3);
  }
  if (!text.includes("qed:")) return directives;
  // MyST has `%` comments.
  for (const match of text.matchAll(/(?<=^[ \t>]{0,40})%[ \t]*qed:[ \t]*([A-Za-z-]*)[ \t]*([^\n]*)/gm)) {
    const start = match.index;
    if (hidden.some((range) => range.start <= start && start < range.end)) continue;
    directives.push({ verb: match[1]!, text: match[2]!.trim(), start, end: start + match[0].trimEnd().length });
  }
  return directives.sort((a, b) => a.start - b.start);
}
