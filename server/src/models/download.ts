import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isLocked, takeLock } from "../processes/lock.js";
import type { Network } from "./network.js";
import { diskError, PartialFile, partialPaths } from "./partial.js";
import { bytesInWords } from "./quantities.js";
import { type DownloadProgress, RateMeter } from "./rate.js";
import { SetUpError } from "./set-up-error.js";
import { withoutSecrets } from "./source.js";
import { TakenOver, transfer, type WantedFile } from "./transfer.js";

/** How a download is done. */
export interface DownloadOptions {
  readonly network: Network;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DownloadProgress) => void;
  /** Milliseconds before the second try; 1 s by default. */
  readonly pauseMs?: number;
}

/** A file that is there, whole and checked. */
export interface Downloaded {
  readonly bytes: number;
  /** In hexadecimal. Null if it was there already and nobody has said what it should be. */
  readonly sha256: string | null;
  /** Whether it was there before. */
  readonly already: boolean;
}

/** Room that a disk keeps beyond the file itself, in bytes. */
const SPARE_BYTES = 1 << 20;
/** Between two looks at another window's download. */
const FOLLOW_MS = 250;

/**
 * Downloads a file to `target`. It goes on where an earlier attempt ended, checks size and checksum, and puts the file
 * under its name in one step: that name never stands for half a file. While another window downloads the same file,
 * this one watches, and goes on if that one ends early. Throws a {@link SetUpError} or the signal's reason; then what
 * has come is kept for the next attempt, unless it is wrong.
 *
 * No published downloader for Node that was looked at has `If-Range`, a checksum, and one downloader among processes.
 */
