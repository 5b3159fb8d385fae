import type { MathStyle } from "../document/types.js";
import type { Flavour } from "./convert.js";
import { sourceOf } from "./danger.js";
import { convertFormula, type Formula } from "./formula.js";
import type { Refer } from "./formula-text.js";
import { tagKey } from "./formula-tokens.js";
import { type Hidden, riddle } from "./hidden.js";
import { formulaOrder } from "./hygiene.js";
import { glued, type Layout } from "./layout.js";
import { formulaOf, parseHidden, type Token, withTag } from "./markdown.js";
import { isSafeMarkdown } from "./markdown-check.js";
import { FIXED_BREAK, quotedLead, refilled, safeLines, tableLines } from "./markdown-lines.js";
import { shortHash } from "./references.js";
import type { Span } from "./scan.js";

/** Which Markdown, and how the document writes it. */
export interface MarkdownTarget {
  readonly flavour: Flavour;
  readonly math: MathStyle;
  readonly layout: Layout;
  readonly macros?: ReadonlySet<string>;
  /** Whether the model closed the proof with a tombstone. */
  readonly marked: boolean;
}

/** The formulas of a proof for KaTeX and MathJax; references become plain `(1)`. */
function formulasOf(hidden: Hidden, target: MarkdownTarget, removed: string[]): (Formula | null)[] {
  const macros = target.macros ?? new Set<string>();
  const convert = (span: Span, sink: string[], reference: Refer): Formula | null =>
    span.kind === "math" && span.closed
      ? convertFormula(span.tex, { dialect: "katex", display: span.display, macros, removed: sink, reference })
      : null;
  const first = hidden.spans.map((span) => convert(span, [], () => null));
  const used = new Set(first.flatMap((formula) => formula?.tags.map(({ key }) => key) ?? []));
  const labels = new Map<string, string>();
  const numbers = new Map<number, string>();
  for (const index of formulaOrder(hidden)) {
    const formula = first[index];
    for (const label of formula?.labels ?? []) {
      let number = formula!.tags[0]?.text;
      for (let next = 1; number === undefined; next++) if (!used.has(String(next))) number = String(next);
      used.add(tagKey(number));
      labels.set(label, number);
      numbers.set(index, number);
    }
  }
  return hidden.spans.map((span, index) => {
    const formula = convert(span, removed, (key, form) => {
      const number = labels.get(key);
      return number === undefined ? null : form === "ref" ? number : `(${number})`;
    });
    const number = numbers.get(index);
    if (formula === null || number === undefined || formula.tags.length > 0 || !span.display) return formula;
    return { ...formula, tags: [{ text: number, starred: false, key: number }] };
  });
}

/** The displays that must stay in their line: in emphasis, headings and tables. */
function inlineDisplays(tokens: readonly Token[]): Set<number> {
  const found = new Set<number>();
  let container = 0;
  for (const token of tokens) {
    if (/^(?:heading|t[hd])_/.test(token.type)) container += token.nesting;
    let open = container;
    for (const child of token.children ?? []) {
      if (/^(?:strong|em|link|s)_/.test(child.type)) open += child.nesting;
      if (child.type === "math_display" && open > 0) found.add(formulaOf(child).index);
    }
  }
  return found;
}

