import { groupEnd, groupText, isSign, type MathToken } from "./tokens.js";
import { BREAKS, LETTERS, RELATIONS, SILENT, SILENT_WITH_GROUP, TRANSPARENT, UNREAD, WORDS } from "./vocabulary.js";

/** Environments that only arrange rows. */
const ROWS =
  /^(?:aligned|alignedat|split|gathered|align|alignat|gather|multline|multlined|equation|eqnarray|subequations|IEEEeqnarray|flalign)\*?$/;
const ACCENTS: Readonly<Record<string, string>> = {
  "\\tilde": "tilde",
  "\\bar": "bar",
  "\\widetilde": "tilde",
  "\\hat": "hat",
  "\\acute": "acute",
  "\\check": "check",
};
const DELIMITERS: Readonly<Record<string, string>> = {
  "\\lbrace": "\\{",
  "\\rbrace": "\\}",
  "\\lbrack": "[",
  "\\rbrack": "]",
  "\\lparen": "(",
  "\\rparen": ")",
  "\\vert": "|",
};

/**
 * Makes raw tokens plain: no spacing, labels or sizes; relations, words and letters by type; `\left` and `\right` as the
 * bare delimiter; rows end with the break `\\`. What has no place in arithmetic becomes a `skip` with its reason.
 */
export function normalise(tokens: readonly MathToken[], text: string): MathToken[] {
  const out: MathToken[] = [];
  for (let k = 0; k < tokens.length; ) k = one(tokens, k, text, out);
  return out;
}

function one(tokens: readonly MathToken[], k: number, text: string, out: MathToken[]): number {
  const token = tokens[k]!;
  const { value } = token;
  const push = (type: MathToken["type"], as: string, end = token.end) =>
    out.push({ type, value: as, start: token.start, end });
  const relation = RELATIONS.get(value);
  if (token.type === "sym" && value === ":" && isSign(tokens[k + 1], "=")) {
    push("rel", ":=", tokens[k + 1]!.end);
    return k + 2;
  }
  if (token.type === "sym" && value === "=" && isSign(tokens[k + 1], ":")) {
    push("rel", ":=", tokens[k + 1]!.end);
    return k + 2;
  }
  if (relation !== undefined && token.type !== "text") {
    push("rel", relation);
    return k + 1;
  }
  if (token.type === "sym" && value === "~") return k + 1;
  if (token.type !== "cmd") {
    out.push(token);
    return k + 1;
  }
  if (value === "\\\\" || value === "\\cr" || value === "\\tabularnewline") {
    push("break", "\\\\");
    return skipOption(tokens, k + 1);
  }
  if (value === "\\left" || value === "\\right") {
    const next = tokens[k + 1];
    if (!next || isSign(next, ".")) return k + 2;
    const delimiter = DELIMITERS[next.value] ?? next.value;
    // Which way a bar opens is known here.
    const side = delimiter === "|" ? (value === "\\left" ? "|(" : "|)") : delimiter;
    out.push({ type: side.startsWith("\\") ? "cmd" : "sym", value: side, start: token.start, end: next.end });
    return k + 2;
  }
  if (value === "\\lvert" || value === "\\rvert") {
    push("sym", value === "\\lvert" ? "|(" : "|)");
    return k + 1;
  }
  const delimiter = DELIMITERS[value];
  if (delimiter !== undefined) {
    push(delimiter.startsWith("\\") ? "cmd" : "sym", delimiter);
    return k + 1;
  }
  if (value === "\\not") {
    const next = RELATIONS.get(tokens[k + 1]?.value ?? "");
    if (next === "=" || next === "|") push("rel", next === "=" ? "!=" : "!|", tokens[k + 1]!.end);
    else push("skip", "negated relations", tokens[k + 1]?.end);
    return k + 2;
  }
  if (SILENT_WITH_GROUP.has(value)) {
    const close = groupEnd(tokens, k + 1);
    return close < 0 ? k + 1 : close + 1;
  }
  if (SILENT.has(value) || TRANSPARENT.has(value)) return k + 1;
  if (BREAKS.has(value)) {
    push("break", value);
    return k + 1;
  }
  if (WORDS.has(value)) return words(tokens, k, text, out);
  if (
    value === "\\mathrm" ||
    value === "\\operatorname" ||
    value === "\\mathsf" ||
    value === "\\mathtt" ||
    value === "\\rm"
  ) {
    const name = groupText(tokens, isSign(tokens[k + 1], "*") ? k + 2 : k + 1, text);
    if (!name) return k + 1;
    push("word", name.value.replace(/\\[,;! ]/g, "").trim(), tokens[name.next - 1]!.end);
    return name.next;
  }
  if (value === "\\begin" || value === "\\end") return environment(tokens, k, text, out);
  if (value === "\\overset" || value === "\\stackrel" || value === "\\underset") return stacked(tokens, k, text, out);
  if (value === "\\underbrace" || value === "\\overbrace") {
    const close = groupEnd(tokens, k + 1);
    if (close < 0) return k + 1;
    out.push(...normalise(tokens.slice(k + 1, close + 1), text));
    const note = groupEnd(tokens, close + 2);
    return isSign(tokens[close + 1], "_") || isSign(tokens[close + 1], "^")
      ? note < 0
        ? close + 3
        : note + 1
      : close + 1;
  }
  if (LETTERS.has(value)) {
    push("id", value);
    return k + 1;
  }
  const accent = ACCENTS[value];
  if (accent !== undefined) {
    const close = groupEnd(tokens, k + 1);
    const letter = close < 0 ? tokens[k + 1] : close === k + 3 ? tokens[k + 2] : undefined;
    if (letter && (letter.type === "id" || LETTERS.has(letter.value))) {
      push("id", `${accent} ${letter.value}`, (tokens[close < 0 ? k + 1 : close] ?? letter).end);
      return (close < 0 ? k + 1 : close) + 1;
    }
  }
  const unread = UNREAD.get(value);
  if (unread !== undefined) push("skip", unread);
  else push("cmd", value);
  return k + 1;
}

