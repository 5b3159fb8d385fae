import { inlineParts, inlineText, type LatexWriter } from "./latex-inline.js";
import { latexCodeBlock } from "./latex-text.js";
import { columnsOf, wrapped } from "./layout.js";
import { formulaOf, type Token } from "./markdown.js";
import { plainSign } from "./plain-latex.js";

/** A block of LaTeX and how it may be joined to its neighbours. */
interface Block {
  readonly kind: "paragraph" | "heading" | "rule" | "other";
  readonly text: string;
  /** It begins with a display: no blank line before it, which would end the sentence that it belongs to. */
  readonly display: boolean;
  /** It goes on with the sentence of the block before it. */
  readonly continues: boolean;
  readonly endsWithDisplay: boolean;
}

/** Where a block stands: how deep in lists and quotes, and the columns before its lines. */
interface Place {
  readonly depth: number;
  readonly first: number;
  readonly lead: number;
}

/** Lists and quotes within each other: LaTeX stops at six, and at four of a kind; the proof may stand in some itself. */
const deepest = 4;

const other = (text: string): Block => ({
  kind: "other",
  text,
  display: false,
  continues: false,
  endsWithDisplay: false,
});

/** The index of the token that closes the block which `open` opens. */
function closeOf(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    depth += tokens[at]!.nesting;
    if (depth === 0) return at;
  }
  return tokens.length;
}

function join(blocks: readonly Block[]): string {
  let out = "";
  let last: Block | undefined;
  for (const block of blocks) {
    if (block.text === "") continue;
    // A rule beside a heading, another rule or an end separates nothing.
    if (block.kind === "rule") {
      if (last === undefined || last.kind === "rule") continue;
      last = { ...block, endsWithDisplay: false };
      continue;
    }
    if (last === undefined) out = block.kind === "heading" ? block.text.replace(/^\\medskip/, "") : block.text;
    else if (last.kind === "rule") out += `\n\n${block.kind === "heading" ? "" : "\\medskip\n"}${block.text}`;
    else {
      const close = last.kind === "paragraph" && (block.display || (last.endsWithDisplay && block.continues));
      out += (close ? "\n" : "\n\n") + block.text;
    }
    last = block;
  }
  return out;
}

/** The children of a short paragraph that is bold from end to end and so serves as a heading; null for any other. */
function boldHead(token: Token): readonly Token[] | null {
  const children = (token.children ?? []).filter(({ type, content }) => type !== "text" || content.trim() !== "");
  const bold = children[0]?.type === "strong_open" && closeOf(children, 0) === children.length - 1;
  const plain = children.every(({ type }) => type !== "math_display" && type !== "softbreak" && type !== "hardbreak");
  return bold && plain && token.content.length <= 120 ? children.slice(1, -1) : null;
}

function heading(children: readonly Token[], writer: LatexWriter): Block {
  const text = inlineText(children, writer)
    .replace(/\\textbf\{([^{}]*)\}/g, "$1")
    .replace(/ {2,}/g, " ");
  return { ...other(`\\medskip\\noindent\\textbf{${text}}`), kind: "heading" };
}

function paragraph(token: Token, writer: LatexWriter, { first: column, lead }: Place): Block {
  const parts = inlineParts(token.children ?? [], writer, true);
  const text = parts
    .map((part, index) =>
      part.display ? part.text : wrapped(part.text, writer.layout.lines, index === 0 ? column : lead, lead, false),
    )
    .join("\n");
  const first = parts[0];
  return {
    kind: "paragraph",
    text,
    display: first?.display === true,
    continues: first !== undefined && !first.display && /^(?:\p{Ll}|[,;.])/u.test(first.text),
    endsWithDisplay: parts.at(-1)?.display === true,
  };
}

function paragraphOrHead(token: Token, writer: LatexWriter, place: Place): Block {
  const head = place.depth === 0 ? boldHead(token) : null;
  return head === null ? paragraph(token, writer, place) : heading(head, writer);
}

/** About how many letters wide a cell prints: a command counts as one, braces as none. */
function printedLength(cell: Token, writer: LatexWriter): number {
  const formulas = (cell.children ?? []).filter(({ type }) => type.startsWith("math_"));
  const tex = formulas.map((token) => writer.spans[formulaOf(token).index]?.tex ?? "").join("");
  return (
    cell.content.replace(/\$\uE000\d+\uE001/g, "").length +
    tex.replace(/\\[a-zA-Z]+/g, "m").replace(/[\\{}^_\s]/g, "").length
  );
}

