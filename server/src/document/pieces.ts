import { footnotesIn } from "./footnotes.js";
import { meaningOfName } from "./kinds.js";
import type { Syntax, TextRange } from "./types.js";

/** A run of lines of a proof that no boundary of a step cuts. */
export interface Piece extends TextRange {
  /** Whether a boundary stands before it that nothing joins over: a heading, a rule, a list item, a bold Step. */
  readonly hard: boolean;
  readonly item: boolean;
  /** Columns of white space before its first line, without quote marks. */
  readonly indent: number;
}

const LISTS = new Set(
  "enumerate enumerate* itemize itemize* description description* compactenum compactitem inparaenum steps list".split(
    " ",
  ),
);
const MATHS =
  /^(?:equation|align|alignat|flalign|gather|multline|eqnarray|math|displaymath|dmath|IEEEeqnarray|tikzcd|CD|array|split|narrowmultline)\*?$/;
const STEP_WORD =
  "(?:Step|Case|Subcase|Claim|Lemma|Sublemma|Fact|Part|Stage|Phase|Base|Induct|Proof|Conclusion|Observation|Proposition|Theorem|Definition|Remark|Answer|Solution|Schritt|Fall|Étape|Cas|Behauptung)";
const BOLD_MARKDOWN = new RegExp(`^(?:\\*\\*|__|\\*|_)\\s*${STEP_WORD}`);
const BOLD_LATEX = new RegExp(
  `^(?:\\\\noindent\\s*)?(?:\\\\(?:textbf|textit|emph|underline|textsc)\\s*\\{|\\{\\s*\\\\(?:bf|it|bfseries|itshape|em)\\s+)\\s*${STEP_WORD}`,
);
/** `\\ii` is `\\item` in the style that olympiad authors share. */
const TOKEN = /\\begin\s*\{([^{}\n]*)\}|\\end\s*\{([^{}\n]*)\}|\\(?:item|ii)(?![A-Za-z])|\\[\s\S]|\$\$?|%|<!--|-->|`+/g;
/** Lines that hold nothing but space between paragraphs. */
const SPACING =
  /^(?:\\(?:noindent|indent|par|smallskip|medskip|bigskip|smallbreak|medbreak|bigbreak|leavevmode)(?![A-Za-z])\s*)+$/;

interface State {
  /** Names of open environments that hide boundaries; `\[` and `$$` stand for displays. */
  readonly open: string[];
  lists: number;
  inline: boolean;
  comment: boolean;
  fence: string;
}

/** Cuts the text of a proof at every place where a step may begin. Total; comments, rules and headings are left out. */
export function piecesOf(text: string, range: TextRange, syntax: Syntax): Piece[] {
  const pieces: Piece[] = [];
  const state: State = { open: [], lists: 0, inline: false, comment: false, fence: "" };
  const closing = lastEnds(text, range);
  const notes = syntax === "latex" ? footnotesIn(text, range) : [];
  let start = -1;
  let end = -1;
  let hard = false;
  let item = false;
  let indent = 0;
  let pendingHard = false;
  let afterBlock = false;
  let afterDisplay = false;

  const flush = () => {
    if (start >= 0) pieces.push({ start, end, hard, item, indent });
    start = -1;
  };
  const begin = (at: number, column: number, isHard: boolean, isItem: boolean) => {
    flush();
    start = at;
    hard = isHard || pendingHard;
    item = isItem;
    indent = column;
    pendingHard = false;
  };

  for (let at = range.start; at < range.end; ) {
    let stop = text.indexOf("\n", at);
    if (stop < 0 || stop > range.end) stop = range.end;
    const raw = text.slice(at, stop);
    const prefix = syntax === "markdown" ? /^\s*(?:>\s?)*\s*/.exec(raw)![0] : /^\s*/.exec(raw)![0];
    const line = raw.slice(prefix.length).trimEnd();
    const from = at + prefix.length;
    const column = prefix.slice(prefix.lastIndexOf(">") + 1).length;
    at = stop + 1;
    while (notes.length > 0 && notes[0]!.end <= from) notes.shift();
    const inNote = notes.length > 0 && notes[0]!.start < from;
    const hidden = state.open.length > 0 || state.fence !== "" || state.comment || inNote;

    if (line === "" && inNote) continue;
    if (line === "") {
      state.inline = false;
      while (state.open.length > 0 && (state.open.at(-1) === "\\[" || state.open.at(-1) === "$$")) state.open.pop();
      if (state.open.length === 0 && state.fence === "" && !state.comment) flush();
      continue;
    }
    if (!hidden && isSeparator(line, syntax)) {
      flush();
      pendingHard = true;
      continue;
    }
    if (!hidden && isComment(line, syntax, state)) continue;
    if (!hidden && syntax === "latex" && SPACING.test(line)) {
      flush();
      continue;
    }
    const fence = syntax === "markdown" ? /^(`{3,}|~{3,}|:{3,})/.exec(line)?.[1] : undefined;
    if (
      fence &&
      (state.fence === ""
        ? state.open.length === 0
        : fence[0] === state.fence[0] && fence.length >= state.fence.length && /^\W+$/.test(line))
    ) {
      if (fence[0] === ":") {
        // A div inside a proof: its own lines are neither text nor hidden.
        flush();
        pendingHard = true;
        continue;
      }
      if (start < 0) begin(from, column, false, false);
      state.fence = state.fence === "" ? fence : "";
      end = from + line.length;
      continue;
    }
    if (state.fence !== "") {
      end = from + line.length;
      continue;
    }
    if (!hidden && !state.inline) {
      const marker = syntax === "markdown" && column < 4 && /^(?:[-*+]|\d{1,3}[.)]|\([a-z\d]{1,3}\))\s+\S/.test(line);
      const inner = marker && item && column > indent && start >= 0;
      if (marker && !inner && !(column >= 2 && pieces.some((piece) => piece.item) && start < 0))
        begin(from, column, true, true);
      else if ((syntax === "markdown" ? BOLD_MARKDOWN : BOLD_LATEX).test(line)) begin(from, column, true, false);
    }
    scanLine(line, from);
    if (start < 0) begin(from, column, false, false);
    if (!state.comment || end < from) end = Math.max(end, lineEnd(line, from, syntax));
    if (inNote && notes[0]!.end > at) continue;
    if (state.open.length === 0 && afterBlock) {
      flush();
      pendingHard = true;
    } else if (state.open.length === 0 && afterDisplay) flush();
  }
  flush();
  return pieces;

  function scanLine(line: string, from: number): void {
    afterBlock = false;
    afterDisplay = false;
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(line); match; match = TOKEN.exec(line)) {
      const token = match[0];
      const name = match[1] ?? match[2];
      if (state.comment) {
        if (token === "-->") state.comment = false;
      } else if (match[1] !== undefined) {
        if (LISTS.has(name!) && state.open.length === 0) {
          if (state.lists === 0) cut(line, from, match.index, true);
          state.lists++;
        } else if ((closing.get(name!) ?? -1) > from + match.index) {
          if (state.open.length === 0 && !MATHS.test(name!) && meaningOfName(name!))
            cut(line, from, match.index, false);
          state.open.push(name!);
        }
      } else if (match[2] !== undefined) {
        if (LISTS.has(name!) && state.open.length === 0) state.lists = Math.max(0, state.lists - 1);
        else {
          const k = state.open.lastIndexOf(name!);
          if (k >= 0) state.open.length = k;
          if (MATHS.test(name!)) ended(line);
          afterBlock =
            (state.open.length === 0 && k >= 0 && !MATHS.test(name!) && meaningOfName(name!) !== null) || afterBlock;
        }
        if (LISTS.has(name!) && state.lists === 0 && state.open.length === 0) afterBlock = true;
      } else if (token === "\\item" || token === "\\ii") {
        if (state.lists === 1 && state.open.length === 0 && !firstItem(from + match.index))
          cut(line, from, match.index, true);
      } else if (token === "\\[") state.open.push("\\[");
      else if (token === "\\]") {
        const k = state.open.lastIndexOf("\\[");
        if (k >= 0) state.open.length = k;
        ended(line);
      } else if (token === "$$") {
        const k = state.open.lastIndexOf("$$");
        if (k >= 0) {
          state.open.length = k;
          ended(line);
        } else if (!state.inline) state.open.push("$$");
      } else if (token === "$") state.inline = !state.inline;
      else if (token === "\\(" || token === "\\)") state.inline = token === "\\(";
      else if (token === "%" && syntax === "latex") return;
      else if (token === "<!--" && syntax === "markdown") state.comment = true;
      else if (token[0] === "`" && syntax === "markdown") {
        const close = line.indexOf(token, TOKEN.lastIndex);
        if (close >= 0) TOKEN.lastIndex = close + token.length;
      }
    }
  }

  /** A display has closed: what follows on the next line may be a new sentence. */
  function ended(line: string): void {
    afterDisplay = state.open.length === 0 && !state.inline && /^[\s.,;:]*(?:%.*)?$/.test(line.slice(TOKEN.lastIndex));
  }

  /** Begins a piece within a line; what stands before it on the line ends the piece before. */
  function cut(line: string, from: number, index: number, isItem: boolean): void {
    const before = line.slice(0, index).trimEnd();
    if (before !== "" && start < 0) begin(from, 0, false, false);
    if (before !== "") end = Math.max(end, from + before.length);
    begin(from + index, 0, true, isItem);
  }

  function firstItem(at: number): boolean {
    return (
      start >= 0 &&
      at - start < 400 &&
      /^\\begin\s*\{[^{}]*\}\s*(?:\[[^\]]*\])?(?:\s|%[^\n]*\n|\\(?:setlength|itemsep|set\w+)[^\n]*\n)*$/.test(
        text.slice(start, at),
      )
    );
  }
}

