/**
 * Downloads cut at random bytes, with everything that a server and a disk do wrong on the way: each ends bit for bit as
 * it should, or with one sentence that says what happened, and no half file ever has the final name.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { download } from "../../server/src/models/download.js";
import { SetUpError } from "../../server/src/models/set-up-error.js";
import type { Behaviour } from "../fixtures/hub-server.js";
import { modelBytes, NETWORK, Trial } from "../models/downloads.js";

/** How a trial went: "exact", or the code of the error that was told. */
export interface DownloadTrial {
  readonly seed: number;
  readonly what: string;
  readonly result: string;
  /** What was against the rules; empty for none. */
  readonly wrong: string;
}

const KINDS = [
  "cuts",
  "cuts and cancels",
  "cuts, then the server ignores ranges",
  "cuts, then another ETag",
  "cuts and a throttle",
  "cuts and 503",
  "cuts and a wrong checksum",
  "cuts and a rotten byte on the wire",
  "cuts and a full disk",
  "cuts and two windows",
] as const;

/** Runs trials `from` to `from + count - 1`, each determined by its number. */
export async function downloadTrials(from: number, count: number): Promise<DownloadTrial[]> {
  const results: DownloadTrial[] = [];
  for (let seed = from; seed < from + count; seed++) results.push(await oneTrial(seed));
  return results;
}

async function oneTrial(seed: number): Promise<DownloadTrial> {
  const random = generator(seed);
  const what = KINDS[seed % KINDS.length]!;
  const length = 200_000 + Math.floor(random() * 1_000_000);
  const content = modelBytes(length);
  const cut = () => 1 + Math.floor(random() * (length - 1));
  const trial = await Trial.start(content);
  const places = Array.from({ length: 1 + Math.floor(random() * 4) }, cut).sort((a, b) => a - b);
  const cuts: Behaviour[] = places.map((cutAt) => ({ cutAt }));
  let wrong = "";
  // Looked at all the time: the final name stands for the whole file or for nothing.
  const watch = setInterval(() => {
    const whole = trial.whole();
    if (whole !== null && !whole.equals(content)) wrong = "a half file had the final name";
  }, 2);
  let result: string;
  const disk = what === "cuts and a full disk" ? smallDisk() : null;
  if (what === "cuts and a full disk" && !disk)
    console.log("no small disk can be mounted here: one trial runs on a large one");
  try {
    trial.hub.next.push(...cuts);
    switch (what) {
      case "cuts, then the server ignores ranges":
        trial.hub.next.push({ ignoresRange: true, cutAt: cut() }, { ignoresRange: true });
        break;
      case "cuts, then another ETag":
        trial.hub.next.push({ etag: `"other-${seed}"`, cutAt: length - 1 }, { etag: `"third-${seed}"` });
        break;
      case "cuts and a throttle":
        trial.hub.always = { throttle: 8_000_000 };
        break;
      case "cuts and 503":
        trial.hub.next.push({ status: 503, headers: { "retry-after": "0.01" } }, { cutAt: cut() }, { status: 429 });
        break;
      case "cuts and a wrong checksum":
        trial.hub.wrongChecksum = true;
        break;
      case "cuts and a rotten byte on the wire":
        trial.hub.next.push({ corrupt: true });
        break;
    }
    if (disk) result = await fullDisk(trial, disk.folder, length, random);
    else if (what === "cuts and cancels") result = await withCancels(trial, random);
    else if (what === "cuts and two windows") {
      const both = await Promise.all([ended(trial.download()), ended(trial.download())]);
      result = both[0] === both[1] ? both[0]! : both.join(" / ");
    } else result = await ended(trial.download(what === "cuts and a wrong checksum" ? { sha256: "f".repeat(64) } : {}));
    const expected = what === "cuts and a wrong checksum" ? "file.wrong" : "exact";
    if (wrong === "" && result !== expected) wrong = `expected ${expected}`;
    const whole = disk ? content : trial.whole();
    if (wrong === "" && expected === "exact" && !whole?.equals(content)) wrong = "not the same bytes";
    if (wrong === "" && expected !== "exact" && whole !== null) wrong = "a wrong file has the final name";
  } finally {
    clearInterval(watch);
    disk?.remove();
    await trial.close();
  }
  return { seed, what, result, wrong };
}

async function withCancels(trial: Trial, random: () => number): Promise<string> {
  for (let times = 0; times < 3; times++) {
    const abort = new AbortController();
    const stop = Math.floor(random() * trial.content.length);
    trial.hub.always = { throttle: 20_000_000 };
    const onProgress = ({ bytes }: { readonly bytes: number }) => {
      if (bytes >= stop) abort.abort(new Error("cancelled"));
    };
    const result = await ended(trial.download({}, { signal: abort.signal, onProgress }));
    if (result !== "cancelled" && result !== "exact") return result;
  }
  trial.hub.always = {};
  return ended(trial.download());
}

/** A disk that fills up while the file comes; after some space is freed, it goes on. */
async function fullDisk(trial: Trial, folder: string, length: number, random: () => number): Promise<string> {
  const target = join(folder, "model.gguf");
  const ballast = join(folder, "ballast");
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - Math.floor(random() * length))));
  const options = {
    network: NETWORK,
    signal: new AbortController().signal,
    onProgress: () => {},
    pauseMs: 1,
  };
  // Nobody has said how large it is: only the write tells.
  trial.hub.always = { chunked: { extra: 0 } };
  const wanted = trial.wanted({ size: null });
  const first = await ended(download(wanted, target, options));
  if (first !== "disk.full") return `${first} on a full disk`;
  if (existsSync(target)) return "a half file had the final name";
  unlinkSync(ballast);
  trial.hub.always = {};
  const second = await ended(download(wanted, target, options));
  return second === "exact" && !readFileSync(target).equals(trial.content) ? "not the same bytes" : second;
}

/** A disk of 4 MB; a folder with room for everything, where none can be mounted, is null. */
export function smallDisk(): { readonly folder: string; remove(): void } | null {
  if (process.platform !== "linux") return null;
  const folder = mkdtempSync(join(tmpdir(), "qed-small-disk-"));
  mkdirSync(folder, { recursive: true });
  const mounted =
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], { stdio: "ignore" }).status === 0;
  if (mounted) {
    return {
      folder,
      remove: () => {
        spawnSync("umount", [folder], { stdio: "ignore" });
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }
  rmSync(folder, { recursive: true, force: true });
  return null;
}

async function ended(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "exact";
  } catch (error) {
    if (error instanceof SetUpError && !/\n/.test(error.message)) return error.code;
    return error instanceof Error ? error.message : String(error);
  }
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
function generator(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const trials = await downloadTrials(0, Number(process.env.QED_SOAK_TRIALS ?? 50));
  for (const kind of KINDS) {
    const of = trials.filter(({ what }) => what === kind);
    const results = [...new Set(of.map(({ result }) => result))].join(", ");
    console.log(`${kind}: ${of.length} downloads, ${results}`);
  }
  const wrong = trials.filter((trial) => trial.wrong !== "");
  for (const trial of wrong) console.log(`WRONG ${trial.seed} ${trial.what}: ${trial.result}: ${trial.wrong}`);
  console.log(`${trials.length} downloads, ${wrong.length} wrong`);
  if (wrong.length > 0) process.exitCode = 1;
}
