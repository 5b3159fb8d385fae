import { readHead } from "../heads.js";
import type { Macro } from "../types.js";
import { groupEnd, LONGEST_TITLE, skipBlank } from "./groups.js";

/** A macro that stands for a head (`\newcommand{\pf}{\noindent\textbf{Proof. }}`) or for an end mark (`\eop`). */
export type Printing =
  | { readonly type: "qed" }
  | { readonly type: "head"; readonly text: string; readonly arguments: number };

const LONGEST_BODY = 200;
const SPACES =
  /\\(?:par|noindent|indent|smallskip|medskip|bigskip|q?quad|enspace|thinspace|nobreak|hfill|hfil|null|ignorespaces|leavevmode|unskip|rm|normalfont|upshape|nopagebreak|allowbreak)(?![A-Za-z@])|\\(?:vspace|hspace|mbox|hskip|vskip|kern)\*?\s*(?:\{[^{}]*\}|-?[\d.]+\s*(?:pt|em|ex|cm|mm))|\\[/,;!: ]|~/g;
const FONTS =
  /\\(?:textbf|textit|emph|textsc|textsl|underline|bfseries|itshape|scshape|slshape|bf|it|em|sc|sl)(?![A-Za-z@])/;
const MARK =
  /^[\s${}]*(?:\\(?:qed|qedsymbol|square|blacksquare|Box|blacklozenge)(?![A-Za-z@])|\\rule(?:\[[^\]]*\])?\{[^{}]*\}\{[^{}]*\}|∎|□|■|Q\.?\s?E\.?\s?D\.?)[\s${}]*$/;

/** What a macro prints, if that begins a proof or a statement or ends a proof; else null. */
export function printedBy(macro: Macro): Printing | null {
  const { body } = macro;
  if (body.length > LONGEST_BODY || macro.arguments > 1) return null;
  const bare = body.replace(SPACES, " ");
  if (macro.arguments === 0 && MARK.test(bare)) return { type: "qed" };
  if (!FONTS.test(bare)) return null;
  const text = bare.replace(new RegExp(FONTS, "g"), "").replace(/[{}]/g, "").trim();
  if (/[\\$&]/.test(text) || !readHead(text.replace(/#1/g, "1"))) return null;
  return { type: "head", text, arguments: macro.arguments };
}

/** The text of a head whose macro ends at `at`, with its argument, and the offset after that; null without one. */
export function printedHead(
  text: string,
  at: number,
  head: Extract<Printing, { type: "head" }>,
): { text: string; end: number } | null {
  if (head.arguments === 0) return { text: head.text, end: text.startsWith("{}", at) ? at + 2 : at };
  const open = skipBlank(text, at);
  const end = groupEnd(text, open, LONGEST_TITLE);
  return end < 0 ? null : { text: head.text.replace(/#1/g, () => text.slice(open + 1, end - 1)), end };
}
