import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { applyEvent, emptyRun } from "./fold.js";
import { RUN_SCHEMA, type Run, type RunEvent, type RunHeader } from "./run.js";

/** What a run's id looks like; nothing else ever becomes part of a path. */
const RUN_ID = /^[0-9]{8}T[0-9]{6}-[0-9a-f]{8}$/;
const EXTENSION = ".jsonl";

/** A run read back from its file. */
export interface StoredRun {
  readonly run: Run;
  /** Number of events after the header. */
  readonly events: number;
}

/** Appends to one run. Each event is on disk, as far as the operating system is concerned, when `append` returns. */
export interface RunWriter {
  append(event: RunEvent): void;
  close(): void;
}

/** All runs of a user, one append-only JSON Lines file each: the header, then the events. */
export class RunStore {
  readonly #directory: string;

  /** @param directory made when the first run is written */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Begins a run. Throws the file system's error if it can't be written, a `RangeError` for an id that is none. */
  create(header: RunHeader): RunWriter {
    if (!RUN_ID.test(header.id)) throw new RangeError("this is no id of a run");
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const descriptor = openSync(this.#path(header.id), "ax", 0o600);
    writeLine(descriptor, header);
    return writer(descriptor);
  }

  /** Adds an event to a run that was written before. Does nothing for a run that isn't there. */
  append(id: string, event: RunEvent): void {
    if (!RUN_ID.test(id) || !existsSync(this.#path(id))) return;
    // A process that died in the middle of a line leaves it torn: the new line must not join it.
    const torn = !readFileSync(this.#path(id)).subarray(-1).equals(Buffer.from("\n"));
    const out = writer(openSync(this.#path(id), "a", 0o600), torn ? "\n" : "");
    out.append(event);
    out.close();
  }

  /** The run of that id, however its process ended; null if there is none that can be read. */
  read(id: string): StoredRun | null {
    if (!RUN_ID.test(id) || !existsSync(this.#path(id))) return null;
    return parseRun(readFileSync(this.#path(id), "utf8"));
  }

  /** Ids of all runs, oldest first. */
  ids(): string[] {
    if (!existsSync(this.#directory)) return [];
    return readdirSync(this.#directory)
      .filter((name) => name.endsWith(EXTENSION))
      .map((name) => name.slice(0, -EXTENSION.length))
      .filter((id) => RUN_ID.test(id))
      .sort();
  }

  #path(id: string): string {
    return join(this.#directory, id + EXTENSION);
  }
}

/** Reads a run from the text of its file. Lines that are no JSON (torn by a crash) are passed over. */
export function parseRun(text: string): StoredRun | null {
  const [first, ...lines] = text.split("\n");
  const header = parseLine(first ?? "") as Partial<RunHeader> | null;
  if (header?.type !== "run" || header.schema !== RUN_SCHEMA) return null;
  let run = emptyRun(header as RunHeader);
  let events = 0;
  for (const line of lines) {
    const event = parseLine(line) as RunEvent | null;
    if (event === null || typeof event.type !== "string") continue;
    run = applyEvent(run, event) ?? run;
    events++;
  }
  return { run, events };
}

function parseLine(line: string): unknown {
  if (line === "") return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function writer(descriptor: number, before = ""): RunWriter {
  let closed = false;
  if (before !== "") writeSync(descriptor, before);
  return {
    append: (event) => {
      // The descriptor's number may belong to another file by now.
      if (closed) throw new Error("the run's file is closed");
      writeLine(descriptor, event);
    },
    close: () => {
      if (closed) return;
      closed = true;
      closeSync(descriptor);
    },
  };
}

function writeLine(descriptor: number, value: unknown): void {
  const line = Buffer.from(`${JSON.stringify(value)}\n`, "utf8");
  let written = 0;
  while (written < line.length) written += writeSync(descriptor, line, written);
}
