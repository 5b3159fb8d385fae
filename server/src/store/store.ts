import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { begunPath, place, sweepBegun } from "./begun-file.js";
import { compacted } from "./compact.js";
import { isHeld, type Release, takeLock, waitForLock } from "./lock.js";
import { type FoundRun, findRun, type StoredRun } from "./parse-run.js";
import type { RunEvent, RunHeader } from "./run.js";
import { openForAppend, type RunWriter, writer } from "./run-file.js";
import { type RunSummary, summaryOf } from "./summary.js";

/** What a run's id looks like; nothing else ever becomes part of a path. */
const RUN_ID = /^[0-9]{8}T[0-9]{6}-[0-9a-f]{8}$/;
const EXTENSION = ".jsonl";
/** A run that has ended is compacted once nobody has written it for this long, in milliseconds. */
const RESTED_MS = 10 * 60 * 1000;
/** Files below this size gain nothing, in bytes. */
const WORTH_COMPACTING = 64 * 1024;
/** Most files that are compacted at once: each takes about a tenth of a second. */
const MOST_COMPACTED = 4;

const BUSY = "This run is going on in another window or terminal. Stop or pause it there, then try again.";

/** How much is kept. */
export interface StoreLimits {
  /** Bytes of all runs together. */
  readonly bytes: number;
  /** Milliseconds since a run was last written. */
  readonly age: number;
}

/** The run can't be written now; the message is one sentence for the user. */
export class RunBusy extends Error {}

/**
 * All runs of a user, one append-only JSON Lines file each: the header, then the events. Any number of processes share
 * the folder. Who writes a run holds its lock while it goes on; a person's decision is added under the lock of the whole
 * store, and under that one nothing is compacted or deleted that anybody writes.
 */
export class RunStore {
  readonly #directory: string;
  readonly #locks: string;

  /** @param directory made when the first run is written; locks lie beside it */
  constructor(directory: string) {
    this.#directory = directory;
    this.#locks = `${directory}.locks`;
  }

  /** Begins a run. Throws the file system's error if it can't be written, a `RangeError` for an id that is none. */
  create(header: RunHeader): RunWriter {
    if (!RUN_ID.test(header.id)) throw new RangeError("this is no id of a run");
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const release = this.#lock(header.id);
    try {
      // A crash leaves either no run or one with its whole header.
      const begun = begunPath(this.#directory, header.id);
      try {
        writeFileSync(begun, `${JSON.stringify(header)}\n`, { flag: "wx", mode: 0o600 });
        place(begun, this.#path(header.id));
      } finally {
        rmSync(begun, { force: true });
      }
      return writer(openSync(this.#path(header.id), "a", 0o600), release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Goes on with a run that was written before. Throws {@link RunBusy} if another process is writing it; null for a run
   * that isn't there.
   */
  reopen(id: string): RunWriter | null {
    if (!this.#has(id)) return null;
    const release = this.#lock(id);
    try {
      if (!this.#has(id)) {
        release();
        return null;
      }
      return writer(openForAppend(this.#path(id)), release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Adds an event to a run, whoever writes it. Does nothing for a run that isn't there. */
  append(id: string, event: RunEvent): void {
    if (!this.#has(id)) return;
    const release = waitForLock(this.#storeLock());
    try {
      if (!this.#has(id)) return;
      const out = writer(openForAppend(this.#path(id)), () => {});
      out.append(event);
      out.close();
    } finally {
      release();
    }
  }

  /** The run of that id, however its process ended; null if there is none that can be read. */
  read(id: string): StoredRun | null {
    const found = this.find(id);
    return found?.kind === "run" ? found.stored : null;
  }

  /** The same, with what stands in the way; null if there is no such file. */
  find(id: string): FoundRun | null {
    const text = this.text(id);
    return text === null ? null : findRun(text);
  }

  /** Whether a process is writing the run. */
  isLive(id: string): boolean {
    return RUN_ID.test(id) && isHeld(this.#lockOf(id));
  }

  /** The text of a run's file as it is; null if there is none. */
  text(id: string): string | null {
    return this.#has(id) ? readFileSync(this.#path(id), "utf8") : null;
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

  /** What a list of runs shows of one; null if it can't be read. */
  summary(id: string): RunSummary | { readonly newer: number } | null {
    try {
      return this.#has(id) ? summaryOf(this.#path(id), this.isLive(id)) : null;
    } catch {
      return null;
    }
  }

  /** Deletes a run. False if it isn't there; throws {@link RunBusy} while a process writes it. */
  delete(id: string): boolean {
    if (!this.#has(id)) return false;
    const store = waitForLock(this.#storeLock());
    try {
      if (this.isLive(id)) throw new RunBusy(BUSY);
      rmSync(this.#path(id), { force: true });
      return true;
    } finally {
      store();
    }
  }

  /**
   * Deletes the oldest runs until the limits hold, and compacts large ones that have rested. Runs that a process is
   * writing are left alone. A file is replaced as a whole: who is reading it reads what it was. Returns what was done.
   */
  tidy(limits: StoreLimits, now = Date.now()): { readonly deleted: number; readonly compacted: number } {
    const files = this.ids().flatMap((id) => {
      const stat = statSync(this.#path(id), { throwIfNoEntry: false });
      return stat ? [{ id, bytes: stat.size, changed: stat.mtimeMs }] : [];
    });
    sweepBegun(this.#directory, now);
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const done = { deleted: 0, compacted: 0 };
    const rested = files.filter((file) => file.bytes >= WORTH_COMPACTING && now - file.changed >= RESTED_MS);
    for (const file of rested) {
      if (done.compacted >= MOST_COMPACTED) break;
      const saved = this.#compact(file.id);
      if (saved > 0) done.compacted++;
      file.bytes -= saved;
      bytes -= saved;
    }
    for (const { id, bytes: size, changed } of files.sort((a, b) => a.changed - b.changed)) {
      if (bytes <= limits.bytes && now - changed <= limits.age) continue;
      try {
        if (!this.delete(id)) continue;
        done.deleted++;
        bytes -= size;
      } catch {
        // A process is writing it.
      }
    }
    return done;
  }

  /** Returns the bytes that it saved. */
  #compact(id: string): number {
    const store = takeLock(this.#storeLock());
    const own = store && takeLock(this.#lockOf(id));
    const path = this.#path(id);
    const next = begunPath(this.#directory, id);
    try {
      if (!own) return 0;
      const { atime, mtime } = statSync(path);
      const text = readFileSync(path, "utf8");
      const shorter = compacted(text);
      if (shorter === null) return 0;
      writeFileSync(next, shorter, { flag: "wx", mode: 0o600 });
      renameSync(next, path);
      // Its age is that of the run.
      utimesSync(path, atime, mtime);
      return Buffer.byteLength(text) - Buffer.byteLength(shorter);
    } catch {
      // On Windows a file that somebody reads can't be replaced: it is left for another time.
      return 0;
    } finally {
      rmSync(next, { force: true });
      own?.();
      store?.();
    }
  }

  #lock(id: string): Release {
    const store = waitForLock(this.#storeLock());
    try {
      const release = takeLock(this.#lockOf(id));
      if (release) return release;
      throw new RunBusy(BUSY);
    } finally {
      store();
    }
  }

  #has(id: string): boolean {
    return RUN_ID.test(id) && existsSync(this.#path(id));
  }

  #path(id: string): string {
    return join(this.#directory, id + EXTENSION);
  }

  #lockOf(id: string): string {
    return join(this.#locks, id);
  }

  #storeLock(): string {
    return join(this.#locks, "store");
  }
}
