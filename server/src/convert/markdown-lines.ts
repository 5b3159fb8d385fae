import type { MarkdownTarget } from "./flavour.js";
import type { Hidden } from "./hidden.js";
import { wrapLines } from "./latex-text.js";

/** The prefix of the lines that go on with a line: its quote marks and indentation, list marks as spaces. */
export function quotedLead(line: string): string {
  const prefix = /^[ \t]*(?:(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))[ \t]*)*/.exec(line)![0];
  return prefix.replace(/[^>\s]/g, " ");
}

/** What a line holds after its quote and list marks. */
function content(line: string): { readonly lead: string; readonly text: string } {
  const length = quotedLead(line).length;
  return { lead: line.slice(0, length), text: line.slice(length) };
}

/**
 * The lines of a proof as they may stand inside a block of a document: headings become bold (they would change the
 * outline), rules become `* * *` (`---` makes a heading of the line above, or opens front matter), a line of colons
 * doesn't close a div, dollars that are no mathematics are escaped, and each flavour's own active signs are text.
 * @param seed makes the names of footnotes differ from those of other proofs
 */
export function safeLines(hidden: Hidden, target: MarkdownTarget, seed: string): string {
  const out: string[] = [];
  for (const line of hidden.text.split("\n")) {
    const { lead, text } = content(line);
    const heading = /^#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(text);
    if (heading !== null) {
      const title = escaped((heading[1] ?? "").replace(/(\*\*|__)(.*?)\1/g, "$2").trim(), target, seed);
      if (title === "") continue;
      if (out.length > 0 && content(out.at(-1)!).text.trim() !== "") out.push(lead.trimEnd());
      out.push(`${lead}**${title}**`, quotedLead(lead).trimEnd());
    } else if (isRule(line)) {
      const depth = /^[ \t>]*/.exec(line)![0];
      if (out.length > 0 && content(out.at(-1)!).text.trim() !== "") out.push(depth.trimEnd());
      out.push(`${depth}* * *`, depth.trimEnd());
    } else out.push(lead + escaped(text, target, seed).replace(/^(:{3,}|\+{3,}[ \t]*$|%)/, "\\$1"));
  }
  return wrapped(squeezed(out), target.width ?? null)
    .join("\n")
    .trim();
}

function isRule(line: string): boolean {
  return /^[ \t>]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/.test(line);
}

/** No more than one blank line, and no line that only a prefix is left of, at the ends. */
function squeezed(lines: readonly string[]): string[] {
  return lines.filter((line, at) => at === 0 || line.trim() !== "" || lines[at - 1]!.trim() !== "");
}

/** Signs that mean more than themselves in a flavour, outside mathematics and code. */
function escaped(text: string, target: MarkdownTarget, seed: string): string {
  let out = text
    .replace(/(?<!\\)((?:\\\\)*)\$(?!\uE000)/g, "$1\\$")
    .replace(/\((\*{1,3})(['′]?)\)/g, (_, stars: string, prime: string) => `(${stars.replace(/\*/g, "\\*")}${prime})`)
    .replace(/\[\^([^\]\s]{1,40})\]/g, `[^qed-${seed}-$1]`)
    .replace(/(?<!\\)`/g, "\\`")
    .replace(/\{(?=\{)/g, "\\{")
    .replace(/\{(?=%)/g, "\\{");
  if (target.flavour === "pandoc")
    out = out
      .replace(/(?<![\\\w])@(?=[\w{])/g, "\\@")
      .replace(/\](?=\{)/g, "]\\")
      .replace(/(?<!\\)([~^])(?<!\[\^)/g, "\\$1");
  if (target.flavour === "obsidian")
    out = out
      .replace(/%%/g, "\\%\\%")
      .replace(/<%/g, "&lt;%")
      .replace(/ (\^[\w-]+)$/, " \\$1");
  if (target.flavour === "myst") out = out.replace(/^(\([^()\s]+\))=/, "$1\\=");
  return out;
}

/** Wraps paragraphs; headings, tables, quotes' and lists' first signs stay where they are. */
function wrapped(lines: readonly string[], width: number | null): string[] {
  if (width === null) return [...lines];
  return lines.flatMap((line) => {
    if (line.length <= width || line.includes("|")) return [line];
    const { lead, text } = content(line);
    const tail = /\s*$/.exec(text)![0];
    // A formula or a link must not be cut, and a piece must not begin like a list, a quote or a heading.
    const glued = text
      .trimEnd()
      .replace(/\[[^\]]*\]\([^)]*\)/g, (link) => link.replace(/ /g, "\uE006"))
      .replace(/ (?=(?:[-+*>#|=:]|\d+[.)]))/g, "\uE006");
    const pieces = wrapLines(glued, Math.max(20, width - lead.length))
      .replaceAll("\uE006", " ")
      .split("\n");
    return pieces.map(
      (piece, at) => (at === 0 ? lead : quotedLead(lead)) + piece + (at === pieces.length - 1 ? tail : ""),
    );
  });
}