function blocks(tokens: readonly Token[], writer: LatexWriter, place: Place): Block[] {
  const { depth, lead } = place;
  const out: Block[] = [];
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at]!;
    const end = token.nesting === 1 ? closeOf(tokens, at) : at;
    const inner = tokens.slice(at + 1, end);
    switch (token.type) {
      case "paragraph_open":
        out.push(paragraphOrHead(inner[0]!, writer, out.length === 0 ? place : { ...place, first: lead }));
        break;
      case "heading_open":
        out.push(heading(inner[0]?.children ?? [], writer));
        break;
      case "bullet_list_open":
      case "ordered_list_open":
        out.push(other(list(token, inner, writer, place)));
        break;
      case "blockquote_open": {
        const text = join(blocks(inner, writer, { depth: depth + 1, first: lead, lead }));
        if (text !== "") out.push(other(depth < deepest ? `\\begin{quote}\n${text}\n\\end{quote}` : text));
        break;
      }
      case "fence":
      case "code_block":
        out.push(other(latexCodeBlock(token.content, depth > 0, writer.packages)));
        break;
      case "hr":
        out.push({ ...other("---"), kind: "rule" });
        break;
      case "table_open":
        out.push(other(table(inner, writer)));
        break;
    }
    at = end + 1;
  }
  return out;
}

function list(open: Token, tokens: readonly Token[], writer: LatexWriter, { depth, lead }: Place): string {
  const { item: outer, hanging } = writer.layout;
  const ordered = open.type === "ordered_list_open";
  const start = Number(open.attrGet("start") ?? 1);
  const labels = tokens
    .filter(({ type, level }) => type === "list_item_open" && level === open.level + 1)
    .map((token, index) => (ordered ? `${start + index}${token.markup || "."}` : "--"));
  // Beyond what LaTeX nests, an item is a paragraph that begins with its mark.
  const flat = depth >= deepest;
  const own = ordered && (start !== 1 || depth > 0 || labels.some((label) => !label.endsWith(".")));
  const items: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const end = closeOf(tokens, at);
    const label = labels[items.length] ?? "--";
    let mark = flat ? label : `\\item${own ? `[${label}]` : ""}`;
    const inside = flat ? lead : lead + columnsOf(outer + hanging);
    const first = lead + (flat ? 0 : columnsOf(outer)) + mark.length + 1;
    let text = join(blocks(tokens.slice(at + 1, end), writer, { depth: depth + 1, first, lead: inside }));
    const task = /^\[([ xX])\] /.exec(text)?.[1];
    if (task !== undefined && !flat) {
      const box = plainSign(task === " " ? "\\square" : "\\checkmark", writer.packages);
      text = text.slice(4);
      mark = `\\item[$${box}$]`;
    }
    const body = flat || own || task !== undefined ? text : text.replace(/^\[/, "{[}");
    const verbatim = flat || body.includes("\\begin{verbatim}");
    items.push(
      `${flat ? "" : outer}${mark} ${verbatim ? body : body.replace(/\n(?=.)/g, `\n${outer}${hanging}`)}`.trimEnd(),
    );
    at = end + 1;
  }
  if (flat) return items.join("\n\n");
  const name = ordered ? "enumerate" : "itemize";
  return `\\begin{${name}}\n${items.join("\n")}\n\\end{${name}}`;
}

function table(tokens: readonly Token[], writer: LatexWriter): string {
  const rows: { cells: string[]; head: boolean; lengths: number[] }[] = [];
  const aligns: string[] = [];
  tokens.forEach((token, at) => {
    if (token.type === "tr_open") rows.push({ cells: [], head: false, lengths: [] });
    if (token.type !== "th_open" && token.type !== "td_open") return;
    const row = rows.at(-1)!;
    const cell = tokens[at + 1]!;
    row.head = token.type === "th_open";
    if (rows.length === 1) aligns.push(/right|center/.exec(String(token.attrGet("style") ?? ""))?.[0] ?? "left");
    row.cells.push(inlineText(cell.children ?? [], writer).replace(/^[[*]/, "{$&}"));
    row.lengths.push(printedLength(cell, writer));
  });
  const widest = aligns.map((_, column) => Math.max(0, ...rows.map(({ lengths }) => lengths[column] ?? 0)));
  const total = widest.reduce((sum, width) => sum + width, 0);
  const columns = aligns.map((align, column) => {
    // Long prose in a cell breaks into lines; the shares leave room for the space between columns.
    const share = (0.8 * widest[column]!) / Math.max(total, 1);
    return total + 3 * aligns.length > 68 && widest[column]! > 14 ? `p{${share.toFixed(2)}\\linewidth}` : align[0]!;
  });
  const lines = rows.map(({ cells, head }) => `${cells.join(" & ")} \\\\${head ? "\n\\hline" : ""}`);
  return `\\begin{center}\n\\begin{tabular}{${columns.join("")}}\n${lines.join("\n")}\n\\end{tabular}\n\\end{center}`;
}

/** The LaTeX of parsed Markdown: the body of a proof for amsmath, amssymb and amsthm, labels still to be put in. */
export function latexBody(tokens: readonly Token[], writer: LatexWriter): string {
  const { first, lead } = writer.layout;
  return join(blocks(tokens, writer, { depth: 0, first: first ?? lead, lead })).trim();
}
