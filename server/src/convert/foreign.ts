/**
 * What a model writes in its prose in LaTeX, or in another Markdown than CommonMark, as CommonMark: lists, headings,
 * theorem blocks, quotation marks, definition lists. Formulas and code are hidden already.
 */

const BLOCKS =
  /^(?:theorem|lemma|claim|corollary|proposition|remark|definition|example|fact|observation|notation|note|case|step)$/i;
/** Environments that only place their content. */
const LAYOUT = /^(?:proof|center|flushleft|flushright|quote|quotation|minipage|small)$/;
const LIST = /^(?:itemize|enumerate|description)$/;

const TOKEN =
  /[ \t]*\\(?:(begin|end)\s*\{([A-Za-z]+)\*?\}[ \t]*(?:\[([^\]\n]*)\])?|item(?![A-Za-z])[ \t]*(?:\[([^\]\n]*)\])?)[ \t]*\n?/g;

interface OpenList {
  readonly ordered: boolean;
  items: number;
}

/** The indentation inside lists, as wide as their marks. */
const leadOf = (lists: readonly OpenList[]): string => lists.map(({ ordered }) => (ordered ? "   " : "  ")).join("");

/** LaTeX's own blocks in prose as Markdown. */
export function withoutLatexBlocks(source: string): string {
  const text = source
    .replace(/^[ \t]*\\(?:chapter|(?:sub){0,2}section|(?:sub)?paragraph)\*?[ \t]*\{([^{}\n]*)\}[ \t]*/gm, "\n### $1\n")
    .replace(/``(?=\S)([^`\n]{0,300}?\S)''/g, "“$1”")
    .replace(/\\cite[tp]?\*?[ \t]*(?:\[[^\]\n]*\][ \t]*)?\{([^{}\n]*)\}/g, "[$1]")
    .replace(/\\footnote[ \t]*\{([^{}]*)\}/g, " ($1)")
    .replace(/(?<=\S)[ \t]*\\\\[ \t]*\n(?=[ \t]*\S)/g, "  \n");
  if (!/\\(?:begin|end|item)/.test(text)) return text;
  const open: OpenList[] = [];
  let out = "";
  let at = 0;
  const add = (piece: string): void => {
    const lead = leadOf(open.filter(({ items }) => items > 0));
    out += lead === "" ? piece : piece.replace(/\n[ \t]*(?=\S)/g, `\n${lead}`).replace(/^[ \t]+/, "");
  };
  for (const found of text.matchAll(TOKEN)) {
    const [whole, side, name, option, label] = found;
    const kept = name !== undefined && !BLOCKS.test(name) && !LAYOUT.test(name) && !LIST.test(name);
    add(text.slice(at, found.index));
    at = found.index + whole.length;
    if (kept || (name === undefined && open.length === 0)) add(whole);
    else if (name === undefined) {
      const list = open.at(-1)!;
      list.items++;
      const lead = leadOf(open.slice(0, -1));
      const mark = list.ordered ? `${list.items}. ` : "- ";
      out = `${out.trimEnd()}\n${list.items === 1 && open.length === 1 ? "\n" : ""}${lead}${mark}${label === undefined ? "" : `**${label}** `}`;
    } else if (LIST.test(name)) {
      if (side === "begin") open.push({ ordered: name === "enumerate", items: 0 });
      else open.pop();
      if (side === "end") out = `${out.trimEnd()}\n\n`;
    } else if (LAYOUT.test(name) || side === "end") out = `${out.trimEnd()}\n\n`;
    else
      out = `${out.trimEnd()}\n\n**${name[0]!.toUpperCase()}${name.slice(1)}${option === undefined ? "" : ` (${option})`}.** `;
  }
  add(text.slice(at));
  return out;
}

/** Definition lists (`Term` and below it `: what it is`), which most Markdowns lack, as lists with bold terms. */
export function withoutDefinitionLists(source: string): string {
  const lines = source.split("\n");
  const out: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const term = lines[at]!;
    const below = lines[at + 1]?.trim() === "" && at + 2 < lines.length ? at + 2 : at + 1;
    if (!/^[^\s:>#|+*~-][^\n]*$/.test(term) || !/^ {0,2}:[ \t]+\S/.test(lines[below] ?? "")) {
      out.push(term);
      continue;
    }
    if (out.length > 0 && out.at(-1)!.trim() !== "" && !/^ {0,2}[- ] /.test(out.at(-1)!)) out.push("");
    out.push(`- **${term.trim().replace(/[:.]$/, "")}:** ${lines[below]!.replace(/^ {0,2}:[ \t]+/, "")}`);
    at = below;
    while (at + 1 < lines.length && /\S/.test(lines[at + 1]!) && !/^ {0,2}:[ \t]+\S/.test(lines[at + 2] ?? "")) {
      const more = lines[++at]!;
      out.push(/^ {0,2}:[ \t]/.test(more) ? `\n  ${more.replace(/^ {0,2}:[ \t]+/, "")}` : `  ${more.trim()}`);
    }
  }
  return out.join("\n");
}
