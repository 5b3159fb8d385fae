/** A symbol of a formula: a command, a number, or one character. */
interface FormulaSymbol {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A word, number, formula or mark of a proof, in whichever markup it is written. */
export interface ProofToken {
  readonly kind: "word" | "formula" | "mark" | "break";
  /** What is compared: words in lower case, formulas without spacing and delimiters. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Of a formula. */
  readonly symbols: readonly FormulaSymbol[];
  readonly display: boolean;
  /** False for a formula that nothing closes. */
  readonly closed: boolean;
}

const DISPLAY = "equation|align|alignat|flalign|gather|multline|eqnarray|displaymath|dmath|IEEEeqnarray";
const FORMULA = new RegExp(
  `\\$\\$|\\$|\\\\\\(|\\\\\\[|\\\\begin\\s*\\{((?:${DISPLAY})\\*?)\\}(?:\\{\\d+\\})?|\\\\begin\\s*\\{(math)\\}`,
  "y",
);
const BREAK =
  /\n[ \t>]*(?:\n[ \t>]*)*\n[ \t>]*|\n[ \t>]*(?=(?:[-*+]|\d{1,3}[.)])[ \t])|\n[ \t>]*(?=#{1,6}[ \t])|\\(?:item|ii|par)(?![A-Za-z])(?:\s*\[[^\]\n]*\])?/y;
const IGNORED =
  /\\(?:label|tag\*?|vspace\*?|hspace\*?)\s*\{[^{}]*\}|\\(?:begin|end)\s*\{[^{}\n]*\}(?:\[[^\]\n]*\])?|\\[A-Za-z@]+\*?|\\[\s\S]/y;
const REFERENCE = /\\(?:eq|c|C|auto|page)?ref\*?\s*\{[^{}]*\}|\\cite\w*\*?(?:\[[^\]]*\])*\{[^{}]*\}/y;
const WORD = /[\p{L}\p{M}]+(?:['’‑-][\p{L}\p{M}]+)*|\d+/uy;
const MARKER = /(?:[-*+]|\d{1,3}[.)])[ \t]+|#{1,6}[ \t]+/y;
const SYMBOL = /\\[A-Za-z@]+\*?|\\[\s\S]|\d+|[^\s]/gu;
/** What changes how a formula looks and not what it says. */
const LOOKS =
  /^\\(?:[,;:!> ]|left|right|[bB]igg?[lrm]?|middle|displaystyle|textstyle|limits|nolimits|quad|qquad|hfill|nonumber|notag|thinspace)$/;

/** The tokens of a proof in LaTeX or Markdown, in order. Total. */
export function proofTokens(text: string): ProofToken[] {
  const tokens: ProofToken[] = [];
  const add = (kind: ProofToken["kind"], said: string, start: number, end: number) =>
    tokens.push({ kind, text: said, start, end, symbols: [], display: false, closed: true });
  const at = (pattern: RegExp, place: number): RegExpExecArray | null => {
    pattern.lastIndex = place;
    return pattern.exec(text);
  };
  for (let i = 0; i < text.length; ) {
    const formula = at(FORMULA, i);
    if (formula) {
      const token = formulaAt(text, i, formula[0], formula[1] ?? formula[2] ?? null);
      tokens.push(token);
      i = token.end;
      continue;
    }
    const broken = at(BREAK, i);
    if (broken) {
      add("break", "", i, i + broken[0].length);
      i += broken[0].length;
      const marker = at(MARKER, i);
      if (marker) i += marker[0].length;
      continue;
    }
    const skipped = at(REFERENCE, i);
    if (skipped) {
      add("word", "ref", i, i + skipped[0].length);
      i += skipped[0].length;
      continue;
    }
    const ignored = at(IGNORED, i);
    const word = ignored ? null : at(WORD, i);
    if (ignored) i += ignored[0].length;
    else if (word) {
      add("word", word[0].toLowerCase().replace(/[’]/g, "'").replace(/‑/g, "-"), i, i + word[0].length);
      i += word[0].length;
    } else {
      if (/[.!?,;:]/.test(text[i]!)) add("mark", text[i]!, i, i + 1);
      i++;
    }
  }
  return tokens;
}

function formulaAt(text: string, start: number, open: string, environment: string | null): ProofToken {
  const close = environment !== null ? `\\end{${environment}}` : open === "\\(" ? "\\)" : open === "\\[" ? "\\]" : open;
  const inner = start + open.length;
  const found = closing(text, inner, close);
  const paragraph = open === "$" || open === "\\(" ? /\n[ \t>]*\n/.exec(text.slice(inner, found ?? undefined)) : null;
  const closed = found !== null && paragraph === null;
  const stop = paragraph ? inner + paragraph.index : (found ?? text.length);
  const symbols = formulaSymbols(text, inner, stop);
  return {
    kind: "formula",
    text: symbols.map((symbol) => symbol.text).join(" "),
    start,
    end: closed ? stop + close.length : stop,
    symbols,
    display: open !== "$" && open !== "\\(" && environment !== "math",
    closed,
  };
}

/** Where a delimiter stands that no backslash escapes; null if nowhere. */
function closing(text: string, from: number, close: string): number | null {
  for (let i = text.indexOf(close, from); i >= 0; i = text.indexOf(close, i + 1)) {
    let slashes = 0;
    while (text[i - 1 - slashes] === "\\" && i - 1 - slashes >= from) slashes++;
    if (slashes % 2 === 0) return i;
  }
  return null;
}

/** The symbols of a stretch of a formula, without what only spaces or enlarges it. */
function formulaSymbols(text: string, start: number, end: number): FormulaSymbol[] {
  const plain = text
    .slice(start, end)
    .replace(/\\(?:tag\*?|label)\s*\{[^{}]*\}|\\(?:begin|end)\s*\{(?:aligned|gathered|split)\}/g, (whole) =>
      " ".repeat(whole.length),
    );
  const symbols: FormulaSymbol[] = [];
  for (const match of plain.matchAll(SYMBOL)) {
    const text = match[0];
    if (LOOKS.test(text) || text === "\\\\" || text === "&" || text === "~") continue;
    symbols.push({ text, start: start + match.index, end: start + match.index + text.length });
  }
  return symbols;
}
