import type { MathStyle } from "../document/types.js";
import { withoutHeadAndMark } from "./endings.js";
import { markdownBody } from "./flavour.js";
import { withoutDefinitionLists } from "./foreign.js";
import { convertFormula, type Formula } from "./formula.js";
import type { Refer } from "./formula-text.js";
import { type Hidden, hide, reveal } from "./hidden.js";
import { cleanse, formulaOrder } from "./hygiene.js";
import { latexBody } from "./latex.js";
import type { LatexWriter } from "./latex-inline.js";
import { type Layout, USUAL_LAYOUT } from "./layout.js";
import { parseHidden } from "./markdown.js";
import { tableLines } from "./markdown-lines.js";
import { AMS, type LatexPackages } from "./plain-latex.js";
import { References, shortHash, type Taken } from "./references.js";

/** The syntax that a proof is converted to; `run-in` is plain Markdown (CommonMark with dollars). */
export type Flavour = "latex" | "pandoc" | "myst" | "obsidian" | "run-in";

/** Where a proof is going. */
export interface Target {
  readonly flavour: Flavour;
  /** How the document writes mathematics; `$` and `\[` in LaTeX, `$` and `$$` in Markdown if not given. */
  readonly math?: MathStyle;
  /** Labels that the document and its project have already: new ones differ from all of them. */
  readonly labels?: Taken;
  /** What a LaTeX document has beyond the kernel; everything if not given. */
  readonly packages?: LatexPackages;
  /** How the document lays out its lines; {@link USUAL_LAYOUT} for what is not given. */
  readonly layout?: Partial<Layout>;
  /** Commands that the document defines, with their backslash: they stay as they are in formulas. */
  readonly macros?: ReadonlySet<string>;
}

/** A converted proof. */
export interface Converted {
  /** The body only: no proof environment, no blank lines at its ends, no tombstone where the block prints one. */
  readonly text: string;
  /** Pieces that could have done harm and were taken out, as written, in the order in which they were found. */
  readonly removed: readonly string[];
}

/**
 * Converts a proof in the model's Markdown into the document's own syntax. Total: any text gives a body, which in
 * LaTeX compiles with the packages of the target; a formula that can't be made to compile is shown as its source.
 */
export function convertProof(markdown: string, target: Target): Converted {
  const latex = target.flavour === "latex";
  const math = target.math ?? { inline: "$", display: latex ? "\\[" : "$$" };
  const whole = hide(markdown);
  // Pandoc has definition lists of its own.
  const source = target.flavour === "pandoc" ? whole : { ...whole, text: withoutDefinitionLists(whole.text) };
  const { hidden: clean, removed } = cleanse(source);
  const { hidden, marked } = withoutHeadAndMark(clean);
  const found = [...removed];
  const text = latex
    ? toLatex(hidden, target, math, found, shortHash(markdown))
    : markdownBody(hidden, { ...target, layout: { ...USUAL_LAYOUT, ...target.layout }, math, marked }, found);
  return { text, removed: [...new Set(found)] };
}

function toLatex(hidden: Hidden, target: Target, math: MathStyle, removed: string[], seed: string): string {
  const { spans } = hidden;
  const order = formulaOrder(hidden);
  const places = new Map(order.map((index, place) => [index, place]));
  const macros = target.macros ?? new Set<string>();
  const packages = target.packages ?? AMS;
  const read = (index: number, sink: string[], reference: Refer): Formula | null => {
    const span = spans[index];
    if (span === undefined || span.kind !== "math" || !span.closed) return null;
    const { tex, display } = span;
    return convertFormula(tex, { dialect: "latex", display, packages, macros, removed: sink, reference });
  };
  // Twice: the tags of the whole proof must be known before a reference in a formula can be resolved.
  const first = spans.map((_, index) => read(index, [], () => null));
  const references = new References(first, order, target.labels ?? new Set<string>(), seed, packages.amsmath);
  const formulas = spans.map((_, index) =>
    read(index, removed, (key, form) => references.resolve(key, index, places, form)),
  );
  const writer: LatexWriter = {
    spans,
    formulas,
    order: places,
    references,
    math,
    packages,
    layout: { ...USUAL_LAYOUT, ...target.layout },
    position: -1,
  };
  const tables = tableLines(hidden.text);
  const lines = hidden.text.split("\n").map((line, number) => {
    // A bar in code would end its cell.
    const inCell = (code: string): string => (tables.has(number) ? code.replace(/(?<!\\)\|/g, "\\|") : code);
    return reveal({ spans, text: line }, (span) => (span.kind === "code" ? inCell(span.tex) : null));
  });
  const withCode = { spans, text: lines.join("\n") };
  return references.finish(latexBody(parseHidden(withCode), writer));
}
