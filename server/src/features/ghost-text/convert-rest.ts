import { convertProof, type Flavour } from "../../convert/convert.js";
import { convertFormula } from "../../convert/formula.js";
import { columnsOf, type Layout } from "../../convert/layout.js";
import type { LatexPackages } from "../../convert/plain-latex.js";
import type { Document, MathStyle, Proof, Syntax } from "../../document/types.js";
import { layoutOf } from "../document-layout.js";
import { lineLead, withLead } from "../line-style.js";
import { flavourOf } from "../placement.js";
import { harmlessMacros, labelsOf, latexSetting, type Surroundings } from "../surroundings.js";

/** How a document writes its proofs; reading it from a long document takes milliseconds, and typing hardly changes it. */
export interface WritingStyle {
  readonly syntax: Syntax;
  readonly math: MathStyle;
  readonly layout: Pick<Layout, "lines"> & Partial<Layout>;
  readonly labels: { has(label: string): boolean };
  readonly macros: ReadonlySet<string>;
  readonly packages: LatexPackages | null;
}

/** The style of a document in its project. */
export function writingStyle(document: Document, project: Surroundings): WritingStyle {
  return {
    syntax: document.syntax,
    math: document.mathStyle,
    layout: layoutOf(document),
    labels: labelsOf(document, project),
    macros: harmlessMacros(project.macros),
    packages: document.syntax === "latex" ? latexSetting(document, project).packages : null,
  };
}

/** How a file at a place wants its text. */
export interface Writing {
  readonly style: WritingStyle;
  readonly flavour: Flavour;
  /** What the lines of the proof begin with. */
  readonly lead: string;
  /** Columns before the place on its line. */
  readonly column: number;
}

/** How a file at a place in one of its proofs wants its text. */
export function writingAt(document: Document, proof: Proof, offset: number, style: WritingStyle): Writing {
  const lineStart = document.text.lastIndexOf("\n", offset - 1) + 1;
  const own = lineLead(document, offset);
  const lead = proof.markup === "callout" && !own.includes(">") ? `${own}> ` : own;
  return {
    style,
    flavour: flavourOf(document, proof.markup),
    lead,
    column: columnsOf(document.text.slice(lineStart, offset)),
  };
}

/** Stands for what is written before the place, so that a fragment isn't read as a list, a heading or a new sentence. */
const JOINT = "Qedjoint";

/**
 * A model's text, from the middle of its proof on, in the file's own syntax.
 * @param fragment Markdown that goes on at the place; begins with white space where the place ends a word
 * @param inSentence whether it goes on within a paragraph
 * @returns null if it can't be told which part of the result goes on at the place, or if harm was in it
 */
export function convertRest(fragment: string, inSentence: boolean, writing: Writing): string | null {
  const { style, flavour, lead, column } = writing;
  const { math, layout, labels, macros, packages } = style;
  const trimmed = inSentence ? fragment.trimEnd() : fragment.trim();
  if (trimmed === "") return null;
  const { text, removed } = convertProof(inSentence ? JOINT + trimmed : trimmed, {
    flavour,
    math,
    layout: {
      ...layout,
      lead: columnsOf(lead),
      first: Math.max(0, column - (inSentence ? JOINT.length : 0)),
    },
    labels,
    macros,
    ...(packages === null ? {} : { packages }),
  });
  if (removed.length > 0 || (inSentence && !text.startsWith(JOINT))) return null;
  const own = inSentence ? text.slice(JOINT.length) : text;
  return withLead(own, lead, false);
}

/**
 * The rest of a formula that is open at the place, up to its end.
 * @param typed what is typed of it
 * @returns null if it would not be one formula, or held harm
 */
export function convertFormulaRest(rest: string, typed: string, display: boolean, writing: Writing): string | null {
  const { syntax, macros, packages } = writing.style;
  const removed: string[] = [];
  const formula = convertFormula(typed + rest, {
    dialect: syntax === "latex" ? "latex" : "katex",
    display,
    macros,
    removed,
    ...(packages === null ? {} : { packages }),
  });
  if (formula === null || removed.length > 0 || /\\(?:tag|label)\b/.test(rest)) return null;
  const lines = display ? rest.trimEnd() : rest.replace(/\s*\n\s*/g, " ").trimEnd();
  return withLead(lines.replace(/\n[ \t>]*/g, "\n"), writing.lead, false);
}
