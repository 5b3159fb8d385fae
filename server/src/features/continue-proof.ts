import { beginsWithBlock, latexTombstone, safeOpening } from "../convert/block.js";
import { columnsOf, type Layout } from "../convert/layout.js";
import { withQedHere } from "../convert/qedhere.js";
import type { Document, Hole, Proof, Statement } from "../document/types.js";
import { closingOf } from "./block-end.js";
import { beginsLine, lineLead, withLead } from "./line-style.js";
import type { TextChange } from "./placement.js";
import type { LatexSetting } from "./surroundings.js";

/** A last line that must stay alone in it: the end of a display, of code, a list, a table, a quote. */
const OWN_LINE = /^\s*(?:\$\$|\\\]|`{3,}|~{3,}|:{3,}|\\end\{[^{}]*\})\s*$|^\s*(?:[-*+]|\d+[.)])\s|^\s*[|>]/;

/** How the rest of a proof follows on what is written: a paragraph, or the same sentence with or without a space. */
export type Joint = "paragraph" | "space" | "none";

/** Where what is written ends and what comes after the rest begins. */
interface Gap {
  readonly start: number;
  readonly end: number;
  readonly written: boolean;
  /** Whether the rest must begin a line. */
  readonly bound: boolean;
  readonly quoted: boolean;
}

function gapOf(document: Document, statement: Statement, proof: Proof): Gap {
  const { text } = document;
  const { body } = proof;
  const hole: Hole | undefined = statement.holes.find(({ start, end }) => start >= body.start && end <= body.end);
  const quoted = lineLead(document, proof.start).includes(">") || proof.markup === "callout";
  const start = trimmedEnd(text, proof.start, hole ? hole.start : body.end, quoted);
  const lastLine = text.slice(text.lastIndexOf("\n", start - 1) + 1, start).replace(/^[ \t>]*/, "");
  const bound = OWN_LINE.test(lastLine) || (document.syntax === "latex" && /(?<!\\)(?:\\\\)*%/.test(lastLine));
  return { start, end: hole ? hole.end : body.end, written: start > body.start, bound, quoted };
}

/** The room that the lines of the rest of a proof have. */
export function roomToContinue(
  document: Document,
  statement: Statement,
  proof: Proof,
  joint: Joint,
): Pick<Layout, "lead" | "first"> {
  const { start, written, bound } = gapOf(document, statement, proof);
  const lead = columnsOf(innerLead(document, proof));
  const sameLine = written ? joint !== "paragraph" && !bound : proof.markup === "run-in";
  const line = document.text.slice(document.text.lastIndexOf("\n", start - 1) + 1, start);
  return { lead, first: sameLine ? columnsOf(line) + (written && joint === "none" ? 0 : 1) : null };
}

/**
 * Puts the rest of a proof where its first hole is, or at its end. What the author has written stays; a proof that is
 * half typed is closed.
 * @param converted the rest in the document's syntax, with LF
 * @param setting what LaTeX knows there; null in Markdown
 */
export function continueProof(
  document: Document,
  statement: Statement,
  proof: Proof,
  converted: string,
  joint: Joint,
  setting: LatexSetting | null,
): TextChange {
  const { text } = document;
  const { start, end: gapEnd, written, bound, quoted } = gapOf(document, statement, proof);
  const lead = innerLead(document, proof);
  const newline = `\n${lead}`;
  const paragraph = `\n${lead.trimEnd()}${newline}`;

  let before: string;
  if (!written && proof.markup !== "run-in") before = newline;
  else if (!written) before = !beginsWithBlock(converted) ? " " : setting === null ? paragraph : newline;
  else if (joint === "paragraph") before = paragraph;
  else before = bound ? newline : joint === "space" ? " " : "";

  const last = /^\\begin\s*\{proof\}/.test(text.slice(proof.start)) && text.slice(gapEnd, proof.body.end).trim() === "";
  const ended = last && setting?.qedhere === true ? withQedHere(converted) : converted;
  const opened = !written && proof.markup === "environment" ? safeOpening(ended) : ended;
  const safe = proof.markup === "directive" ? otherFences(document, proof, opened) : opened;
  const mark = setting === null ? "∎" : latexTombstone(setting.packages.amssymb);
  const { end, after } = afterHole(document, proof, gapEnd, safe, lead, quoted, mark);
  return { start, end, text: before + withLead(safe, lead, false) + after };
}

/** Where the change ends, and what joins the new text to what follows. */
function afterHole(
  document: Document,
  proof: Proof,
  gapEnd: number,
  converted: string,
  lead: string,
  quoted: boolean,
  mark: string,
): { readonly end: number; readonly after: string } {
  const { text, syntax } = document;
  const ownLine = OWN_LINE.test(converted.slice(converted.lastIndexOf("\n") + 1));
  const rest = text.slice(gapEnd, proof.end);
  const gap = (quoted ? /^[\s>]*/ : /^\s*/).exec(rest)![0];
  const outer = lineLead(document, proof.start);
  const blankLine = `\n${lead.trimEnd()}`;

  if (gap.length === rest.length) {
    if (proof.closed && proof.markup !== "run-in") return { end: proof.end, after: "" };
    if (proof.markup === "run-in") {
      if (syntax === "latex") return { end: proof.end, after: mark };
      return { end: proof.end, after: ownLine ? `${blankLine}\n${lead}${mark}` : ` ${mark}` };
    }
    const closing = closingOf(document, proof);
    const follows = /^[ \t]*(?:\r?\n|$)/.test(text.slice(proof.end));
    return { end: proof.end, after: `\n${outer}${closing ?? ""}${follows ? "" : "\n"}` };
  }
  if (gapEnd + gap.length < proof.body.end) {
    // More of the author's own text follows.
    if (!gap.includes("\n"))
      return { end: gapEnd + gap.length, after: syntax === "latex" ? `\n${lead}` : `${blankLine}\n${lead}` };
    const blank = /^[ \t]*\r?\n[ \t>]*\r?\n/.test(gap) || syntax === "latex";
    return { end: gapEnd, after: blank ? "" : blankLine };
  }
  if (proof.markup === "run-in") {
    // The author's ∎ follows.
    if (!ownLine || gap.includes("\n")) return { end: gapEnd, after: "" };
    return { end: gapEnd + gap.length, after: `${blankLine}\n${lead}` };
  }
  // The end of the block follows: one line end before it.
  const lastBreak = gap.lastIndexOf("\n");
  if (lastBreak < 0) return { end: gapEnd + gap.length, after: `\n${outer}` };
  const at = gapEnd + lastBreak - (gap[lastBreak - 1] === "\r" ? 1 : 0);
  return { end: at, after: "" };
}

/** What the lines of a proof begin with. */
function innerLead(document: Document, proof: Proof): string {
  const outer = lineLead(document, proof.start);
  if (proof.markup === "callout") return outer + (document.text.startsWith("> ", proof.start) ? "> " : ">");
  if (proof.body.end > proof.body.start && beginsLine(document, proof.body.start)) {
    return lineLead(document, proof.body.start);
  }
  return outer;
}

/** The end of what is written between `start` and `end`, white space and quote marks of empty lines left out. */
function trimmedEnd(text: string, start: number, end: number, quoted: boolean): number {
  const written = text.slice(start, end);
  return start + (quoted ? written.replace(/(?:\n[ \t>]*|\s)+$/, "") : written.trimEnd()).length;
}

/** Code in the new text must not close the directive, whose own fence the author has chosen. */
function otherFences(document: Document, proof: Proof, converted: string): string {
  const fence = closingOf(document, proof) ?? "";
  if (!/^[`~]/.test(fence)) return converted;
  const other = fence[0] === "`" ? "~" : "`";
  return converted.replace(new RegExp(`^([ \\t>]*)\\${fence[0]}{3,}`, "gm"), (run, lead: string) => {
    return lead + other.repeat(run.length - lead.length);
  });
}
