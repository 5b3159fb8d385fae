import { groupEnd, isSign, type MathToken } from "./tokens.js";

/** A chain: operands with the relations between them; one more operand than relations, at least two. */
export interface Chain {
  readonly operands: readonly (readonly MathToken[])[];
  readonly relations: readonly MathToken[];
  /** The modulus of its congruences, null if none is written. */
  readonly modulus: readonly MathToken[] | null;
  /** Conditions in brackets or words beside it, as tokens: `(n \ge 1)`. */
  readonly conditions: readonly (readonly MathToken[])[];
  /** Words inside the display just before it and just after it, lower case. */
  readonly before: string;
  readonly after: string;
  /** Formulas that stand beside it after a comma, so that both sides may be lists: "a, b = c, d". */
  readonly listed: boolean;
  /** The offset of its beginning and end in the file. */
  readonly start: number;
  readonly end: number;
}

interface Draft {
  operands: MathToken[][];
  relations: MathToken[];
  modulus: MathToken[] | null;
  conditions: MathToken[][];
  before: string;
  after: string;
}

const OPEN = new Set(["(", "[", "{", "|(", "\\{"]);
const CLOSE = new Set([")", "]", "}", "|)", "\\}"]);

/** Splits normalised tokens of one piece of mathematics into chains and, last, lone formulas (no relation). */
export function chainsOf(tokens: readonly MathToken[], multiline: boolean): Chain[] {
  const chains: Chain[] = [];
  let draft: Draft = fresh("");
  let depth = 0;
  let rowStart = true;
  let cells = 0;

  const flush = (before: string) => {
    const chain = finished(draft);
    const previous = chains.at(-1);
    // "(mod 5)" or "(n ≥ 1)" after white space belongs to what stands before it.
    if (chain && previous && chain.relations.length === 0 && chain.operands[0]!.length === 0) {
      const { modulus, conditions } = previous;
      chains[chains.length - 1] = {
        ...previous,
        modulus: modulus ?? chain.modulus,
        conditions: [...conditions, ...chain.conditions],
      };
    } else if (chain) chains.push(chain);
    draft = fresh(before);
  };
  const operand = () => draft.operands.at(-1)!;

  for (let k = 0; k < tokens.length; k++) {
    const token = tokens[k]!;
    if (token.value === "rows(" || token.value === "rows)") {
      if (token.value === "rows(" && operand().length > 0 && draft.relations.length === 0 && depth === 0)
        rowStart = true;
      continue;
    }
    if (token.type === "break" && token.value === "\\\\") {
      // A row may end inside brackets that \left and \right can't span.
      if (depth > 0 && !closesLater(tokens, k, depth)) depth = 0;
      if (depth === 0 && !continues(tokens, k + 1, operand(), multiline)) flush("");
      rowStart = true;
      cells = 0;
      continue;
    }
    if (isSign(token, "&")) {
      cells++;
      const [last, next] = [tokens[k - 1], tokens[k + 1]];
      const beside = last?.type === "rel" || next?.type === "rel" || rowStart || isSign(last, "&");
      if (depth === 0 && cells > 1 && !beside) flush("");
      else if (depth === 0 && cells > 2 && cells % 2 === 1 && draft.relations.length > 0 && next?.type !== "rel")
        flush("");
      continue;
    }
    const indents = rowStart;
    rowStart = false;
    const sign = token.type === "sym" || token.type === "cmd" ? token.value : "";
    if (OPEN.has(sign)) depth++;
    else if (CLOSE.has(sign)) depth = Math.max(0, depth - 1);
    if (depth > 0 || CLOSE.has(sign)) {
      operand().push(token);
      continue;
    }
    if (token.type === "rel") {
      draft.relations.push(token);
      draft.operands.push([]);
    } else if (
      token.type === "cmd" &&
      (token.value === "\\pmod" || token.value === "\\mod" || token.value === "\\pod")
    ) {
      const end = argumentEnd(tokens, k + 1);
      draft.modulus = tokens.slice(k + 1, end).filter((t) => !isSign(t, "{") && !isSign(t, "}"));
      k = end - 1;
    } else if (token.type === "text") {
      draft.after = token.value.toLowerCase();
      flush(token.value.toLowerCase());
    } else if (token.type === "break") {
      // White space that only indents a row.
      if (indents && /^\\(?:q|en)/.test(token.value)) {
        rowStart = true;
        continue;
      }
      flush(token.value.startsWith("\\q") || token.value.startsWith("\\en") ? "" : token.value);
    } else if (isSign(token, ",") || isSign(token, ";") || isSign(token, ".")) {
      flush(token.value);
    } else operand().push(token);
  }
  flush("");
  return chains.map((chain, k) => ({ ...chain, listed: isListed(chains, k) }));
}

