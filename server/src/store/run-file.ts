import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import type { Release } from "./lock.js";
import type { RunEvent } from "./run.js";

/** Appends to one run. Each event is on disk, as far as the operating system is concerned, when `append` returns. */
export interface RunWriter {
  append(event: RunEvent): void;
  close(): void;
}

/** Opens a file to append to it; a line that a dead process has left torn is ended first. */
export function openForAppend(path: string): number {
  const descriptor = openSync(path, "a+", 0o600);
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 10) writeSync(descriptor, "\n");
  return descriptor;
}

/** A writer on an open file; `release` is called once when it is closed. */
export function writer(descriptor: number, release: Release): RunWriter {
  let closed = false;
  return {
    append: (event) => {
      // The descriptor's number may belong to another file by now.
      if (closed) throw new Error("the run's file is closed");
      const line = Buffer.from(`${JSON.stringify(event)}\n`, "utf8");
      let written = 0;
      while (written < line.length) written += writeSync(descriptor, line, written);
    },
    close: () => {
      if (closed) return;
      closed = true;
      closeSync(descriptor);
      release();
    },
  };
}
