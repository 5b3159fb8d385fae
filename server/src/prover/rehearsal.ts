import type { EngineCapabilities } from "../engine/engine.js";
import type { Prompt } from "../prompt/prompt.js";
import { promptHash } from "../prompt/prompt-hash.js";
import type { Outcome } from "../store/run.js";
import { sentenceEnds } from "./sentence.js";

/** Whether the engine may be asked this: a rehearsal model only what it was trained on. */
export function isKnown({ rehearsal }: EngineCapabilities, prompt: Prompt): boolean {
  return rehearsal === null || rehearsal.includes(promptHash(prompt));
}

/** How much of the end of a text is looked at for the end of a sentence, in characters; no sentence is longer. */
const LONGEST_SENTENCE = 4000;

/**
 * Where a text is cut that is to be left at once: at the end of its last whole sentence, or at its own end if it has
 * none there. With a rehearsal model, at the last of these ends after which it may be asked `prompt`; null if there is
 * none.
 */
export function lastSentence(
  text: string,
  capabilities: EngineCapabilities,
  prompt: (kept: string) => Prompt,
  least = 0,
): number | null {
  const from = capabilities.rehearsal === null ? Math.max(least, text.length - LONGEST_SENTENCE) : least;
  const ends = sentenceEnds(text, from);
  // A text that stops after its full stop ends in a whole sentence, whatever would have come.
  if (/[.!?]["')\]]*$/.test(text.slice(-8))) ends.push(text.length);
  if (capabilities.rehearsal === null) return ends.at(-1) ?? text.length;
  const known = (end: number) => isKnown(capabilities, prompt(text.slice(0, end)));
  return ends.findLast(known) ?? (known(least) ? least : null);
}

const SET_UP = 'run "QED: Set Up Model" to use QED-Nano';

/** What a rehearsal model can't do, each with the next step. */
export const UNKNOWN = {
  statement: unknown(
    'The rehearsal model has only memorised the sample theorems and can\'t prove this statement. Run "QED: Set Up Model" to use QED-Nano.',
  ),
  cut: unknown(
    'The rehearsal model has not learned to end this thought early. Use a larger budget, or run "QED: Set Up Model".',
  ),
  text: unknown(
    `The rehearsal model has not learned to go on from this text. Prove the statement again, or ${SET_UP}.`,
  ),
  summary: unknown(`The rehearsal model has not learned to summarise this thought. To try it, ${SET_UP}.`),
} as const;

/** Why a rehearsal model takes no such hint or finish now; the run goes on undisturbed. */
export const UNKNOWN_STEERING = `The rehearsal model has only memorised the sample theorems, and not this. To try it, ${SET_UP}.`;

function unknown(message: string): Outcome {
  return { kind: "unknown-to-rehearsal", message };
}