/** Whether a formula without a relation, more than a letter, stands beside a chain after a comma. */
function isListed(chains: readonly Chain[], k: number): boolean {
  const isItem = (other: Chain | undefined) =>
    other !== undefined && other.relations.length === 0 && other.operands[0]!.length > 2;
  const before = chains[k]!.before === "," && isItem(chains[k - 1]);
  return before || (chains[k + 1]?.before === "," && isItem(chains[k + 1]));
}

function fresh(before: string): Draft {
  return { operands: [[]], relations: [], modulus: null, conditions: [], before, after: "" };
}

function finished(draft: Draft): Chain | null {
  // "= b = c" goes on from words or another display: what is left is a chain of its own.
  while (draft.relations.length > 0 && draft.operands[0]!.length === 0) {
    draft.operands.shift();
    draft.relations.shift();
  }
  while (draft.relations.length > 0 && draft.operands.at(-1)!.length === 0) {
    draft.operands.pop();
    draft.relations.pop();
  }
  const last = draft.operands.at(-1)!;
  let stripped = stripCondition(last);
  while (stripped) {
    if (stripped.modulus) draft.modulus = stripped.modulus;
    else draft.conditions.push(stripped.inside);
    draft.operands[draft.operands.length - 1] = stripped.rest;
    stripped = stripCondition(stripped.rest);
  }
  const all = [...draft.operands.flat(), ...draft.relations];
  if (all.length === 0 && draft.modulus === null && draft.conditions.length === 0) return null;
  return {
    ...draft,
    listed: false,
    start: Math.min(...all.map((token) => token.start)),
    end: Math.max(...all.map((token) => token.end)),
  };
}

/** A bracket at the end that holds a relation, a membership or `mod`: a condition, or the modulus. */
function stripCondition(
  tokens: readonly MathToken[],
): { rest: MathToken[]; inside: MathToken[]; modulus: MathToken[] | null } | null {
  if (!isSign(tokens.at(-1), ")") || tokens.length < 3) return null;
  let depth = 0;
  for (let k = tokens.length - 1; k >= 0; k--) {
    if (isSign(tokens[k], ")")) depth++;
    else if (isSign(tokens[k], "(") && --depth === 0) {
      const inside = tokens.slice(k + 1, -1);
      const mod = inside[0]?.type === "word" && inside[0].value === "mod" ? inside.slice(1) : null;
      const says = inside.some((t) => t.type === "rel" || t.type === "skip" || t.type === "text" || t.type === "break");
      return mod || says ? { rest: tokens.slice(0, k), inside, modulus: mod } : null;
    }
  }
  return null;
}

/** Whether the row that begins at `at` goes on with the formula before it. */
function continues(
  tokens: readonly MathToken[],
  at: number,
  operand: readonly MathToken[],
  multiline: boolean,
): boolean {
  let k = at;
  let cells = 0;
  while (isSign(tokens[k], "&") || (tokens[k]?.type === "break" && /^\\q/.test(tokens[k]!.value))) {
    if (isSign(tokens[k], "&")) cells++;
    k++;
  }
  const next = tokens[k];
  if (!next || next.type === "text") return false;
  if (next.type === "rel") return true;
  const last = operand.at(-1);
  const open = last && (isSign(last, "+") || isSign(last, "-") || last.value === "\\cdot" || last.value === "\\times");
  if (open || operand.length === 0) return true;
  if (multiline && !rowHasRelation(tokens, k)) return true;
  const operator = isSign(next, "+") || isSign(next, "-") || next.value === "\\cdot" || next.value === "\\times";
  return operator && (cells > 0 || !rowHasRelation(tokens, k));
}

function rowHasRelation(tokens: readonly MathToken[], at: number): boolean {
  for (let k = at; k < tokens.length; k++) {
    if (tokens[k]!.type === "break" && tokens[k]!.value === "\\\\") return false;
    if (tokens[k]!.type === "rel") return true;
  }
  return false;
}

function closesLater(tokens: readonly MathToken[], at: number, depth: number): boolean {
  let open = depth;
  for (let k = at; k < tokens.length && k < at + 200; k++) {
    const sign = tokens[k]!.value;
    if (OPEN.has(sign)) open++;
    else if (CLOSE.has(sign) && --open < depth) return true;
  }
  return false;
}

/** The index after the argument of `\pmod`: a group or one token. */
function argumentEnd(tokens: readonly MathToken[], at: number): number {
  const close = groupEnd(tokens, at);
  if (close >= 0) return close + 1;
  return isSign(tokens[at], "{") ? tokens.length : Math.min(tokens.length, at + 1);
}