function skipOption(tokens: readonly MathToken[], at: number): number {
  const star = isSign(tokens[at], "*") ? at + 1 : at;
  if (!isSign(tokens[star], "[")) return star;
  for (let k = star + 1; k < star + 6; k++) if (isSign(tokens[k], "]")) return k + 1;
  return star;
}

/** Words in a formula: what they hold of mathematics is not read, but `\text{mod}` and unit-like words are kept apart. */
function words(tokens: readonly MathToken[], k: number, text: string, out: MathToken[]): number {
  const token = tokens[k]!;
  const name = groupText(tokens, k + 1, text);
  if (!name) return k + 1;
  const last = tokens[name.next - 1]!;
  const plain = name.value.replace(/\s+/g, " ").trim();
  const before = tokens[k - 1];
  const isIndex = isSign(before, "_") || isSign(before, "^") || (isSign(before, "{") && isSign(tokens[k - 2], "_"));
  const isWord = isIndex || /^(?:lcm|gcd|max|min|mod|ord|sgn|sin|cos|tan|log|ln)$/.test(plain);
  out.push({ type: isWord ? "word" : "text", value: plain, start: token.start, end: last.end });
  return name.next;
}

function environment(tokens: readonly MathToken[], k: number, text: string, out: MathToken[]): number {
  const token = tokens[k]!;
  const name = groupText(tokens, k + 1, text);
  if (!name) return k + 1;
  let next = name.next;
  if (ROWS.test(name.value)) {
    if (token.value === "\\begin") {
      if (/alignat|alignedat|IEEE/.test(name.value)) {
        const close = groupEnd(tokens, next);
        if (close >= 0) next = close + 1;
      }
      next = skipOption(tokens, next);
      out.push({ type: "sym", value: "rows(", start: token.start, end: tokens[next - 1]!.end });
    } else out.push({ type: "sym", value: "rows)", start: token.start, end: tokens[next - 1]!.end });
    return next;
  }
  const reason = /cases|matrix|array|tabular|smallmatrix/.test(name.value) ? "matrices and cases" : "unknown notation";
  if (token.value === "\\begin") {
    // All of the block is one thing that is not read.
    let depth = 0;
    for (let j = k; j < tokens.length; j++) {
      if (tokens[j]!.type !== "cmd") continue;
      if (tokens[j]!.value === "\\begin") depth++;
      else if (tokens[j]!.value === "\\end" && --depth === 0) {
        const close = groupEnd(tokens, j + 1);
        next = close < 0 ? j + 1 : close + 1;
        break;
      }
    }
  }
  out.push({ type: "skip", value: reason, start: token.start, end: tokens[next - 1]!.end });
  return next;
}

/** `\overset{(1)}{=}` is the relation; over anything else the formula is not read. */
function stacked(tokens: readonly MathToken[], k: number, text: string, out: MathToken[]): number {
  const above = groupEnd(tokens, k + 1);
  if (above < 0) return k + 1;
  const close = groupEnd(tokens, above + 1);
  const inside = close < 0 ? tokens.slice(above + 1, above + 2) : tokens.slice(above + 2, close);
  const next = close < 0 ? above + 2 : close + 1;
  const [only, more] = normalise(inside, text);
  const token = tokens[k]!;
  const end = tokens[next - 1]?.end ?? token.end;
  const note = tokens[k + 2] ? text.slice(tokens[k + 2]!.start, tokens[above]!.start) : "";
  if (only?.type === "rel" && !more) {
    const defines = /def|\?|!/.test(note);
    out.push({ type: "rel", value: defines ? ":=" : only.value, start: token.start, end });
  } else out.push({ type: "skip", value: "unknown notation", start: token.start, end });
  return next;
}
