import type { Reference } from "./types.js";

const MARKDOWN =
  /\{(?:prf:ref|ref|numref|eq|doc)\}`([^`\n]{1,300})`|\]\(#([^()\s]{1,200})\)|\[\[([^[\]|#\n]{0,200})#\^([\w-]{1,200})(?:\|[^[\]\n]{0,200})?\]\]|(?<![\w@.])-?@((?:thm|lem|cor|prp|cnj|def|exm|exr|eq|rem|sol)-[\w:-]*\w)|\\(?:[cC]|eq|auto|name|page|v|th)?ref\{([^{}\n]*)\}/g;

/** References in Markdown text from `start` to `end`, in order. */
export function markdownReferences(text: string, start: number, end: number): Reference[] {
  const references: Reference[] = [];
  for (const match of text.slice(start, end).matchAll(MARKDOWN)) {
    const role = match[1] === undefined ? undefined : (/<([^<>]*)>\s*$/.exec(match[1])?.[1] ?? match[1]);
    const label = role ?? match[2] ?? match[4] ?? match[5] ?? match[6] ?? "";
    const labels = label
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
    if (labels.length === 0) continue;
    // The bracket before `](#id)` belongs to the reference.
    const from = match[2] === undefined ? match.index : linkStart(text, start + match.index) - start;
    references.push({ labels, start: start + from, end: start + match.index + match[0].length });
  }
  return references;
}

function linkStart(text: string, close: number): number {
  let depth = 0;
  for (let i = close; i >= 0 && i > close - 300; i--) {
    const c = text.charCodeAt(i);
    if (c === 93) depth++;
    else if (c === 91 && --depth === 0) return i;
    else if (c === 10 && text.charCodeAt(i - 1) === 10) break;
  }
  return close;
}