/** Where the last `\end` of each environment stands: what is never closed hides nothing. */
function lastEnds(text: string, range: TextRange): Map<string, number> {
  const ends = new Map<string, number>();
  for (const match of text.slice(range.start, range.end).matchAll(/\\end\s*\{([^{}\n]*)\}/g))
    ends.set(match[1]!, range.start + match.index);
  return ends;
}

function isSeparator(line: string, syntax: Syntax): boolean {
  if (syntax === "latex")
    return /^\\(?:(?:sub)*section|paragraph|chapter)\*?\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\s*$|^\\(?:hrule|hrulefill|bigskip|medskip|smallskip|par|newpage|clearpage)\s*$|^\\vspace\*?\{[^{}]*\}$/.test(
      line,
    );
  return /^#{1,6}(?:\s|$)/.test(line) || /^(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$/.test(line);
}

function isComment(line: string, syntax: Syntax, state: State): boolean {
  if (syntax === "latex") return line.startsWith("%");
  // MyST has comments of this form.
  if (/^%(?:\s|$)/.test(line)) return true;
  if (!line.startsWith("<!--")) return false;
  const close = line.indexOf("-->");
  if (close < 0) {
    state.comment = true;
    return true;
  }
  return close + 3 === line.length;
}

function lineEnd(line: string, from: number, syntax: Syntax): number {
  if (syntax !== "latex") return from + line.length;
  const comment = /(?<!\\)(?:\\\\)*%/.exec(line);
  return from + (comment ? line.slice(0, comment.index + comment[0].length - 1).trimEnd().length : line.length);
}