/** A formula in which no Markdown or HTML parser sees a tag (`i<j`) or a link (`f[x](y)`): TeX ignores the spaces. */
function inert(tex: string): string {
  return tex.replace(/<(?=[A-Za-z/!?])/g, "< ").replace(/\](?=[([:])/g, "] ");
}

/** A formula in one line. Inside a table a bar would end the cell. */
function inline(formula: Formula, math: MathStyle, inTable: boolean, display: boolean): string {
  let tex = inert(formula.body)
    .replace(/\s*\n\s*/g, " ")
    .trim();
  if (inTable) tex = tex.replace(/\\\|/g, "\\Vert ").replace(/\|/g, "\\vert ").trim();
  if (tex === "") return "";
  const reference = /^\\text\{(\(?[\w.' -]+\)?)\}$/.exec(tex)?.[1];
  if (reference !== undefined) return reference;
  if (/(?<!\\)(?:\\\\)*\\$/.test(tex)) tex += "{}";
  const set = display ? `\\displaystyle ${tex}` : tex;
  return math.inline === "$" ? `$${set}$` : `\\(${set}\\)`;
}

/** A display on lines of its own. Lines that Markdown could take for lists, quotes or headings join the one before. */
function display(formula: Formula, math: MathStyle, lead: string): string {
  const body = inert(withTag(formula))
    .replace(/\n(?=(?:[-+*>#]|\d+[.)])\s|[=-]+\s*(?:\n|$)|>|:::|```|~~~)/g, " ")
    .replace(/^([-+*>])\s+/, "$1");
  const [open, close] = math.display === "$$" ? ["$$", "$$"] : ["\\[", "\\]"];
  return [open, ...body.split("\n"), close].join(`\n${lead}`);
}

/** Code as it may stand in a file that tools run: without raw formats, directives and executable languages. */
function code(span: Span, target: MarkdownTarget, removed: string[]): string {
  if (!/^(?:`{3,}|~{3,})/.test(span.tex) || !span.tex.includes("\n")) {
    return target.flavour === "obsidian" ? span.tex.replace(/^(`+)(?=\$?=)/, "$1 ") : span.tex;
  }
  const [, mark, info] = /^(`{3,}|~{3,})([^\n]*)/.exec(span.tex)!;
  const plain = /^\s*(?:text|plain|python|c|cpp|java|haskell|lean|latex|tex|pseudocode)?\s*$/i.test(info!);
  if (!plain) removed.push(mark! + info!);
  const rest = span.tex.slice(mark!.length + info!.length);
  return `${mark}${plain ? info!.trim() : ""}${rest}${span.closed ? "" : `${rest.endsWith("\n") ? "" : "\n"}${mark}`}`;
}

/** A block that no line may be broken in. */
const held = (block: string): string => glued(block).replaceAll("\n", FIXED_BREAK);

/** The source of a formula that can't be rendered, as code. */
function source(span: Span): string {
  const text = sourceOf(span);
  if (text === "") return "";
  const ticks = "`".repeat(Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length)) + 1);
  return `${ticks}${text.startsWith("`") || text.endsWith("`") ? ` ${text} ` : text}${ticks}`;
}

/** The body of a proof in a Markdown flavour: the model's own Markdown, with what would break or harm rewritten. */
export function markdownBody(hidden: Hidden, target: MarkdownTarget, removed: string[]): string {
  const formulas = formulasOf(hidden, target, removed);
  const inLine = inlineDisplays(parseHidden(hidden));
  const isDisplay = (index: number): boolean => {
    const span = hidden.spans[index];
    return span?.display === true && formulas[index] !== null && formulas[index]!.body !== "" && !inLine.has(index);
  };
  const text = apart(safeLines(hidden, target, shortHash(hidden.text)), isDisplay);
  const tables = tableLines(text);
  const write = (safe: boolean): string => {
    const lines = text
      .split("\n")
      .map((line, number) => {
        const lead = quotedLead(line);
        return line.replace(riddle(), (whole, digits: string, at: number) => {
          const index = Number(digits);
          const span = hidden.spans[index];
          if (span === undefined) return "";
          // Two runs of backticks side by side would become one.
          const gap = /[`\uE001]$/.test(line.slice(0, at)) ? " " : "";
          if (span.kind === "code") {
            const written = code(span, target, removed);
            return gap + held(tables.has(number) ? written.replace(/(?<!\\)\|/g, "\\|") : written);
          }
          const formula = formulas[index];
          if (formula === null || formula === undefined) return gap + glued(source(span));
          if (isDisplay(index)) return held(display(formula, target.math, lead));
          const written = inline(formula, target.math, tables.has(number), span.display);
          // A figure or another dollar behind the closing dollar would undo it.
          return glued(written) + (/^[\d$]/.test(line.slice(at + whole.length)) && written.endsWith("$") ? " " : "");
        });
      })
      .map((line) => (safe ? line : line.replace(/<(?=[A-Za-z/!?])/g, "&lt;").replace(/\](?=[([:])/g, "]\\")));
    return refilled(lines, target.layout, tables).join("\n").replaceAll(FIXED_BREAK, "\n");
  };
  const body = write(true);
  const whole = isSafeMarkdown(body) ? body : write(false);
  if (!target.marked || target.flavour !== "obsidian") return whole;
  // A callout prints no tombstone of its own.
  return /(?:\$\$|\\\]|`{3,}|~{3,}|\|)$/.test(whole) || /^(?:[-*+]|\d+[.)]) [^\n]*$/.test(whole.split("\n").at(-1)!)
    ? `${whole}\n\n∎`
    : `${whole} ∎`;
}

/** Sets displays apart: each alone in its line, with a blank line where text was beside it. */
function apart(text: string, isDisplay: (index: number) => boolean): string {
  return text
    .split("\n")
    .flatMap((line) => {
      const marks = [...line.matchAll(riddle())].filter(([, index]) => isDisplay(Number(index)));
      if (marks.length === 0) return [line];
      const lead = quotedLead(line);
      const pieces: string[] = [];
      let at = lead.length;
      for (const mark of marks) {
        pieces.push(line.slice(at, mark.index), mark[0]);
        at = mark.index + mark[0].length;
      }
      pieces.push(line.slice(at));
      const kept = pieces.map((piece) => piece.trim()).filter((piece) => piece !== "");
      return kept.flatMap((piece, number) =>
        number === 0 ? [line.slice(0, lead.length) + piece] : [lead.trimEnd(), lead + piece],
      );
    })
    .join("\n");
}
