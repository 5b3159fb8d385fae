import { type ProofToken, proofTokens } from "./tokens.js";

/** A sentence of a proof, a display of it, or a part of a sentence beside a display. */
export interface ProofUnit {
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly ProofToken[];
  /** Whether it is known to have ended: by its full stop, a display's end, or a paragraph's. */
  readonly ended: boolean;
}

/** Words with a full stop that end no sentence. */
const ABBREVIATED = /^(?:e|g|i|cf|vs|resp|viz|ca|fig|eq|eqs|thm|prop|lem|cor|def|sec|no|etc|wlog|dr|prof|st|\p{L})$/u;

/** Cuts a proof into units. Total; in order, never overlapping. */
export function proofUnits(text: string): ProofUnit[] {
  const units: ProofUnit[] = [];
  let tokens: ProofToken[] = [];
  const flush = (ended: boolean, end: number) => {
    if (tokens.some(({ kind }) => kind === "word" || kind === "formula")) {
      units.push({ start: tokens[0]!.start, end, tokens, ended });
    } else if (tokens.length > 0 && units.length > 0) {
      // The full stop behind a display belongs to it.
      const last = units.pop()!;
      units.push({ ...last, end, ended: true });
    }
    tokens = [];
  };
  const all = proofTokens(text);
  all.forEach((token, index) => {
    if (token.kind === "break") {
      flush(true, tokens.at(-1)?.end ?? token.start);
      return;
    }
    if (token.kind === "formula" && token.display) {
      flush(true, tokens.at(-1)?.end ?? token.start);
      tokens.push(token);
      const next = all[index + 1];
      const marked = next?.kind === "mark" && !/\n/.test(text.slice(token.end, next.start));
      if (token.closed && !marked) flush(true, token.end);
      return;
    }
    const first = tokens[0];
    tokens.push(token);
    if (token.kind !== "mark") return;
    const afterDisplay = first?.kind === "formula" && first.display && tokens.length === 2;
    if (afterDisplay || endsSentence(text, all, index)) flush(true, closers(text, token.end));
  });
  flush(false, tokens.at(-1)?.end ?? text.length);
  return units;
}

function endsSentence(text: string, tokens: readonly ProofToken[], index: number): boolean {
  const { text: mark, end } = tokens[index]!;
  if (!/[.!?]/.test(mark)) return false;
  if (!/^[*_"'”’)\]}]*(?:\s|$|\\)/.test(text.slice(end, end + 8))) return false;
  const before = tokens[index - 1];
  if (mark === "." && before?.kind === "word" && before.end === tokens[index]!.start && ABBREVIATED.test(before.text)) {
    return false;
  }
  return true;
}

/** Over the quotes, brackets and emphasis that close with a sentence. */
function closers(text: string, end: number): number {
  return end + /^[*_"'”’)\]}]*/.exec(text.slice(end, end + 8))![0].length;
}
