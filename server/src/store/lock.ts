import { randomBytes } from "node:crypto";
import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, uptime } from "node:os";
import { dirname } from "node:path";
import { beganAt, isAlive } from "../processes/alive.js";

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** As {@link beganAt} has it; null where the system doesn't tell. */
  readonly began: string | null;
}

/** A lock file without a readable holder belongs to a process that is just writing it, or died there. In milliseconds. */
const WRITING_MS = 5_000;
/** A lock of another machine, on a shared disk, counts as left behind after this long. In milliseconds. */
const FOREIGN_MS = 24 * 60 * 60 * 1000;
/** How often a lock is tried that others take and leave meanwhile. */
const ATTEMPTS = 8;
/** How long {@link waitForLock} waits, and how long between two looks. In milliseconds. */
const WAIT_MS = 3_000;
const LOOK_MS = 5;

/** Gives a lock back. Calling it again does nothing. */
export type Release = () => void;

/**
 * Takes a lock, a file that names its holder; null if a process that lives has it. One that a dead process has left is
 * taken over. Throws the file system's error if the lock's folder can't be written.
 */
export function takeLock(path: string): Release | null {
  let folderless = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(path, JSON.stringify(self()), { flag: "wx", mode: 0o600 });
      return releaser(path);
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException;
      // The last one to leave takes the empty folder away, also while it is being made.
      if (code === "ENOENT" && ++folderless < ATTEMPTS) continue;
      if (code !== "EEXIST" || syscall === "mkdir") throw error;
    }
    const state = stateOf(path);
    if (state === "held") return null;
    // What is gone is not taken away: by now it may be the lock of the next one.
    if (state === "left") takeAway(path);
  }
  return null;
}

/** Takes a lock that others hold for moments only. Blocks; throws if it does not get it within three seconds. */
export function waitForLock(path: string): Release {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited <= WAIT_MS; waited += LOOK_MS) {
    const release = takeLock(path);
    if (release) return release;
    Atomics.wait(clock, 0, 0, LOOK_MS);
  }
  throw new Error("Another window is busy with the same runs. Try again in a moment.");
}

/** Whether a process that lives holds the lock. */
export function isHeld(path: string): boolean {
  return stateOf(path) === "held";
}

/** Whether a lock is held by a process that lives, left by one that has died, or not there. */
function stateOf(path: string): "held" | "left" | "gone" {
  const found = read(path);
  if (found === null) return "gone";
  return lives(found.holder, Date.now() - found.changed) ? "held" : "left";
}

/** What stands in a lock: all of it of one file, however others take and leave it meanwhile. Null if it is gone. */
function read(path: string): { readonly holder: Partial<Holder> | null; readonly changed: number } | null {
  try {
    const file = openSync(path, "r");
    try {
      return { holder: parse(readFileSync(file, "utf8")), changed: fstatSync(file).mtimeMs };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    return { holder: null, changed: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
  }
}

function parse(text: string): Partial<Holder> | null {
  try {
    return JSON.parse(text) as Partial<Holder> | null;
  } catch {
    return null;
  }
}

function lives(holder: Partial<Holder> | null, age: number): boolean {
  if (holder === null) return age < WRITING_MS;
  const { pid, host, began } = holder;
  if (host !== hostname()) return age < FOREIGN_MS;
  if (typeof pid !== "number" || age > uptime() * 1000 + WRITING_MS) return false;
  return isAlive(pid) && (began ?? null) === beganAt(pid);
}

function releaser(path: string): Release {
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    rmSync(path, { force: true });
    try {
      rmdirSync(dirname(path));
    } catch {
      // Others have locks there.
    }
  };
}

/** Removes a lock that was left behind; if another process has taken it over meanwhile, that one keeps it. */
function takeAway(path: string): void {
  const aside = `${path}.${process.pid}-${randomBytes(4).toString("hex")}`;
  try {
    renameSync(path, aside);
    if (isHeld(aside)) linkSync(aside, path);
  } catch {
    // Gone already, or taken again: the next look tells.
  } finally {
    rmSync(aside, { force: true });
  }
}

function self(): Holder {
  return { pid: process.pid, host: hostname(), began: beganAt(process.pid) };
}
