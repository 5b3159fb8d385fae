import { applyEvent, emptyRun } from "./fold.js";
import { RUN_SCHEMA, type Run, type RunEvent, type RunHeader } from "./run.js";

/** A run read back from its file. */
export interface StoredRun {
  readonly run: Run;
  /** Number of events after the header. */
  readonly events: number;
}

/** What a file of runs turns out to hold. */
export type FoundRun =
  | { readonly kind: "run"; readonly stored: StoredRun }
  /** Written by a later version of QED Copilot. */
  | { readonly kind: "newer"; readonly schema: number }
  /** No run: damaged, or another file. */
  | { readonly kind: "broken" };

/** One line of a run file: an event, or several of the same kind that a compaction has joined. */
export type StoredEvent = RunEvent & {
  /** How many events it stands for; 1 if it is not there. */ readonly of?: number;
};

/** Looks at the text of a run file. Lines that are no JSON (torn by a crash) are passed over. */
export function findRun(text: string): FoundRun {
  const end = text.indexOf("\n");
  const header = parseHeader(end < 0 ? text : text.slice(0, end));
  if (header === null) return { kind: "broken" };
  if ("newer" in header) return { kind: "newer", schema: header.newer };
  let run = emptyRun(header);
  let events = 0;
  for (const event of eventsIn(text.slice(end < 0 ? text.length : end + 1))) {
    run = applyEvent(run, event) ?? run;
    events += event.of ?? 1;
  }
  return { kind: "run", stored: { run, events } };
}

/** The run in the text of its file; null for a file that holds none or was written by a later version. */
export function parseRun(text: string): StoredRun | null {
  const found = findRun(text);
  return found.kind === "run" ? found.stored : null;
}

/** The header in the first line of a file, or the version if that is a later one; null if it is no header. */
export function parseHeader(line: string): RunHeader | { readonly newer: number } | null {
  const header = parseLine(line) as Partial<RunHeader> | null;
  if (header?.type !== "run") return null;
  const schema: unknown = header.schema;
  if (typeof schema !== "number" || !Number.isSafeInteger(schema) || schema < 1) return null;
  return schema > RUN_SCHEMA ? { newer: schema } : (header as RunHeader);
}

/** The events in the lines of a text. */
export function* eventsIn(text: string): Generator<StoredEvent, void, void> {
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf("\n", at);
    const end = next < 0 ? text.length : next;
    const event = parseLine(text.slice(at, end)) as StoredEvent | null;
    if (event !== null && typeof event.type === "string") yield event;
    at = end + 1;
  }
}

function parseLine(line: string): unknown {
  if (line === "") return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
