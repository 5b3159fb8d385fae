import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { SetUpError, systemCode } from "./set-up-error.js";

/** What is known of a half file, kept beside it so that another day can go on. */
export interface PartialRecord {
  /** Address without its secrets. */
  readonly url: string;
  /** A strong ETag or a Last-Modified date, for `If-Range`; null if the server gave neither. */
  readonly validator: string | null;
  readonly size: number | null;
  readonly sha256: string | null;
}

/** Where the half of a file, its record and its lock lie. */
export function partialPaths(target: string): {
  readonly part: string;
  readonly record: string;
  readonly lock: string;
} {
  return { part: `${target}.part`, record: `${target}.part.json`, lock: `${target}.part.lock` };
}

const READ_BYTES = 1 << 20;

/** A half file: it grows, its checksum with it, and it gets its final name only by {@link finish}. */
export class PartialFile {
  readonly #target: string;
  readonly #file: FileHandle;
  #hash: Hash = createHash("sha256");
  #length = 0;
  #record: PartialRecord | null;
  #resumed = false;

  private constructor(target: string, file: FileHandle, record: PartialRecord | null) {
    this.#target = target;
    this.#file = file;
    this.#record = record;
  }

  /** Opens what is there, or an empty one. Call {@link readAgain} before anything else. Throws `disk.failed`. */
  static async open(target: string): Promise<PartialFile> {
    const { part, record } = partialPaths(target);
    try {
      const file = await open(part, "a+").then(async (created) => {
        await created.close();
        return open(part, "r+");
      });
      return new PartialFile(target, file, parseRecord(await readFile(record, "utf8").catch(() => "")));
    } catch (error) {
      throw diskError(error, target);
    }
  }

  /** Bytes that are there. */
  get length(): number {
    return this.#length;
  }

  /** Whether bytes of an earlier time, or of an earlier connection, are part of it. */
  get resumed(): boolean {
    return this.#resumed;
  }

  get record(): PartialRecord | null {
    return this.#record;
  }

  /** Reads what is there for its checksum. */
  async readAgain(signal: AbortSignal, onBytes: (bytes: number) => void): Promise<void> {
    const buffer = Buffer.alloc(READ_BYTES);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#length);
      if (bytesRead === 0) break;
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#length += bytesRead;
      onBytes(this.#length);
    }
    this.#resumed = this.#length > 0;
  }

  /** Notes what a server has said, before its bytes are kept. */
  async note(record: PartialRecord): Promise<void> {
    if (this.#length > 0) this.#resumed = true;
    if (JSON.stringify(record) === JSON.stringify(this.#record)) return;
    this.#record = record;
    const path = partialPaths(this.#target).record;
    try {
      await writeFile(`${path}.new`, JSON.stringify(record));
      await rename(`${path}.new`, path);
    } catch (error) {
      throw diskError(error, this.#target);
    }
  }

  /** Adds bytes at the end. Throws `disk.full` or `disk.failed`; what was there stays. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      let done = 0;
      while (done < bytes.length) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#length + done);
        done += bytesWritten;
      }
    } catch (error) {
      // A write may have been done in part: what is not in the checksum must not be in the file.
      await this.#file.truncate(this.#length).catch(() => {});
      throw diskError(error, this.#target);
    }
    this.#hash.update(bytes);
    this.#length += bytes.length;
  }

  /** Throws all bytes away. */
  async restart(): Promise<void> {
    await this.#file.truncate(0);
    this.#hash = createHash("sha256");
    this.#length = 0;
    this.#record = null;
    this.#resumed = false;
    await rm(partialPaths(this.#target).record, { force: true });
  }

  /** The checksum of the bytes so far, in hexadecimal. */
  digest(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Safely on the disk, then under its final name in one step. */
  async finish(): Promise<void> {
    const { part, record } = partialPaths(this.#target);
    try {
      await this.#file.sync();
      await this.#file.close();
      await rename(part, this.#target);
    } catch (error) {
      throw diskError(error, this.#target);
    }
    await rm(record, { force: true });
    // The name too must outlive a power cut; Windows can't open folders.
    const folder = await open(dirname(this.#target)).catch(() => null);
    await folder?.sync().catch(() => {});
    await folder?.close();
  }

  /** Closes it; what is there waits for another time. */
  async close(): Promise<void> {
    await this.#file.close().catch(() => {});
    if (this.#length === 0) await this.#remove();
  }

  /** Closes and removes it. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => {});
    await this.#remove();
  }

  async #remove(): Promise<void> {
    const { part, record } = partialPaths(this.#target);
    await rm(part, { force: true });
    await rm(record, { force: true });
  }
}

/** The sentence for a disk that does not take what it should. */
export function diskError(error: unknown, path: string): Error {
  if (error instanceof SetUpError) return error;
  const code = systemCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new SetUpError(
      "disk.full",
      `The disk of ${dirname(path)} is full. Free some space and set up again: what is there is kept, and it goes on from there.`,
      { cause: error },
    );
  }
  const why =
    code === "EACCES" || code === "EPERM" || code === "EROFS" ? "it may not be written to" : code || String(error);
  return new SetUpError(
    "disk.failed",
    `${dirname(path)} can't be used for the model (${why}). Choose another folder.`,
    {
      cause: error,
    },
  );
}

function parseRecord(text: string): PartialRecord | null {
  try {
    const { url, validator, size, sha256 } = JSON.parse(text) as Partial<PartialRecord>;
    return {
      url: String(url ?? ""),
      validator: typeof validator === "string" ? validator : null,
      size: typeof size === "number" ? size : null,
      sha256: typeof sha256 === "string" ? sha256 : null,
    };
  } catch {
    return null;
  }
}
