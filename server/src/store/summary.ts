import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { eventsIn, parseHeader } from "./parse-run.js";
import type { Outcome, RunHeader, RunPhase } from "./run.js";

/** A run in a list: what its first line and its last ones tell, without the text between them. */
export interface RunSummary {
  readonly header: RunHeader;
  readonly phase: RunPhase | null;
  readonly outcome: Outcome | null;
  readonly decision: "accepted" | "rejected" | null;
  /** Tokens of thought and of answer, as far as the end of the file tells. */
  readonly thoughtTokens: number;
  readonly answerTokens: number;
  /** Of its file. */
  readonly bytes: number;
  /** Whether a process is writing it. */
  readonly live: boolean;
}

/** How much of the end of a file is read at first, in bytes. */
const TAIL = 16 * 1024;
/** Longest first line that is looked for, in bytes: a thought that was branched is in it. */
const MOST_HEAD = 16 * 1024 * 1024;

/** The summary of a run's file; the version of a later one; null if it holds no run. Throws the file system's error. */
export function summaryOf(path: string, live: boolean): RunSummary | { readonly newer: number } | null {
  const descriptor = openSync(path, "r");
  try {
    const bytes = fstatSync(descriptor).size;
    const head = firstLine(descriptor, bytes);
    const header = parseHeader(head);
    if (header === null || "newer" in header) return header;
    const from = Math.max(Buffer.byteLength(head) + 1, bytes - TAIL);
    return { ...lastOf(textAt(descriptor, from, bytes)), header, bytes, live };
  } finally {
    closeSync(descriptor);
  }
}

function firstLine(descriptor: number, bytes: number): string {
  for (let length = TAIL; ; length *= 4) {
    const text = textAt(descriptor, 0, Math.min(length, bytes));
    const end = text.indexOf("\n");
    if (end >= 0 || length >= Math.min(bytes, MOST_HEAD)) return end < 0 ? text : text.slice(0, end);
  }
}

function lastOf(text: string): Omit<RunSummary, "header" | "bytes" | "live"> {
  let phase: RunPhase | null = null;
  let outcome: Outcome | null = null;
  let decision: RunSummary["decision"] = null;
  let thoughtTokens = 0;
  let answerTokens = 0;
  for (const event of eventsIn(text)) {
    if (event.type === "phase") phase = event.phase;
    else if (event.type === "outcome") outcome = event.outcome;
    else if (event.type === "resumed") outcome = null;
    else if (event.type === "decision") decision = event.decision;
    else if (event.type === "thought" || event.type === "cut") thoughtTokens = event.tokens;
    else if (event.type === "answer") answerTokens = event.tokens;
  }
  return { phase, outcome, decision, thoughtTokens, answerTokens };
}

/** The bytes as text; what is torn at either end is no JSON and falls out with its line. */
function textAt(descriptor: number, from: number, to: number): string {
  const buffer = Buffer.alloc(Math.max(0, to - from));
  const read = readSync(descriptor, buffer, 0, buffer.length, from);
  return buffer.toString("utf8", 0, read);
}
