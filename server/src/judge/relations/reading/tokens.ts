/**
 * A piece of mathematics. `id` is a letter, Greek or accented (`x`, `\alpha`, `hat x`), `word` an upright name, `text`
 * words between formulas, `rel` a relation in canonical form (`=`, `<=`, `mid`, …), `skip` something that ends what
 * can be understood, with the reason in `value`.
 */
export interface MathToken {
  readonly type: "number" | "id" | "word" | "cmd" | "sym" | "text" | "rel" | "break" | "skip";
  readonly value: string;
  /** Half-open range in the file; for what a macro gives, that of its call. */
  readonly start: number;
  readonly end: number;
}

/** Where a piece of mathematics stands. */
export interface Source {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether each line may begin with the `>` of a quotation. */
  readonly quoted: boolean;
}

/** Most tokens of one piece of mathematics. */
export const MOST_TOKENS = 6_000;

const LEX =
  /\\([A-Za-z@]+)\*?|\\([\s\S])|%[^\n]*|(\d+(?:\{,\}\d{3})+|\d+(?:,\d{3})+(?!\d)|\d+\.\d+|\d+)|([A-Za-z])|(\s+)|([\s\S])/g;

const UNICODE: Readonly<Record<string, string>> = {
  "≤": "\\le",
  "≥": "\\ge",
  "≠": "\\ne",
  "≡": "\\equiv",
  "−": "-",
  "–": "-",
  "·": "\\cdot",
  "⋅": "\\cdot",
  "×": "\\times",
  "÷": "\\div",
  "…": "\\dots",
  "⋯": "\\cdots",
  "∣": "\\mid",
  "∤": "\\nmid",
  "±": "\\pm",
  "∞": "\\infty",
  π: "\\pi",
  α: "\\alpha",
  β: "\\beta",
  γ: "\\gamma",
  δ: "\\delta",
  θ: "\\theta",
  λ: "\\lambda",
  φ: "\\varphi",
  ω: "\\omega",
  "⇒": "\\Rightarrow",
  "⟹": "\\implies",
  "⇔": "\\iff",
  "→": "\\to",
  "∈": "\\in",
  "√": "\\sqrt",
  "°": "\\degree",
  "∑": "\\sum",
  "∏": "\\prod",
  "⌊": "\\lfloor",
  "⌋": "\\rfloor",
  "⌈": "\\lceil",
  "⌉": "\\rceil",
  "∎": "\\qed",
  "′": "'",
  "’": "'",
};

/** Cuts mathematics into raw tokens: commands, numbers, letters and signs, without white space and comments. */
export function rawTokens({ text, start, end, quoted }: Source): MathToken[] {
  const tokens: MathToken[] = [];
  const lex = new RegExp(LEX);
  lex.lastIndex = start;
  for (let match = lex.exec(text); match && match.index < end && tokens.length < MOST_TOKENS; match = lex.exec(text)) {
    const [found, command, escaped, number, letter, white, sign] = match;
    const from = match.index;
    const to = Math.min(end, from + found.length);
    const push = (type: MathToken["type"], value: string) => tokens.push({ type, value, start: from, end: to });
    if (command !== undefined) {
      // `\begin*` and the like keep their stars in braces.
      push("cmd", `\\${command}`);
    } else if (escaped !== undefined) push("cmd", `\\${escaped}`);
    else if (number !== undefined) push("number", number);
    else if (letter !== undefined) push("id", letter);
    else if (white !== undefined) {
      const quote = quoted && white.includes("\n") ? /^(?:[ \t]*>[ \t]?)+/.exec(text.slice(to, end)) : null;
      if (quote) lex.lastIndex = to + quote[0].length;
    } else if (sign !== undefined) {
      const known = UNICODE[sign];
      if (known === undefined) push("sym", sign);
      else push(known.startsWith("\\") ? "cmd" : "sym", known);
    }
  }
  return tokens;
}

/** The text of a group, such as the name in `\begin{align*}`, and the index after it; null if there is no group. */
export function groupText(
  tokens: readonly MathToken[],
  at: number,
  text: string,
): { readonly value: string; readonly next: number } | null {
  const close = groupEnd(tokens, at);
  if (close < 0) return null;
  const [open, last] = [tokens[at]!, tokens[close]!];
  return { value: last.start >= open.end ? text.slice(open.end, last.start).trim() : "", next: close + 1 };
}

/** The index of the brace that closes the group that opens at `at`; −1 if there is none. */
export function groupEnd(tokens: readonly MathToken[], at: number): number {
  if (!isSign(tokens[at], "{")) return -1;
  let depth = 0;
  for (let k = at; k < tokens.length; k++) {
    if (isSign(tokens[k], "{")) depth++;
    else if (isSign(tokens[k], "}") && --depth === 0) return k;
  }
  return -1;
}

/** Whether a token is this sign. */
export function isSign(token: MathToken | undefined, value: string): boolean {
  return token?.type === "sym" && token.value === value;
}
