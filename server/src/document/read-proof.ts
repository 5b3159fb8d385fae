import { marksOf } from "./holes.js";
import { splitSteps } from "./steps.js";
import type { Hole, Step, Syntax, TextRange } from "./types.js";

/** What the body of a proof says by itself: a function of that piece of text. */
export interface ReadProof extends TextRange {
  readonly steps: readonly Step[];
  /** The places in it that ask for a proof, those of the claims in it included. */
  readonly marks: readonly Hole[];
  /** Whether it says nothing, so that it is a hole if there is no other. */
  readonly isSilent: boolean;
}

/** Reads the body of a proof, or gives what is remembered of it. */
export type ProofReader = (body: TextRange) => ReadProof;

/** Reads the body of a proof. */
export function readProof(text: string, { start, end }: TextRange, syntax: Syntax): ReadProof {
  const body = { start, end };
  return { start, end, steps: splitSteps(text, body, syntax), ...marksOf(text, body, syntax) };
}
