import type { Syntax } from "./types.js";

const SYNTAXES: ReadonlyMap<string, Syntax> = new Map<string, Syntax>([
  ...["latex", "tex", "ltx", "sty", "cls"].map((name) => [name, "latex"] as const),
  ...["markdown", "quarto", "md", "qmd", "rmd", "mdx"].map((name) => [name, "markdown"] as const),
]);

/**
 * The syntax of a language id (`latex`, `tex`, `markdown`, `quarto`) or of a path or URI, by its extension (case does
 * not count); null if it is neither LaTeX nor Markdown.
 */
export function syntaxOf(languageIdOrPath: string): Syntax | null {
  const known = SYNTAXES.get(languageIdOrPath);
  if (known !== undefined) return known;
  // In a path, unlike in a URI, `#` and `?` are letters like others.
  const isUri = /^[a-z][a-z\d+.-]+:/i.test(languageIdOrPath);
  const extension = /\.(\w+)$/.exec(isUri ? languageIdOrPath.replace(/[?#].*$/s, "") : languageIdOrPath);
  return (extension && SYNTAXES.get(extension[1]!.toLowerCase())) ?? null;
}
