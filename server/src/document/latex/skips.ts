import { bracketEnd, groupEnd, LONGEST_TITLE } from "./groups.js";

const GROUPED = /^\s*\{((?:[^{}\\%\n]|\\[A-Za-z]+|\\[^A-Za-z]|\{[^{}\n]{0,80}\}){1,160})\}/;
const SWITCHED = /^\s+((?:[^{}\\%\n]|\\[A-Za-z]+|\{[^{}\n]{0,80}\}){1,160})\}/;

/** The text of a bold, italic or underlined head at the start of a line: `\textbf{Proof.}`, `{\bf Theorem 3}`; or null. */
export function headText(text: string, start: number, at: number): { text: string; start: number; end: number } | null {
  let from = start;
  const before = text.charCodeAt(start - 1) === 123 ? start - 1 : start;
  const switched = before < start;
  const match = (switched ? SWITCHED : GROUPED).exec(text.slice(at, at + 200));
  if (!match) return null;
  from = before;
  if (!opensParagraph(text, from)) return null;
  return { text: match[1]!, start: from, end: at + match[0].length };
}

/** Whether only blanks, `\noindent`, `\par`, `\medskip` and the like stand between the start of a line and `at`. */
export function opensParagraph(text: string, at: number): boolean {
  const near = text.slice(Math.max(0, at - 80), at);
  const line = near.slice(near.lastIndexOf("\n") + 1);
  return /^(?:\s|\\(?:noindent|par|medskip|bigskip|smallskip|indent|vspace\*?\{[^{}]*\})(?![A-Za-z]))*\{?$/.test(line);
}

/** The offset after the argument of `\verb`, `\lstinline` or `\mintinline` that starts at `at`; `at` if it has no end. */
export function verbEnd(text: string, at: number, command: string): number {
  let i = at;
  if (text.charCodeAt(i) === 42) i++;
  if (command !== "verb" && text.charCodeAt(i) === 91) i = Math.max(i, bracketEnd(text, i, 400));
  if (command === "mintinline" && text.charCodeAt(i) === 123) i = Math.max(i, groupEnd(text, i, 100));
  if (command !== "verb" && text.charCodeAt(i) === 123) return Math.max(i + 1, groupEnd(text, i, LONGEST_TITLE));
  const delimiter = text[i];
  if (delimiter === undefined || /\s/.test(delimiter)) return at;
  const line = text.slice(i + 1, i + 1_000).split("\n", 1)[0]!;
  const close = line.indexOf(delimiter);
  return close < 0 ? at : i + 1 + close + 1;
}

/** The offset after the `{…}` of an address, in which `%` is no comment; `at` if it is not closed on its line. */
export function urlEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== 123) return at;
  for (let i = at + 1; i < text.length && i < at + LONGEST_TITLE; i++) {
    const c = text.charCodeAt(i);
    if (c === 125) return i + 1;
    if (c === 10 || c === 123) return at;
  }
  return at;
}

const CONDITIONAL = /%[^\n]*|\\(?:if([A-Za-z@]*)|else|fi)(?![A-Za-z@])/g;

/** The offset after the `\fi` (or `\else`) that ends an `\iffalse`; the end of the text if there is none. */
export function skipFalse(text: string, at: number): number {
  let depth = 1;
  CONDITIONAL.lastIndex = at;
  for (let match = CONDITIONAL.exec(text); match; match = CONDITIONAL.exec(text)) {
    const word = match[0];
    if (word.charCodeAt(0) === 37 || text.charCodeAt(match.index - 1) === 92) continue;
    if (word === "\\fi") {
      if (--depth === 0) return CONDITIONAL.lastIndex;
    } else if (word === "\\else") {
      if (depth === 1) return CONDITIONAL.lastIndex;
    } else if (word !== "\\iff" && text.charCodeAt(CONDITIONAL.lastIndex) !== 123) depth++;
  }
  return text.length;
}
