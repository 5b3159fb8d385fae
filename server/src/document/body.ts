import type { Document, TextRange } from "./types.js";

const FENCED = /^\s*(?:`{3,}|~{3,})/;

/**
 * The text of a range as a reader would read it: without comments, labels, MyST options, block ids, attribute ids and
 * the quote marks of the callout that holds it; outer white space trimmed. Mathematics and all else stay as written.
 */
export function plainText(document: Document, range: TextRange): string {
  const { text } = document;
  const start = Math.max(0, Math.min(range.start, text.length));
  const source = text.slice(start, Math.max(start, Math.min(range.end, text.length)));
  return document.syntax === "latex" ? plainLatex(source) : plainMarkdown(source, quoteDepth(text, start));
}

/** White space collapsed to single spaces and trimmed: for comparison and hashing. */
export function normalise(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function plainLatex(source: string): string {
  const withoutComments = source
    .split("\n")
    .map((line) => {
      const comment = /(?<!\\)(?:\\\\)*%/.exec(line);
      if (!comment || isVerb(line, comment.index)) return line;
      const kept = line.slice(0, comment.index + comment[0].length - 1);
      // A comment swallows its line end: mark a line that held nothing else.
      return kept.trim() === "" ? null : kept;
    })
    .filter((line) => line !== null)
    .join("\n");
  return withoutComments
    .replace(/[ \t]*\\(?:th)?label\s*\{[^{}\n]*\}/g, "")
    .replace(/\n[ \t]*\n(?:[ \t]*\n)+/g, "\n\n")
    .trim();
}

function isVerb(line: string, at: number): boolean {
  const verb = /\\(?:verb\*?|url|path|href)([^\sA-Za-z])/.exec(line);
  if (!verb || verb.index > at) return false;
  const open = verb.index + verb[0].length;
  const close = line.indexOf(verb[1] === "{" ? "}" : verb[1]!, open);
  return close > at && open <= at;
}

/** How many quote marks stand before `at` on its line: the depth of the callout that holds it. */
function quoteDepth(text: string, at: number): number {
  const near = text.slice(Math.max(0, at - 200), at);
  const line = near.slice(near.lastIndexOf("\n") + 1);
  return (/^[ \t]*((?:>[ \t]?)*)/.exec(line)?.[1]?.match(/>/g) ?? []).length;
}

function plainMarkdown(source: string, depth: number): string {
  const quote = depth > 0 ? new RegExp(`^[ \\t]{0,3}(?:>[ \\t]?){0,${Math.min(depth, 20)}}`) : null;
  const lines = source
    .split("\n")
    .map((line, k) => (quote && k > 0 ? line.replace(quote, "") : line).replace(/\r$/, ""));
  const bare = stripHidden(lines.join("\n")).split("\n");
  let k = 0;
  while (k < bare.length && (bare[k]!.trim() === "" || /^\s*:[\w-]+:(?:\s|$)/.test(bare[k]!))) k++;
  let code = false;
  const kept = bare.slice(k).map((line) => {
    if (FENCED.test(line)) code = !code;
    if (code) return line;
    return line
      .replace(/(^|\s)\^[A-Za-z\d][\w-]*\s*$/, "$1")
      .replace(/\s*\{#[\w:.-]+\}/g, "")
      .replace(/[ \t]*\\(?:th)?label\{[^{}]*\}/g, "")
      .trimEnd();
  });
  return kept.join("\n").trim();
}

function stripHidden(source: string): string {
  return source
    .replace(/<!--[\s\S]*?(?:-->|$)/g, "")
    .replace(/^[ \t]*%[ \t][^\n]*\n?/gm, "")
    .replace(/%%[\s\S]*?%%/g, "");
}
