import { randomUUID } from "node:crypto";
import { link, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { beganAt, isAlive } from "./alive.js";

/** Who holds a lock, as it stands in its file. */
interface Holder {
  readonly pid: number;
  /** When the process began, in the system's own terms; "" where that can't be told. */
  readonly began: string;
  readonly host: string;
  /** Distinguishes holds of one process. */
  readonly id: string;
}

/** How often a holder shows that it lives, and after how long without a sign a holder on another machine is dead. */
const BEAT_MS = 2_000;
const SILENT_MS = 60_000;

/** A lock that this process holds. */
export interface Lock {
  /** Whether it is still ours: somebody may have taken it over while this machine slept. */
  held(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Takes the lock file `path`, or answers null while a living process holds it. The lock of a dead one is taken over: a
 * process that is gone, whose id belongs to another by now, or that gave no sign for a minute on another machine.
 */
export async function takeLock(path: string): Promise<Lock | null> {
  const own: Holder = { pid: process.pid, began: beganAt(process.pid) ?? "", host: hostname(), id: randomUUID() };
  const text = JSON.stringify(own);
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      const file = await open(path, "wx");
      try {
        await file.writeFile(text);
      } finally {
        await file.close();
      }
      return hold(path, text);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const found = await readFile(path, "utf8").catch(() => null);
    if (found === null) continue;
    if (await lives(path, found)) return null;
    await remove(path, found);
  }
  return null;
}

/** Process id in a lock file; null if there is none in it, or not yet. */
export async function holderOf(path: string): Promise<number | null> {
  return parse(await readFile(path, "utf8").catch(() => ""))?.pid ?? null;
}

/** Whether somebody who lives holds the lock. */
export async function isLocked(path: string): Promise<boolean> {
  const found = await readFile(path, "utf8").catch(() => null);
  return found !== null && (await lives(path, found));
}

function hold(path: string, text: string): Lock {
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, BEAT_MS);
  beat.unref();
  const held = async () => (await readFile(path, "utf8").catch(() => "")) === text;
  return {
    held,
    async release() {
      clearInterval(beat);
      if (await held()) await rm(path, { force: true });
    },
  };
}

async function lives(path: string, text: string): Promise<boolean> {
  const age = Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? 0);
  const holder = parse(text);
  // Somebody has made the file and not yet written into it.
  if (holder === null) return age < BEAT_MS;
  if (holder.host !== hostname()) return age < SILENT_MS;
  if (!isAlive(holder.pid)) return false;
  const began = beganAt(holder.pid);
  if (began === null || holder.began === "") return age < SILENT_MS;
  return began === holder.began;
}

/** Takes a dead holder's file away, and nobody else's who may have come meanwhile. */
async function remove(path: string, dead: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readFile(aside, "utf8").catch(() => dead);
  if (moved !== dead) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

function parse(text: string): Holder | null {
  try {
    const { pid, began, host, id } = JSON.parse(text) as Partial<Holder>;
    if (!Number.isSafeInteger(pid) || (pid ?? 0) < 1) return null;
    return { pid: pid!, began: String(began ?? ""), host: String(host ?? ""), id: String(id ?? "") };
  } catch {
    return null;
  }
}
