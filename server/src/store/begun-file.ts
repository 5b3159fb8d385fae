import { randomBytes } from "node:crypto";
import { existsSync, linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A file that is being made, before it gets its name. */
const BEGUN = /^\.[0-9]{8}T[0-9]{6}-[0-9a-f]{8}-[0-9a-f]{8}$/;
/** A file that is still being made after this long was left by a process that died, in milliseconds. */
const LEFT_MS = 24 * 60 * 60 * 1000;

/** Where the file of a run is made; nobody else makes one there. */
export function begunPath(directory: string, id: string): string {
  return join(directory, `.${id}-${randomBytes(4).toString("hex")}`);
}

/** Gives a file its name unless that is taken. */
export function place(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Some file systems have no links. A name that is taken is refused here too.
    writeFileSync(to, readFileSync(from), { flag: "wx", mode: 0o600 });
  }
}

/** Removes what a process that died has left of a file that it was making. */
export function sweepBegun(directory: string, now: number): void {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    if (!BEGUN.test(name)) continue;
    const path = join(directory, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat && now - stat.mtimeMs >= LEFT_MS) rmSync(path, { force: true });
  }
}
