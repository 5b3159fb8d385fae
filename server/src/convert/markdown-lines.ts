import type { MarkdownTarget } from "./flavour.js";
import type { Hidden } from "./hidden.js";
import { columnsOf, type Layout, unglued, wrapped } from "./layout.js";
import { containersOf } from "./scan.js";

/** The prefix of the lines that go on with a line: its quote marks and indentation, list marks as spaces. */
export function quotedLead(line: string): string {
  return containersOf(line).replace(/[^>\s]/g, " ");
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
    } else if (target.flavour === "pandoc" && interrupts(line, out.at(-1))) {
      // Pandoc begins no list and no quote in the middle of a paragraph.
      out.push(quotedLead(out.at(-1)!).trimEnd(), lead + escaped(text, target, seed));
    } else out.push(lead + escaped(text, target, seed).replace(/^(:{3,}|\+{3,}[ \t]*$|%)/, "\\$1"));
  }
  return squeezed(out).join("\n").trim();
}

/** Whether a list or a quote begins right below a line of plain text. */
function interrupts(line: string, above: string | undefined): boolean {
  const depth = (prefix: string): number => prefix.split(">").length;
  if (above === undefined || above.trim() === "" || quotedLead(above) !== above.slice(0, quotedLead(above).length))
    return false;
  if (content(above).text.trim() === "" || above.includes("|")) return false;
  const lead = quotedLead(line);
  const mark = line.slice(0, lead.length);
  if (depth(mark) > depth(quotedLead(above))) return true;
  const below = mark.search(/[-*+\d]/);
  return below >= 0 && below <= quotedLead(above).length && /(?:[-*+]|\b1[.)])[ \t]*$/.test(mark);
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
      .replace(/(?<![\\~])(\^(?<!\[\^)|~(?!~))/g, "\\$1");
  if (target.flavour === "obsidian")
    out = out
      .replace(/%%/g, "\\%\\%")
      .replace(/<%/g, "&lt;%")
      .replace(/ (\^[\w-]+)$/, " \\$1");
  if (target.flavour === "myst") out = out.replace(/^(\([^()\s]+\))=/, "$1\\=");
  return out;
}

/** Stands for a line end inside what must stay as it is: a display, a code block. */
export const FIXED_BREAK = "\uE007";

const HARD_BREAK = /(?: {2,}|\\)$/;

/** Whether a line stays as it is: a rule, a note, a definition, what holds a block. */
function isFixed(line: string): boolean {
  const { text } = content(line);
  return (
    line.includes(FIXED_BREAK) ||
    text.trim() === "" ||
    isRule(line) ||
    /^(?:\[\^[^\]]+\]:|[:~][ \t]|`{3,}|~{3,}|\$\$)/.test(text)
  );
}

/** Whether a line goes on with the paragraph of the line before it. */
function goesOn(line: string): boolean {
  return !isFixed(line) && quotedLead(line) === line.slice(0, quotedLead(line).length);
}

/**
 * Breaks the paragraphs of finished Markdown as the document breaks its own. Lines that hold a display, code or a rule,
 * and the lines of tables, stay as they are.
 * @param inTable the numbers of the lines of tables
 */
export function refilled(lines: readonly string[], layout: Layout, inTable: ReadonlySet<number>): string[] {
  const { lines: style, lead: outer, first } = layout;
  if (style.kind === "kept") return lines.map(unglued);
  const out: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (isFixed(line) || inTable.has(at)) {
      out.push(unglued(line));
      continue;
    }
    const { lead, text } = content(line);
    const depth = lead.split(">").length;
    let paragraph = text;
    while (at + 1 < lines.length && !inTable.has(at + 1) && goesOn(lines[at + 1]!)) {
      const next = content(lines[at + 1]!);
      if (next.lead.split(">").length !== depth) break;
      if (!HARD_BREAK.test(paragraph)) paragraph = paragraph.trimEnd();
      paragraph += `\n${next.text}`;
      at++;
    }
    const hanging = quotedLead(lead);
    const begins = (out.length === 0 ? (first ?? outer) : outer) + columnsOf(lead);
    const pieces = wrapped(paragraph.trimEnd(), style, begins, outer + columnsOf(lead), true).split("\n");
    out.push(...pieces.map((piece, index) => (index === 0 ? lead : hanging) + piece));
  }
  return out;
}

/** The numbers of the lines that belong to tables. */
export function tableLines(text: string): Set<number> {
  const lines = text.split("\n");
  const found = new Set<number>();
  lines.forEach((line, at) => {
    if (!line.includes("|") || !/^[\s>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/.test(line)) return;
    for (let row = at - 1; row < lines.length && (row <= at || lines[row]!.includes("|")); row++) found.add(row);
  });
  return found;
}
