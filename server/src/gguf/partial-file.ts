import { type FileHandle, open, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ConversionError, fileError } from "./conversion-error.js";
import type { Plan } from "./plan.js";

/** What is left free on the disk beyond the result, in bytes. */
const MARGIN = 32 * 2 ** 20;
const GIGA = 1e9;

/**
 * The result while it is made: `OUT.partial`, with `OUT.partial.journal` beside it, which says for which fingerprint it is
 * and up to which offset everything is on the disk. Both go when the result gets its name.
 */
export class PartialFile {
  readonly #file: FileHandle;
  readonly #plan: Plan;
  readonly #out: string;
  /** Everything before this offset had been written when the file was opened; 0 if it was begun anew. */
  readonly done: number;

  private constructor(file: FileHandle, plan: Plan, out: string, done: number) {
    this.#file = file;
    this.#plan = plan;
    this.#out = out;
    this.done = done;
  }

  /** Opens what an earlier conversion left, or begins anew. Throws a {@link ConversionError}, also if the disk is too full. */
  static async open(plan: Plan, out: string): Promise<PartialFile> {
    const path = partialPath(out);
    try {
      const done = await readJournal(out, plan);
      await checkSpace(out, plan.size - done);
      if (done > 0) {
        const file = await open(path, "r+");
        if ((await file.stat()).size === plan.size) return new PartialFile(file, plan, out, done);
        await file.close();
      }
      await rm(journalPath(out), { force: true });
      const file = await open(path, "w");
      const partial = new PartialFile(file, plan, out, 0);
      try {
        // What is not written, the padding between tensors, reads as zeros.
        await file.truncate(plan.size).catch(ignoreUnsupported);
        await partial.write(plan.header, 0);
      } catch (error) {
        await file.close();
        throw error;
      }
      return partial;
    } catch (error) {
      throw explain(error, path, plan.size);
    }
  }

  /** Writes all of `bytes` at an offset. Throws a {@link ConversionError}. */
  async write(bytes: Uint8Array, offset: number): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, offset + at);
        at += bytesWritten;
      }
    } catch (error) {
      throw explain(error, partialPath(this.#out), this.#plan.size);
    }
  }

  /** Notes that everything before an offset is written, after it has reached the disk. */
  async note(offset: number): Promise<void> {
    try {
      await this.#file.datasync();
      const next = `${journalPath(this.#out)}.next`;
      await writeFile(next, JSON.stringify({ fingerprint: this.#plan.fingerprint, done: offset }));
      await rename(next, journalPath(this.#out));
    } catch (error) {
      throw explain(error, partialPath(this.#out), this.#plan.size);
    }
  }

  /** Gives the finished file its name. */
  async finish(): Promise<void> {
    try {
      await this.#file.datasync();
      await this.#file.close();
      await rename(partialPath(this.#out), this.#out);
      await rm(journalPath(this.#out), { force: true });
    } catch (error) {
      throw explain(error, this.#out, this.#plan.size);
    }
  }

  /** Lets go of the file; it stays for later. */
  async close(): Promise<void> {
    await this.#file.close().catch(() => {});
  }
}

/** Where a result is while it is made. */
export function partialPath(out: string): string {
  return `${out}.partial`;
}

function journalPath(out: string): string {
  return `${partialPath(out)}.journal`;
}

/** The offset up to which earlier work can be used: 0 if there is none, or it was for something else. */
async function readJournal(out: string, plan: Plan): Promise<number> {
  try {
    const { fingerprint, done } = JSON.parse(await readFile(journalPath(out), "utf8"));
    return fingerprint === plan.fingerprint && Number.isInteger(done) && done > 0 && done <= plan.size ? done : 0;
  } catch {
    return 0;
  }
}

async function checkSpace(out: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(out));
  const free = bavail * bsize;
  if (free >= needed + MARGIN) return;
  throw new ConversionError(
    `The disk of ${out} has ${(free / GIGA).toFixed(1)} GB free and ${((needed + MARGIN) / GIGA).toFixed(1)} GB are needed. Make room, or name another place for the result.`,
  );
}

function ignoreUnsupported(error: NodeJS.ErrnoException): void {
  // Not a regular file: the writes that follow say more about it.
  if (error.code !== "EINVAL") throw error;
}

function explain(error: unknown, path: string, size: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") {
    return new ConversionError(
      `The disk is full: ${path} needs ${(size / GIGA).toFixed(1)} GB in all. Make room and convert again; what is done is kept.`,
    );
  }
  return fileError(error, path);
}
