import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FoundProof } from "../../server/src/align/align.js";
import { random } from "../gguf/values.js";

const DATA = join(import.meta.dirname, "..", "..", "..", "shared", "data", "proofs");
const FILES = ["dsmv2_Putnam2024.jsonl", "dsmv2_IMO-ProofBench-Basic.jsonl"];

/** A statement with a proof by a teacher model. */
export interface TeacherProof {
  readonly id: string;
  readonly question: string;
  readonly proof: string;
}

/** The teacher's proofs; null where the shared data is missing. */
export function teacherProofs(): readonly TeacherProof[] | null {
  if (!FILES.every((file) => existsSync(join(DATA, file)))) return null;
  return FILES.flatMap((file) =>
    readFileSync(join(DATA, file), "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => {
        const { question, problem_idx, model_prediction } = JSON.parse(line);
        return { id: problem_idx, question, proof: model_prediction.proof };
      }),
  );
}

/** Each group of words means about the same in a proof. */
const SYNONYMS = `hence thus therefore consequently so accordingly
let suppose assume
since because as
show prove establish demonstrate verify
obtain get derive
gives yields produces implies
integer number
integers numbers
positive nonzero
contradiction impossibility absurdity
every each all any
note observe notice remark
equation identity relation equality
have find see
clearly obviously evidently plainly
must should
case situation instance
holds works applies
follows results arises
consider take regard
define set put
denote call name
only solely just
exists occurs
exactly precisely
value quantity amount
also moreover furthermore besides
then next afterwards
statement claim assertion
write express
condition requirement hypothesis
implies forces means
possible feasible
side member
left-hand left
large big
small little
first initial
using applying by
where with
this that it
such those
is becomes equals
the a
of from
and plus
if when whenever
can may
we one
to towards
for given
in inside`
  .split("\n")
  .map((line) => line.split(" "));

const GROUP = new Map(SYNONYMS.flatMap((group) => group.map((word) => [word, group] as const)));

/** What a replay of one proof gave. */
export interface Replay {
  places: number;
  offers: number;
  inPlace: number;
  readonly wrong: string[];
}

interface Piece {
  readonly text: string;
  /** Offset in the found proof after what the piece says. */
  readonly origin: number;
}

/**
 * Types a proof in other words while its own text is the found run: `changed` of the words by synonyms, or by a word of
 * the writer's own where there is none, and `left` of the sentences left out. Asks at the end of each sentence, and
 * after each word of one in four.
 */
export function replay(proof: string, seed: number, changed = 0.3, left = 0.2): Replay {
  const found = new FoundProof(proof);
  const next = random(seed);
  const result: Replay = { places: 0, offers: 0, inPlace: 0, wrong: [] };
  let written = "";
  const ask = (before: string, expected: number, sentence: boolean) => {
    result.places++;
    const offer = found.continuation(before);
    if (offer === null) return;
    result.offers++;
    const skipped = (from: number, to: number) => proof.slice(Math.min(from, to), Math.max(from, to));
    const good = sentence
      ? !/[\p{L}\d$\\]/u.test(skipped(expected, offer.offset).replace(/^[*_\s]+|[*_\s#\d.-]+$/g, ""))
      : !/[\p{L}\d\\]/u.test(skipped(expected, offer.offset));
    if (good) result.inPlace++;
    else {
      result.wrong.push(
        `…${before.slice(-60)}| offered: ${proof.slice(offer.offset, offer.offset + 50)} | expected: ${proof.slice(expected, expected + 50)}`,
      );
    }
  };
  found.units.forEach((unit) => {
    if (next() < left) return;
    const pieces: Piece[] = [];
    let at = unit.start;
    for (const token of unit.tokens) {
      if (token.kind === "break") continue;
      pieces.push({ text: proof.slice(at, token.start), origin: token.start });
      const word = proof.slice(token.start, token.end);
      pieces.push({ text: token.kind === "word" && next() < changed ? other(word, next) : word, origin: token.end });
      at = token.end;
    }
    pieces.push({ text: proof.slice(at, unit.end), origin: unit.end });
    if (next() < 0.25) {
      let part = written;
      pieces.slice(0, -1).forEach((piece, k) => {
        part += piece.text;
        if (k % 2 === 1 && k < pieces.length - 3) ask(part, piece.origin, false);
      });
    }
    written += `${pieces.map(({ text }) => text).join("")}${unit.tokens.at(-1)?.display ? "\n" : " "}`;
    if (unit.ended) ask(written, unit.end, true);
    if (proof.slice(unit.end, unit.end + 4).includes("\n\n")) written += "\n\n";
  });
  return result;
}

function other(word: string, next: () => number): string {
  const group = GROUP.get(word.toLowerCase())?.filter((one) => one !== word.toLowerCase());
  if (!group || group.length === 0) return /^\d/.test(word) ? word : `${word.slice(0, 2)}other`;
  const chosen = group[Math.floor(next() * group.length)]!;
  return /^\p{Lu}/u.test(word) ? chosen[0]!.toUpperCase() + chosen.slice(1) : chosen;
}
