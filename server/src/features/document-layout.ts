import { columnsOf, type Layout, type Lines } from "../convert/layout.js";
import type { Document, Syntax } from "../document/types.js";

/** Two lines of prose of one paragraph, one below the other. */
interface Break {
  /** The columns of the upper line. */
  readonly columns: number;
  /** The columns of the first word of the lower one. */
  readonly next: number;
  readonly sentence: boolean;
}

/** Most breaks that are looked at: a book's first chapters say how it is written. */
const MOST_BREAKS = 4_000;
/** Line lengths that editors are set to, the likeliest first. */
const USUAL_WIDTHS = [80, 72, 79, 78, 100, 120, 70, 76, 90, 88, 74, 75, 77, 99, 110, 60, 65, 68];
const NARROWEST = 40;
/** Lines shorter than this are broken for the sake of their words: headings, addresses, short remarks. */
const NARROWEST_PROSE = 50;
const WIDEST = 140;

/** How a document breaks its prose, and indents its displays and lists; only what can be seen in it. */
export function layoutOf(document: Document): Pick<Layout, "lines"> & Partial<Layout> {
  return { lines: linesOf(document), ...(document.syntax === "latex" ? indentsOf(document.text) : {}) };
}

/** How the prose of a document is broken into lines. */
export function linesOf({ text, syntax }: Document): Lines {
  const { breaks, lengths, several } = proseOf(text, syntax);
  const long = lengths.filter((columns) => columns > WIDEST).length;
  const running = several / Math.max(1, lengths.length);
  if (breaks.length < 3 || long > lengths.length * 0.3) {
    return long >= 2 || (long === 1 && breaks.length === 0) ? { kind: "paragraphs" } : { kind: "kept" };
  }
  const inside = breaks.filter(({ sentence }) => !sentence);
  if (breaks.length - inside.length >= breaks.length * 0.6 && running < 0.3) {
    const folded = inside.length >= 3 && inside.length >= breaks.length * 0.05 ? widthOf(inside, 0.7) : null;
    return { kind: "sentences", width: folded };
  }
  const width = widthOf(breaks, 0.5);
  if (width !== null) return width < NARROWEST_PROSE ? { kind: "kept" } : { kind: "filled", width };
  // Broken by hand: as long as its longer lines.
  const sorted = breaks.map(({ columns }) => columns).sort((a, b) => a - b);
  const usual = sorted[Math.floor(sorted.length * 0.9)]!;
  return usual >= NARROWEST_PROSE && usual <= 120 ? { kind: "filled", width: usual } : { kind: "kept" };
}

/** The width at which most breaks had to be, because the next word did not fit; null if that is less than a share. */
function widthOf(breaks: readonly Break[], share: number): number | null {
  const forced = new Map<number, number>();
  for (let width = NARROWEST; width <= WIDEST; width++) {
    forced.set(width, breaks.filter(({ columns, next }) => columns <= width && columns + 1 + next > width).length);
  }
  const most = Math.max(...forced.values());
  if (most < breaks.length * share) return null;
  const nearly = [...forced]
    .filter(([, count]) => count >= most - Math.max(1, breaks.length * 0.02))
    .map(([width]) => width);
  return USUAL_WIDTHS.find((width) => nearly.includes(width)) ?? [...forced].find(([, count]) => count === most)![0];
}

