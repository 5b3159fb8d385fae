/**
 * `npm run bench:convert -- [FOLDER] [--all]`: what it takes to convert a checkpoint of the exact 4B shape to Q8_0. Prints a
 * table; exits with 1 if a goal is missed. The checkpoint, 8 GB, is written to FOLDER (a folder for temporary files by
 * default) if it is not there, and stays; results are deleted. `--all` converts to Q4_K_M as well, and to Q8_0 in plain
 * JavaScript, which must give the same file.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { convertCheckpoint } from "../../server/src/gguf/convert-checkpoint.js";
import type { FileType } from "../../server/src/gguf/file-types.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const GOAL_CPU_SECONDS = 20;
const GOAL_MEBIBYTES = 400;
const CHECKPOINT_BYTES = 8.1e9;
const RESULT_BYTES = 4.4e9;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { all: { type: "boolean" } } });
const folder = resolve(positionals[0] ?? join(tmpdir(), "qed-bench-convert"));
mkdirSync(folder, { recursive: true });

/** What the process of the conversion used. */
interface Used {
  readonly user: number;
  readonly system: number;
  readonly mebibytes: number;
}

/** Makes every process that is started from now on write what it used to a file when it ends. */
function measureChildren(): string {
  const file = join(folder, "used.json");
  const module = join(folder, "measure.mjs");
  const measure = `import { writeFileSync } from "node:fs";
process.on("exit", () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.resourceUsage())));
`;
  writeFileSync(module, measure);
  process.env.NODE_OPTIONS = `--import=${module}`;
  return file;
}

async function convert(type: FileType, kernels: "auto" | "javascript", used: string): Promise<{ hash: string } & Used> {
  const out = join(folder, "result.gguf");
  for (const name of [out, `${out}.partial`, `${out}.partial.journal`]) rmSync(name, { force: true });
  const began = performance.now();
  const converted = await convertCheckpoint({
    folder: join(folder, "random-4b"),
    type,
    out,
    extensionRoot: ROOT,
    signal: new AbortController().signal,
    kernels,
  });
  const seconds = (performance.now() - began) / 1000;
  const usage: NodeJS.ResourceUsage = JSON.parse(readFileSync(used, "utf8"));
  const [user, system] = [usage.userCPUTime / 1e6, usage.systemCPUTime / 1e6];
  const mebibytes = usage.maxRSS / 1024;
  console.log(
    [
      type.padEnd(8),
      converted.kernels.padEnd(10),
      (user + system).toFixed(1).padStart(6),
      user.toFixed(1).padStart(6),
      system.toFixed(1).padStart(8),
      seconds.toFixed(1).padStart(8),
      mebibytes.toFixed(0).padStart(6),
      (converted.bytes / 1e9).toFixed(2).padStart(6),
    ].join(" "),
  );
  const hash = createHash("sha256");
  if (values.all) for await (const chunk of createReadStream(out)) hash.update(chunk);
  rmSync(out);
  return { hash: hash.digest("hex"), user, system, mebibytes };
}

const there = existsSync(join(folder, "random-4b", "model.safetensors.index.json"));
const { bavail, bsize } = statfsSync(folder);
const needed = RESULT_BYTES + (there ? 0 : CHECKPOINT_BYTES);
if (bavail * bsize < needed) {
  console.log(
    `NOT MEASURED: ${folder} has ${((bavail * bsize) / 1e9).toFixed(1)} GB free and ${(needed / 1e9).toFixed(1)} GB are needed.`,
  );
  process.exit(0);
}
if (!there) {
  const script = join(ROOT, "scripts", "random-4b.mjs");
  const { status } = spawnSync(process.execPath, [script, join(folder, "random-4b")], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}
const used = measureChildren();
console.log("type     kernels    CPU s   user   system   wall s    MiB     GB");
const first = await convert("q8_0", "auto", used);
let missed = first.user + first.system > GOAL_CPU_SECONDS || first.mebibytes > GOAL_MEBIBYTES;
if (values.all) {
  await convert("q4_k_m", "auto", used);
  const javascript = await convert("q8_0", "javascript", used);
  console.log(`Q8_0 in JavaScript is ${javascript.hash === first.hash ? "the same file" : "ANOTHER FILE"}.`);
  missed ||= javascript.hash !== first.hash;
}
for (const name of ["used.json", "measure.mjs"]) rmSync(join(folder, name), { force: true });
console.log(
  `${missed ? "A goal was missed" : "All goals were met"} (Q8_0: at most ${GOAL_CPU_SECONDS} s of CPU and ${GOAL_MEBIBYTES} MiB).`,
);
process.exitCode = missed ? 1 : 0;