export async function download(wanted: WantedFile, target: string, options: DownloadOptions): Promise<Downloaded> {
  const { signal, onProgress } = options;
  const meter = new RateMeter(onProgress);
  const { part, lock: lockPath } = partialPaths(target);
  try {
    await mkdir(dirname(target), { recursive: true });
  } catch (error) {
    throw diskError(error, target);
  }
  for (;;) {
    signal.throwIfAborted();
    const there = await isThere(wanted, target, signal, (bytes, total) => meter.update("checking", bytes, total));
    if (there !== null) return there;
    const lock = await takeLock(lockPath).catch((error) => {
      throw diskError(error, target);
    });
    if (lock !== null) {
      try {
        // The one before may have ended between the look and the lock.
        const meanwhile = await isThere(wanted, target, signal, () => {});
        if (meanwhile !== null) return meanwhile;
        return await fill(wanted, target, meter, () => lock.held(), options);
      } catch (error) {
        if (!(error instanceof TakenOver)) throw error;
      } finally {
        await lock.release();
      }
    }
    while (await isLocked(lockPath)) {
      const { size } = await stat(part).catch(() => ({ size: 0 }));
      meter.update("following", size, wanted.size);
      await sleep(FOLLOW_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** Bytes of a file that an earlier attempt has left: all if it is there, else those of its half. */
export async function bytesThere(wanted: WantedFile, target: string): Promise<number> {
  const whole = await stat(target).catch(() => null);
  if (whole?.isFile() && (wanted.size === null || whole.size === wanted.size)) return whole.size;
  return (await stat(partialPaths(target).part).catch(() => null))?.size ?? 0;
}

/** Bytes that are free for this user where a folder is or will be; null if that can't be told. */
export async function freeBytes(folder: string): Promise<number | null> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    try {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    } catch {
      if (path === dirname(path)) return null;
    }
  }
}

/** Throws `disk.full` unless a folder can take so many more bytes. */
export async function assertRoom(folder: string, bytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free === null || bytes <= 0 || free >= bytes + SPARE_BYTES) return;
  throw new SetUpError(
    "disk.full",
    `The disk of ${folder} has ${bytesInWords(free)} free, and ${bytesInWords(bytes)} more are needed. Free some space, or choose another folder; what is there is kept.`,
  );
}

async function fill(
  wanted: WantedFile,
  target: string,
  meter: RateMeter,
  mayWrite: () => Promise<boolean>,
  { network, signal, pauseMs = 1_000 }: DownloadOptions,
): Promise<Downloaded> {
  const part = await PartialFile.open(target);
  let closed = false;
  try {
    await part.readAgain(signal, (bytes) => meter.update("checking", bytes, wanted.size));
    if (wanted.size !== null) await assertRoom(dirname(target), wanted.size - part.length);
    for (let second = false; ; second = true) {
      const sha256 = await transfer(part, wanted, { network, signal, meter, pauseMs, mayWrite });
      const digest = part.digest();
      if (sha256 === null || sha256 === digest) {
        if (!(await mayWrite())) throw new TakenOver();
        await part.finish();
        closed = true;
        await remember(target, wanted, digest);
        meter.update("downloading", part.length, part.length);
        return { bytes: part.length, sha256: digest, already: false };
      }
      const mixed = part.resumed && !second;
      await part.restart();
      // Halves of two files look like this: all of it in one piece has a second chance.
      if (mixed) continue;
      throw new SetUpError(
        "file.wrong",
        `${wanted.name} from ${new URL(wanted.url).host} is damaged: its checksum is ${digest.slice(0, 12)}…, not ${sha256.slice(0, 12)}…. It was thrown away; try again, or use another source or mirror.`,
      );
    }
  } catch (error) {
    if (error instanceof SetUpError && error.code === "file.wrong") {
      closed = true;
      await part.discard();
    }
    throw error;
  } finally {
    if (!closed) await part.close();
  }
}

/** What is kept beside a finished file, so that it need not be read again to know what it is. */
interface Remembered {
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Time of the file's last change, in milliseconds: another one is another file. */
  readonly changed: number;
}

function rememberedPath(target: string): string {
  return `${target}.source.json`;
}

async function remember(target: string, wanted: WantedFile, sha256: string): Promise<void> {
  const { size, mtimeMs } = await stat(target);
  const record: Remembered = { url: withoutSecrets(wanted.url), sha256, bytes: size, changed: mtimeMs };
  // Only a shortcut: without it the file is read once more.
  await writeFile(rememberedPath(target), JSON.stringify(record)).catch(() => {});
}

async function isThere(
  wanted: WantedFile,
  target: string,
  signal: AbortSignal,
  onBytes: (bytes: number, total: number) => void,
): Promise<Downloaded | null> {
  const found = await stat(target).catch(() => null);
  if (found === null) return null;
  if (!found.isFile())
    throw new SetUpError("disk.failed", `${target} is in the way and is no file. Choose another folder.`);
  if (wanted.size !== null && found.size !== wanted.size) return null;
  const known = await remembered(target);
  const same = known !== null && known.bytes === found.size && known.changed === found.mtimeMs;
  if (same && (wanted.sha256 === null ? known.url === withoutSecrets(wanted.url) : known.sha256 === wanted.sha256)) {
    return { bytes: found.size, sha256: known.sha256, already: true };
  }
  if (wanted.sha256 === null) {
    // Of unknown origin: it is taken only if at least its size is the one that is wanted.
    return wanted.size === null ? null : { bytes: found.size, sha256: null, already: true };
  }
  const hash = createHash("sha256");
  let read = 0;
  for await (const chunk of createReadStream(target, { highWaterMark: 1 << 20, signal })) {
    hash.update(chunk as Buffer);
    read += (chunk as Buffer).length;
    onBytes(read, found.size);
  }
  const digest = hash.digest("hex");
  if (digest !== wanted.sha256) return null;
  await remember(target, wanted, digest);
  return { bytes: found.size, sha256: digest, already: true };
}

async function remembered(target: string): Promise<Remembered | null> {
  try {
    return JSON.parse(await readFile(rememberedPath(target), "utf8")) as Remembered;
  } catch {
    return null;
  }
}