const SENTENCE_END = /(?<!\b(?:e\.g|i\.e|cf|resp|vs|Fig|Eq|Thm|Prop|Lem|Cor))[.?!:](?:["'”’)\]*_}$]|\\\))*\s*$/;
const SENTENCE_INSIDE = /[a-z$)}]{2}[.?!]["'”’)*_]*\s+[A-Z]/;

/** The line breaks inside paragraphs, the columns of all lines of prose, and how many hold more than one sentence. */
function proseOf(
  text: string,
  syntax: Syntax,
): { breaks: readonly Break[]; lengths: readonly number[]; several: number } {
  const breaks: Break[] = [];
  const lengths: number[] = [];
  let several = 0;
  let above: string | null = null;
  const isProse = syntax === "latex" ? latexProse() : markdownProse();
  const begin =
    syntax === "latex"
      ? Math.max(0, text.indexOf("\\begin{document}"))
      : (/^---\r?\n[\s\S]*?\n---[ \t]*\r?\n/.exec(text)?.[0].length ?? 0);
  for (const full of text.slice(begin).split("\n")) {
    const line = full.trimEnd();
    const kind = isProse(line);
    if (kind === "no") {
      above = null;
      continue;
    }
    const columns = columnsOf(line);
    lengths.push(columns);
    if (SENTENCE_INSIDE.test(line)) several++;
    if (above !== null && kind === "more" && !/(?:\\\\|(?<!\\)%.*)$/.test(above)) {
      const word = /^[\s>]*(\S+)/.exec(line)![1]!;
      breaks.push({ columns: columnsOf(above), next: word.length, sentence: SENTENCE_END.test(above) });
    }
    if (breaks.length >= MOST_BREAKS) break;
    above = line;
  }
  return { breaks, lengths, several };
}

/** Whether a line is prose that begins a paragraph or an item (`first`), may go on with the line above, or is none. */
type Prose = (line: string) => "first" | "more" | "no";

const OPAQUE =
  /^(?:verbatim|Verbatim|lstlisting|minted|comment|filecontents|tabular|tabularx|longtable|array|equation|align|alignat|gather|multline|flalign|eqnarray|displaymath|tikzpicture|tikzcd|figure|table|thebibliography|asy)\*?$/;

function latexProse(): Prose {
  let until: string | null = null;
  return (line) => {
    const text = line.trim();
    if (until !== null) {
      if (text.includes(until)) until = null;
      return "no";
    }
    const opened = /\\begin\s*\{([^{}]*)\}/.exec(text)?.[1];
    if (opened !== undefined && OPAQUE.test(opened)) {
      if (!text.includes(`\\end{${opened}}`)) until = `\\end{${opened}}`;
      return "no";
    }
    if (/\\\[/.test(text.replace(/\\\\\[/g, "")) && !text.includes("\\]")) {
      until = "\\]";
      return "no";
    }
    if (text.split("$$").length === 2) {
      until = "$$";
      return "no";
    }
    if (
      /^(?:$|%|\\\[|\$\$|\\(?:begin|end|label|maketitle|tableofcontents|bibliography|newcommand|def|usepackage|newtheorem|(?:sub)*section|chapter|paragraph|part|input|include|centering)(?![A-Za-z]))/.test(
        text,
      )
    ) {
      return "no";
    }
    return /^\\(?:item|noindent|indent|textbf\{(?:Proof|Theorem|Lemma))/.test(text) ? "first" : words(text, "more");
  };
}

function markdownProse(): Prose {
  let until: RegExp | null = null;
  return (line) => {
    const text = line.replace(/^[\s>]*/, "");
    if (until !== null) {
      if (until.test(text)) until = null;
      return "no";
    }
    const fence = /^(`{3,}|~{3,})([^`]*)$/.exec(text);
    // Directives hold prose, code blocks don't; a bare fence is taken for the end of a directive.
    if (fence !== null && fence[2] !== "" && !/^\{(?:prf:|admonition|note|tip|warning|important)/.test(fence[2]!)) {
      until = new RegExp(`^${fence[1]}\\s*$`);
      return "no";
    }
    if (text.split("$$").length === 2) {
      until = /\$\$/;
      return "no";
    }
    if (/^(?:$|#{1,6}\s|:{3,}|`{3}|~{3}|\$\$|\||[-*_]{3,}$|\[!|:[\w-]+:|<|%|\+{3})/.test(text)) return "no";
    return words(text, /^(?:[-*+]\s|\d+[.)]\s|\*\*|\[\^)/.test(text) ? "first" : "more");
  };
}

/** A line with hardly a word on it says nothing about where lines are broken. */
const words = (text: string, kind: "first" | "more"): "first" | "more" | "no" =>
  (text.match(/\p{L}{2,}/gu) ?? []).length >= 2 ? kind : "no";

const DISPLAY =
  /^([ \t]*)(?:\\\[|\$\$|\\begin\{(?:equation|align|gather|multline|eqnarray|alignat|displaymath)\*?\}(?:\s*\\label\{[^{}]*\})?)\s*$/;
const LIST = /^([ \t]*)\\begin\{(?:itemize|enumerate|description)\}(?:\[[^\]]*\])?\s*$/;
const ITEM = /^([ \t]*)\\item(?![A-Za-z])/;

/** The indentation of displays, of items and of the lines that go on in an item, each the commonest of its kind. */
function indentsOf(text: string): Partial<Layout> {
  const seen = { display: [] as string[], item: [] as string[], hanging: [] as string[] };
  const lines = text.split("\n");
  for (let at = 0; at + 1 < lines.length; at++) {
    const line = lines[at]!.trimEnd();
    const next = lines[at + 1]!;
    const display = DISPLAY.exec(line);
    const list = LIST.exec(line);
    const item = ITEM.exec(line);
    const outer = (display ?? list ?? item)?.[1];
    const inner = /^[ \t]*(?=\S)/.exec(next)?.[0];
    if (outer === undefined || inner === undefined || !inner.startsWith(outer)) continue;
    const more = inner.slice(outer.length);
    if (display !== null && !/^\s*(?:\\\]|\$\$|\\end)/.test(next)) seen.display.push(more);
    else if (list !== null && ITEM.test(next)) seen.item.push(more);
    else if (item !== null && !/^\s*(?:\\item|\\begin|\\end|\\\[|\$\$|%)/.test(next)) seen.hanging.push(more);
  }
  return Object.fromEntries(
    Object.entries(seen).flatMap(([name, values]) => (values.length === 0 ? [] : [[name, commonest(values)]])),
  );
}

function commonest(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]![0];
}
