import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** What an engine wrote after a beginning. */
export interface CachedText {
  readonly text: string;
  /** Whether it came to its end by itself. */
  readonly complete: boolean;
}

interface Entry extends CachedText {
  /** Names what was asked. */
  readonly asked: string;
  /** Length of the beginning and its hash: what an author has written is not kept. */
  readonly length: number;
  readonly hash: string;
}

const MOST_ENTRIES = 1_000;
/** Most texts for one question. */
const MOST_OF_ONE = 64;
const LONGEST = 4_000;
/** Lines in the file beyond which it is written anew. */
const MOST_LINES = 2 * MOST_ENTRIES;

/** 16 hexadecimal digits of the SHA-256 of a text. */
export function shortDigest(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex").slice(0, 16);
}

/**
 * Texts that engines wrote, found again by a beginning of what is written now. Bounded; the least used goes first. It
 * survives restarts as JSON Lines, each line a whole entry; a torn line is passed over. A disk that can't be written is
 * no failure: then it lasts as long as the process.
 */
export class TypingCache {
  readonly #path: string | null;
  #entries: Entry[] | null = null;
  #lines = 0;

  /** @param path of its file, which nothing touches before the first use; null to keep nothing on disk */
  constructor(path: string | null) {
    this.#path = path;
  }

  /**
   * What is known after `before` for that question: the rest of the longest text whose beginning and text agree with it.
   * @param asked names the question and the model
   */
  get(asked: string, before: string): CachedText | null {
    const entries = this.#load();
    let best: { readonly entry: Entry; readonly rest: string } | null = null;
    for (const entry of entries) {
      if (entry.asked !== asked || entry.length > before.length) continue;
      const typed = before.slice(entry.length);
      if (!entry.text.startsWith(typed) || shortDigest(before.slice(0, entry.length)) !== entry.hash) continue;
      const rest = entry.text.slice(typed.length);
      if (best === null || rest.length > best.rest.length) best = { entry, rest };
    }
    if (best === null || (best.rest === "" && !best.entry.complete)) return null;
    entries.splice(entries.indexOf(best.entry), 1);
    entries.push(best.entry);
    return { text: best.rest, complete: best.entry.complete };
  }

  /** Keeps what was written after `before`; a longer text for the same beginning takes the place of a shorter one. */
  set(asked: string, before: string, { text, complete }: CachedText): void {
    if (text.trim() === "") return;
    const entries = this.#load();
    const entry: Entry = {
      asked,
      length: before.length,
      hash: shortDigest(before),
      text: text.slice(0, LONGEST),
      complete: complete && text.length <= LONGEST,
    };
    const same = (other: Entry) => other.asked === asked && other.hash === entry.hash && other.length === entry.length;
    const old = entries.find(same);
    if (
      old &&
      old.text.length >= entry.text.length &&
      old.text.startsWith(entry.text) &&
      old.complete >= entry.complete
    )
      return;
    this.#entries = bounded([...entries.filter((other) => !same(other)), entry]);
    this.#write(entry);
  }

  #load(): Entry[] {
    if (this.#entries) return this.#entries;
    let lines: string[] = [];
    try {
      if (this.#path !== null && existsSync(this.#path)) lines = readFileSync(this.#path, "utf8").split("\n");
    } catch {
      // As if there were none.
    }
    this.#lines = lines.length;
    const entries = new Map<string, Entry>();
    for (const line of lines) {
      const entry = parsed(line);
      if (!entry) continue;
      const key = `${entry.asked} ${entry.length} ${entry.hash}`;
      entries.delete(key);
      entries.set(key, entry);
    }
    this.#entries = bounded([...entries.values()]);
    return this.#entries;
  }

  #write(entry: Entry): void {
    if (this.#path === null) return;
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      if (this.#lines++ < MOST_LINES) {
        // After a crash in the middle of a line the new one must not join it.
        appendFileSync(this.#path, `\n${JSON.stringify(entry)}`, { mode: 0o600 });
        return;
      }
      const next = `${this.#path}.${process.pid}`;
      writeFileSync(next, (this.#entries ?? []).map((one) => `\n${JSON.stringify(one)}`).join(""), { mode: 0o600 });
      renameSync(next, this.#path);
      this.#lines = this.#entries?.length ?? 0;
    } catch {
      // It lasts as long as the process.
    }
  }
}

function bounded(entries: Entry[]): Entry[] {
  const counts = new Map<string, number>();
  const kept = entries
    .reverse()
    .filter(({ asked }) => {
      const count = (counts.get(asked) ?? 0) + 1;
      counts.set(asked, count);
      return count <= MOST_OF_ONE;
    })
    .slice(0, MOST_ENTRIES);
  return kept.reverse();
}

function parsed(line: string): Entry | null {
  if (line === "") return null;
  try {
    const { asked, length, hash, text, complete } = JSON.parse(line) as Partial<Entry>;
    if (typeof asked !== "string" || typeof hash !== "string" || typeof text !== "string") return null;
    if (typeof length !== "number" || typeof complete !== "boolean") return null;
    return { asked, length, hash, text, complete };
  } catch {
    return null;
  }
}
