/**
 * States of read prompts on disk, so that a prompt is read once though the model was let go meanwhile. Each state is
 * two files: the engine's own, and a record of the tokens that it stands for with the digest of the first. The record
 * is written last: what has none, or does not agree with it, is removed.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What states depend on: one of another key is of no use. */
export interface StateKey {
  /** Of the model's file: size, time of its last change, and its header. */
  readonly model: string;
  /** Version of the engine that wrote it. */
  readonly engine: string;
  readonly kvType: string;
}

/** A state on disk that begins like a prompt. */
export interface FoundState {
  readonly path: string;
  /** Tokens that it has in common with the prompt. */
  readonly common: number;
}

interface KnownState {
  readonly name: string;
  readonly tokens: readonly number[];
  readonly digest: string;
}

const STATE = ".state";
const RECORD = ".json";
/** Of a model's file, as much goes into its identity: metadata and the list of its tensors. */
const HEADER_BYTES = 1 << 20;
/** Bytes that are left to others on the disk. */
const LEFT_FREE = 2 ** 30;
/** A file that nobody finished within this time, in milliseconds, is nobody's. */
const ABANDONED_MS = 3_600_000;

/** Identifies the contents of a model's file without reading all of it. */
export async function modelIdentity(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size, mtimeMs } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return sha256([String(size), String(mtimeMs), buffer.subarray(0, bytesRead)]);
  } finally {
    await file.close();
  }
}

/** The states of one key, in a folder that all keys share and whose size is bounded. Nothing here rejects. */
export class StateCache {
  readonly #root: string;
  readonly #folder: string;
  readonly #limit: number;
  readonly #known = new Map<string, KnownState>();
  #opened: Promise<void> | null = null;
  #saves = 0;

  /** `limit` is in bytes, for the states of all keys together; 0 keeps nothing. */
  constructor(root: string, limit: number, key: StateKey) {
    this.#root = root;
    this.#limit = limit;
    this.#folder = join(root, sha256([key.model, key.engine, key.kvType]).slice(0, 32));
  }

