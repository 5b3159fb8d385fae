import { beginsWithBlock } from "../convert/block.js";
import { convertProof, type Flavour } from "../convert/convert.js";
import type { Document, Markup, Statement, TextRange } from "../document/types.js";
import { continueProof, type Joint, roomToContinue } from "./continue-proof.js";
import { layoutOf } from "./document-layout.js";
import { lineEndOf } from "./line-style.js";
import { blockStyle, newProof, roomInside } from "./new-proof.js";
import { harmlessMacros, labelsOf, latexSetting, type Surroundings, standingAlone } from "./surroundings.js";

/** A change of a text: the range is replaced. */
export interface TextChange extends TextRange {
  readonly text: string;
}

/** How a proof goes into its document. */
export interface Placement {
  readonly changes: readonly TextChange[];
  /** Pieces of the model's text that were taken out because they could do harm. */
  readonly removed: readonly string[];
}

/**
 * Places a proof at its statement, in the file's own syntax and line ends: as a new block after a statement without
 * one, in place of a hole, or after what the author has written, which stays as it is.
 * @param answer the model's Markdown, `prefix` included
 * @param prefix the author's part, with which the answer begins
 * @param project what the other files of the document's project say
 * @param note a comment in the document's syntax that goes into the proof on a line of its own; null for none
 */
export function placeProof(
  document: Document,
  statement: Statement,
  answer: string,
  prefix: string,
  project: Surroundings = standingAlone(document),
  note: string | null = null,
): Placement {
  const { proof } = statement;
  const setting = document.syntax === "latex" ? latexSetting(document, project) : null;
  const continuation = answer.startsWith(prefix) ? answer.slice(prefix.length) : answer;
  const joint: Joint =
    prefix === "" || /^\s*\n/.test(continuation) ? "paragraph" : /^[,.;:!?)]/.test(continuation) ? "none" : "space";
  const style = blockStyle(document, statement, setting);
  const room = proof ? roomToContinue(document, statement, proof, joint) : roomInside(style);
  const { text: converted, removed } = convertProof(continuation, {
    flavour: flavourOf(document, proof?.markup ?? statement.markup),
    math: document.mathStyle,
    layout: { ...layoutOf(document), ...room },
    labels: labelsOf(document, project),
    macros: harmlessMacros(project.macros),
    ...(setting === null ? {} : { packages: setting.packages }),
  });
  const inLine = joint !== "paragraph" || (proof?.markup ?? statement.markup) === "run-in";
  const text = withNote(converted, note, document, inLine);
  const change = proof
    ? continueProof(document, statement, proof, text, joint, setting)
    : newProof(document, statement, text, style, setting);
  const eol = lineEndOf(document.text);
  return { changes: [{ ...change, text: change.text.replace(/\r?\n/g, eol) }], removed };
}

/**
 * A proof with a comment before it. In LaTeX that ends its line; in Markdown it is a block, or stands in the line that
 * the proof goes on in.
 */
function withNote(text: string, note: string | null, { syntax }: Document, inLine: boolean): string {
  if (note === null) return text;
  if (syntax === "latex") return `${note}\n${text}`;
  return inLine && !beginsWithBlock(text) ? `${note} ${text}` : `${note}\n\n${text}`;
}

/** The flavour that a block of a document takes. */
export function flavourOf(document: Document, markup: Markup): Flavour {
  if (document.syntax === "latex" || markup === "environment") return "latex";
  switch (markup) {
    case "div":
      return "pandoc";
    case "directive":
      return "myst";
    case "callout":
      return "obsidian";
    default:
      return "run-in";
  }
}

/** A text with changes applied; they must not overlap. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  let result = text;
  for (const change of [...changes].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, change.start) + change.text + result.slice(change.end);
  }
  return result;
}
