import { weightType } from "../models/weights.js";
import { MOST_RUNS } from "./attempts.js";

/** The parameters of a message are not what its method takes; the message says what it takes. */
export class InvalidParams extends Error {}

type Fields = Readonly<Record<string, unknown>>;

/** Most that a seed can be: 32 bits. */
const MOST_SEED = 0xffff_ffff;

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function isCount(value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most;
}

/** Throws {@link InvalidParams} unless a document is named. */
export function checkDocument(params: unknown): void {
  if (typeof fields(fields(params).textDocument).uri !== "string") {
    throw new InvalidParams('The message names no document: it takes "textDocument" with a "uri".');
  }
}

/** The same for a place in a document. */
export function checkPlace(params: unknown): void {
  checkDocument(params);
  const { line, character } = fields(fields(params).position);
  if (!isCount(line, 0) || !isCount(character, 0)) {
    throw new InvalidParams('The message names no place: it takes "position" with "line" and "character", from 0.');
  }
}

/** The same for what `qed/ghostText` takes. */
export function checkGhostText(params: unknown): void {
  checkPlace(params);
  if (typeof fields(params).invoked !== "boolean") throw new InvalidParams('"invoked" is true or false.');
}

/** The same for what `qed/prove` takes. */
export function checkProve(params: unknown): void {
  checkPlace(params);
  const { budget, seed, differently, force } = fields(params);
  if (budget !== undefined && !isCount(budget, 1)) {
    throw new InvalidParams('"budget" is a whole number of tokens above 0.');
  }
  checkWatched(params);
  for (const [name, value] of Object.entries({ differently, force })) {
    if (value !== undefined && typeof value !== "boolean") throw new InvalidParams(`"${name}" is true or false.`);
  }
  if (seed !== undefined && !isCount(seed, 0, MOST_SEED)) {
    throw new InvalidParams('"seed" is a whole number of 32 bits, from 0.');
  }
}

/** The same for what `qed/proveSeveral` takes. */
export function checkProveSeveral(params: unknown): void {
  checkProve(params);
  const { count } = fields(params);
  if (!isCount(count, 2, MOST_RUNS)) throw new InvalidParams(`"count" is a whole number from 2 to ${MOST_RUNS}.`);
}

/** What every request for a run that goes on takes. */
function checkWatched(params: unknown): void {
  const { requestId, whenHeld } = fields(params);
  if (whenHeld !== undefined && whenHeld !== "wait" && whenHeld !== "less") {
    throw new InvalidParams('"whenHeld" is "wait" or "less".');
  }
  if (requestId !== undefined && typeof requestId !== "string") throw new InvalidParams('"requestId" is a text.');
}

/** The same for what lets a run go on. */
export function checkGoOn(params: unknown): void {
  checkRun(params);
  checkWatched(params);
}

/** The same for a hint. */
export function checkHint(params: unknown): void {
  checkRun(params);
  if (typeof fields(params).hint !== "string") throw new InvalidParams('The message holds no hint: it takes "hint".');
}

/** The same for a branch. */
export function checkBranch(params: unknown): void {
  checkGoOn(params);
  const { part, offset, text } = fields(params);
  if (part !== "thought" && part !== "answer") throw new InvalidParams('"part" is "thought" or "answer".');
  if (!isCount(offset, 0)) throw new InvalidParams('"offset" is a whole number of characters, from 0.');
  if (typeof text !== "string") throw new InvalidParams('"text" is a text, which may be empty.');
}

/** The same for what chooses runs from a list. */
export function checkRuns(params: unknown): void {
  const { uri, group } = fields(params);
  for (const [name, value] of Object.entries({ uri, group })) {
    if (value !== undefined && typeof value !== "string") throw new InvalidParams(`"${name}" is a text.`);
  }
}

/** The same for the id of a run. */
export function checkRun(params: unknown): void {
  if (typeof fields(params).runId !== "string") throw new InvalidParams('The message names no run: it takes "runId".');
}

/** The same for what `qed/decide` takes. */
export function checkDecision(params: unknown): void {
  checkRun(params);
  const { decision } = fields(params);
  if (decision !== "accepted" && decision !== "rejected") {
    throw new InvalidParams('"decision" is "accepted" or "rejected".');
  }
}

/** The same for what a set-up is asked for. */
export function checkSetUp(params: unknown): void {
  const { source, type, directory, token } = fields(params);
  for (const [name, value] of Object.entries({ source, directory, token })) {
    if (value !== undefined && value !== null && typeof value !== "string") {
      throw new InvalidParams(`"${name}" is a text or null.`);
    }
  }
  if (type !== undefined && type !== null && (typeof type !== "string" || weightType(type) !== type)) {
    throw new InvalidParams('"type" is "bf16", "q8_0", "q4_k_m" or null.');
  }
}