  /**
   * The state that has most tokens in common with the beginning of `tokens`; null if none has any. `longest` is the
   * number of tokens that the sequence can hold: a state is loaded as a whole.
   */
  async find(tokens: readonly number[], longest: number): Promise<FoundState | null> {
    if (this.#limit === 0) return null;
    this.#opened ??= this.#open();
    await this.#opened;
    let best: FoundState | null = null;
    for (const { name, tokens: known } of this.#known.values()) {
      const common = known.length > longest ? 0 : commonTokens(known, tokens);
      if (common > (best?.common ?? 0)) best = { path: join(this.#folder, name + STATE), common };
    }
    return best;
  }

  /** Whether a found state is as it was written. One that isn't is removed. */
  async check({ path }: FoundState): Promise<boolean> {
    const name = path.slice(this.#folder.length + 1, -STATE.length);
    const known = this.#known.get(name);
    if (known !== undefined && (await digestOf(path)) === known.digest) {
      const now = new Date();
      await utimes(join(this.#folder, name + RECORD), now, now).catch(() => {});
      return true;
    }
    await this.remove(path);
    return false;
  }

  async remove(path: string): Promise<void> {
    const name = path.slice(this.#folder.length + 1, -STATE.length);
    this.#known.delete(name);
    await rm(join(this.#folder, name + RECORD), { force: true }).catch(() => {});
    await rm(path, { force: true }).catch(() => {});
  }

  /**
   * Keeps a state for `tokens`. `write` puts it into a file and is awaited; what follows (its digest, and room for it)
   * goes on in `finished`.
   * @param bytes about how large it will be
   */
  async save(
    tokens: readonly number[],
    bytes: number,
    write: (path: string) => Promise<unknown>,
  ): Promise<{ readonly finished: Promise<void> }> {
    const nothing = { finished: Promise.resolve() };
    if (bytes > this.#limit) return nothing;
    this.#opened ??= this.#open();
    await this.#opened;
    const name = sha256([Buffer.from(Uint32Array.from(tokens).buffer)]).slice(0, 40);
    if (this.#known.has(name)) return nothing;
    const temporary = join(this.#folder, `${name}.${process.pid}-${++this.#saves}.part`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(this.#folder);
      if (bavail * bsize < bytes + LEFT_FREE) return nothing;
      await write(temporary);
    } catch {
      await rm(temporary, { force: true }).catch(() => {});
      return nothing;
    }
    return { finished: this.#finish(name, temporary, tokens) };
  }

  async #finish(name: string, temporary: string, tokens: readonly number[]): Promise<void> {
    try {
      const digest = await digestOf(temporary);
      if (digest === null) return;
      await rename(temporary, join(this.#folder, name + STATE));
      const record = `${temporary}.record`;
      await writeFile(record, JSON.stringify({ tokens, digest }), { mode: 0o600 });
      await rename(record, join(this.#folder, name + RECORD));
      this.#known.set(name, { name, tokens, digest });
      await this.#makeRoom(join(this.#folder, name));
    } catch {
      await rm(temporary, { force: true }).catch(() => {});
    }
  }

  async #open(): Promise<void> {
    const names = await readdir(this.#folder).catch((): string[] => []);
    for (const file of names.filter((each) => each.endsWith(RECORD))) {
      const name = file.slice(0, -RECORD.length);
      const record = await readRecord(join(this.#folder, file));
      if (record && names.includes(name + STATE)) this.#known.set(name, { name, ...record });
      else await this.remove(join(this.#folder, name + STATE));
    }
    await this.#makeRoom(null);
  }

  /** Removes what was not used for longest until all states fit, and what was never finished. `keep` is a state's path. */
  async #makeRoom(keep: string | null): Promise<void> {
    const states: { readonly path: string; readonly bytes: number; readonly used: number }[] = [];
    for (const folder of await readdir(this.#root).catch((): string[] => [])) {
      const names = await readdir(join(this.#root, folder)).catch((): string[] => []);
      for (const name of names) {
        const path = join(this.#root, folder, name);
        const found = await stat(path).catch(() => null);
        if (found === null) continue;
        if (name.endsWith(STATE)) {
          const base = path.slice(0, -STATE.length);
          const used = await stat(base + RECORD).catch(() => found);
          states.push({ path: base, bytes: found.size, used: used.mtimeMs });
        } else if (name.includes(".part") && Date.now() - found.mtimeMs > ABANDONED_MS) {
          await rm(path, { force: true }).catch(() => {});
        }
      }
    }
    let total = states.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of states.sort((a, b) => a.used - b.used)) {
      if (total <= this.#limit) break;
      if (path === keep) continue;
      total -= bytes;
      this.#known.delete(path.slice(this.#folder.length + 1));
      await rm(path + RECORD, { force: true }).catch(() => {});
      await rm(path + STATE, { force: true }).catch(() => {});
    }
  }
}

/** Number of tokens at the beginning that two lists have in common. */
export function commonTokens(a: readonly number[], b: readonly number[]): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && a[count] === b[count]) count++;
  return count;
}

async function readRecord(path: string): Promise<{ readonly tokens: number[]; readonly digest: string } | null> {
  try {
    const { tokens, digest } = JSON.parse(await readFile(path, "utf8")) as { tokens?: unknown; digest?: unknown };
    if (!Array.isArray(tokens) || typeof digest !== "string") return null;
    return tokens.every((token) => Number.isInteger(token)) ? { tokens, digest } : null;
  } catch {
    return null;
  }
}

async function digestOf(path: string): Promise<string | null> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: HEADER_BYTES })) hash.update(chunk as Buffer);
    return hash.digest("hex");
  } catch {
    return null;
  }
}

function sha256(parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(String(part.length));
    hash.update("\0");
    hash.update(part);
  }
  return hash.digest("hex");
}
