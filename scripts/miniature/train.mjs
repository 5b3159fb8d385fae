// npm run train:miniature: makes models/rehearsal.gguf again from the product's own prompts and the texts in texts/.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verify } from "./verify.mjs";

const root = join(import.meta.dirname, "../..");
const target = join(root, "models/rehearsal.gguf");
const work = mkdtempSync(join(tmpdir(), "qed-miniature-"));

function fail(message, code = 1) {
  console.error(`train:miniature: ${message}`);
  rmSync(work, { recursive: true, force: true });
  process.exit(code);
}

/** A Python that has torch and numpy. */
function findPython() {
  // The packages of Debian serve the system's Python only, which may not be the first on the path.
  const found = ["/usr/bin/python3", "python3"].find(
    (python) => spawnSync(python, ["-c", "import torch, numpy"], { stdio: "ignore" }).status === 0,
  );
  return (
    found ??
    fail(
      "no Python with torch and numpy here; on Debian: apt-get install --no-install-recommends python3-torch python3-numpy libopenblas0-pthread",
    )
  );
}

const began = performance.now();
const python = findPython();
const rowsPath = join(work, "rows.jsonl");
const made = spawnSync(process.execPath, ["--import", "tsx", "scripts/miniature/write-rows.ts", rowsPath], {
  cwd: root,
  encoding: "utf8",
});
if (made.status !== 0) fail(`the rows could not be made:\n${made.stderr}`);
const rowsHash = made.stdout.trim();

const trained = join(work, "rehearsal.gguf");
const training = spawnSync(
  python,
  [join(import.meta.dirname, "train.py"), rowsPath, trained, "--rows-hash", rowsHash, ...process.argv.slice(2)],
  { stdio: "inherit" },
);
if (training.status !== 0 || !existsSync(trained)) {
  fail("the model has not learnt every row; run again with --seed 1 or a larger --seconds.", training.status || 1);
}

const rows = readFileSync(rowsPath, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line));
const { wrong, tokens, seconds } = await verify(trained, rows);
console.log(
  `node-llama-cpp: ${rows.length - wrong.length}/${rows.length} rows exact, ${tokens} tokens in ${seconds.toFixed(1)} s, ` +
    `${Math.round(tokens / seconds)} tokens/s`,
);
if (wrong.length > 0)
  fail(`the model is not exact in the engine, ${target} is left as it was:\n${wrong.join("\n")}`, 3);

mkdirSync(join(root, "models"), { recursive: true });
copyFileSync(trained, target);
rmSync(work, { recursive: true, force: true });
const size = statSync(target).size;
console.log(`models/rehearsal.gguf: ${size} bytes, in ${Math.round((performance.now() - began) / 1000)} s`);
