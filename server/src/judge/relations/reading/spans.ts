import { skipFalse, verbEnd } from "../../../document/latex/skips.js";
import { PICTURES, VERBATIM } from "../../../document/latex/vocabulary.js";
import type { Syntax, TextRange } from "../../../document/types.js";

/** A piece of mathematics in a text; `inner` is it without its delimiters. */
export interface Span extends TextRange {
  readonly inner: TextRange;
  readonly display: boolean;
  /** The environment that it is, without its star; "" for delimiters. */
  readonly environment: string;
}

const DISPLAYS =
  "equation|align|alignat|xalignat|flalign|gather|multline|eqnarray|displaymath|math|dmath|IEEEeqnarray|subequations|aligned|split|gathered";
const OTHERS = ["tikzcd", "thebibliography", "tabular", "tabularx", "algorithmic"];
const HIDDEN = [...VERBATIM, ...PICTURES, ...OTHERS].filter((name) => !name.endsWith("*")).join("|");
const TOKEN = new RegExp(
  `\\\\begin\\s*\\{(${DISPLAYS})(\\*?)\\}|\\\\begin\\s*\\{(${HIDDEN})\\*?\\}|\\\\(verb|lstinline|mintinline)(?![A-Za-z@])|\\\\(?:iffalse|if0)(?![A-Za-z@\\d])|\\\\end\\s*\\{document\\}|\\\\[\\s\\S]|\\$\\$|\\$|%|<!--|\`{1,12}|~{3,12}`,
  "g",
);
/** Longest mathematics that is read, in UTF-16 units. */
const LONGEST = 20_000;

/** Finds all mathematics of a text, in order. Total and linear; what is not closed is passed over. */
export function spansOf(text: string, syntax: Syntax): Span[] {
  const spans: Span[] = [];
  const missing = new Set<string>();
  /** Where `close` stands at or after `from`, before any blank line; −1 if nowhere. */
  const closing = (close: string, from: number, limit = LONGEST): number => {
    if (missing.has(close)) return -1;
    let at = text.indexOf(close, from);
    if (at < 0) missing.add(close);
    while (at > 0 && isEscaped(text, at)) at = text.indexOf(close, at + 1);
    return at >= 0 && at - from <= limit ? at : -1;
  };
  const token = new RegExp(TOKEN);
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [found, display, star, hidden, verb] = match;
    const start = match.index;
    let at = start + found.length;
    const push = (end: number, close: number, isDisplay: boolean, environment = ""): void => {
      spans.push({ start, end: end + close, inner: { start: at, end }, display: isDisplay, environment });
      at = end + close;
    };
    if (display !== undefined) {
      const close = `\\end{${display}${star}}`;
      const end = closing(close, at);
      if (end >= 0) push(end, close.length, display !== "math", display);
    } else if (hidden !== undefined) {
      const close = text.indexOf(`\\end{${hidden}`, at);
      if (close >= 0) at = close;
    } else if (verb !== undefined) {
      at = verbEnd(text, at, verb);
    } else if (found.startsWith("\\if") || found.startsWith("\\end")) {
      if (syntax === "latex") at = found.startsWith("\\if") ? skipFalse(text, at) : text.length;
    } else if (found === "\\[" || found === "\\(") {
      const end = closing(found === "\\[" ? "\\]" : "\\)", at);
      if (end >= 0) push(end, 2, found === "\\[");
    } else if (found === "$$") {
      const end = closing("$$", at);
      if (end > at) push(end, 2, true);
    } else if (found === "$") {
      const end = closing("$", at, 4_000);
      if (end > at && !/\n[ \t>]*\n/.test(text.slice(at, end))) push(end, 1, false);
    } else if (found === "%") {
      if (syntax === "latex" || /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, start - 20), start)))
        at = lineEnd(text, at);
    } else if (found === "<!--") {
      const end = syntax === "markdown" ? text.indexOf("-->", at) : -1;
      if (end >= 0) at = end + 3;
    } else if (syntax === "markdown" && (found[0] === "`" || found[0] === "~")) at = skipCode(text, start, found, at);
    token.lastIndex = at;
  }
  return spans;
}

/** The end of inline code or of a fence; a fence of mathematics is read on. */
function skipCode(text: string, start: number, ticks: string, at: number): number {
  const first = /(?:^|\n)[ \t>]*$/.test(text.slice(Math.max(0, start - 40), start));
  if (ticks.length >= 3 && first) {
    const info = text.slice(at, lineEnd(text, at));
    // Fences of mathematics and of statements hold text.
    if (/^\s*(?:\{\s*)?(?:math|prf:|proof|admonition|note|theorem|exercise|solution)/.test(info)) return at;
    const close = new RegExp(`\\n[ \\t>]*${ticks}`, "g");
    close.lastIndex = at;
    const end = close.exec(text);
    return end ? end.index + end[0].length : at;
  }
  const close = text.indexOf(ticks, at);
  return close >= 0 && close - at < 2_000 ? close + ticks.length : at;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** Whether the character at an offset follows an odd number of backslashes. */
function isEscaped(text: string, at: number): boolean {
  let k = at;
  while (k > 0 && text.charCodeAt(k - 1) === 92) k--;
  return (at - k) % 2 === 1;
}
