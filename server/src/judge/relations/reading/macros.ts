import type { Macro } from "../../../document/types.js";
import { groupEnd, isSign, type MathToken, MOST_TOKENS, rawTokens } from "./tokens.js";

/** A macro of the document as tokens. */
interface Expansion {
  readonly arguments: number;
  readonly body: readonly MathToken[];
}

/** Macros by name, ready for expansion; null for those that can't be expanded. */
export type Expansions = ReadonlyMap<string, Expansion | null>;

/** Deepest nesting of macros. */
const DEEPEST = 12;
/** Names whose meaning is known better than their definitions would tell. */
const OWN_MEANING =
  /^\\(?:d?frac|tfrac|binom|sqrt|pmod|bmod|mod|sum|prod|left|right|text|operatorname|begin|end|label|tag)$/;

/** Reads macro declarations; a later one wins. */
export function expansionsOf(macros: readonly Macro[]): Expansions {
  const expansions = new Map<string, Expansion | null>();
  for (const macro of macros) {
    if (OWN_MEANING.test(macro.name)) continue;
    const paired = /^\\DeclarePairedDelimiter\w*\s*\{?\\[A-Za-z]+\}?\s*\{([^{}]*)\}\s*\{([^{}]*)\}/.exec(
      macro.declaration,
    );
    const operator = /^\\DeclareMathOperator/.test(macro.declaration);
    const body = paired
      ? `\\left${paired[1]} #1 \\right${paired[2]}`
      : operator
        ? `\\operatorname{${macro.body}}`
        : macro.body;
    // An optional argument has a value that the call may leave out.
    const optional = /\[\d\]\s*\[/.test(macro.declaration) || body.length > 600;
    const tokens = optional ? [] : rawTokens({ text: body, start: 0, end: body.length, quoted: false });
    expansions.set(macro.name, optional ? null : { arguments: paired ? 1 : macro.arguments, body: tokens });
  }
  return expansions;
}

/** Replaces the document's own macros by what they stand for, within bounds; what can't be expanded becomes a `skip`. */
export function expand(tokens: readonly MathToken[], expansions: Expansions): MathToken[] {
  return expansions.size === 0 ? [...tokens] : expandAt(tokens, expansions, 0);
}

function expandAt(tokens: readonly MathToken[], expansions: Expansions, depth: number): MathToken[] {
  const out: MathToken[] = [];
  for (let k = 0; k < tokens.length && out.length < MOST_TOKENS; k++) {
    const token = tokens[k]!;
    const expansion = token.type === "cmd" ? expansions.get(token.value) : undefined;
    if (expansion === undefined) {
      out.push(token);
      continue;
    }
    const call = expansion && depth < DEEPEST ? argumentsAt(tokens, k + 1, expansion.arguments) : null;
    if (!expansion || !call) {
      out.push({ ...token, type: "skip", value: "a macro that can't be expanded" });
      continue;
    }
    const place = { start: token.start, end: tokens[call.next - 1]!.end };
    const filled: MathToken[] = [];
    for (let b = 0; b < expansion.body.length; b++) {
      const piece = expansion.body[b]!;
      const digit = expansion.body[b + 1];
      if (!isSign(piece, "#") || digit?.type !== "number") {
        filled.push({ ...piece, ...place });
        continue;
      }
      b++;
      filled.push(...(call.values[Number(digit.value[0]) - 1] ?? []));
      if (digit.value.length > 1) filled.push({ type: "number", value: digit.value.slice(1), ...place });
    }
    out.push(...expandAt(filled, expansions, depth + 1));
    k = call.next - 1;
  }
  return out;
}

function argumentsAt(
  tokens: readonly MathToken[],
  from: number,
  count: number,
): { readonly values: readonly (readonly MathToken[])[]; readonly next: number } | null {
  const values: (readonly MathToken[])[] = [];
  let at = from;
  for (let k = 0; k < count; k++) {
    const token = tokens[at];
    if (!token) return null;
    const close = groupEnd(tokens, at);
    if (isSign(token, "{") && close < 0) return null;
    values.push(close < 0 ? [token] : tokens.slice(at + 1, close));
    at = close < 0 ? at + 1 : close + 1;
  }
  return { values, next: at };
}
