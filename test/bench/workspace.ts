/**
 * `npm run bench:workspace`: how long the workspace of the whole corpus takes to be indexed, cold, and what an edit in a
 * preamble and a keystroke in its chapter cost. Prints a table; exits with 1 if a goal is missed.
 */
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DISK_FILES } from "../../server/src/workspace/disk-files.js";
import { finish, WorkspaceIndex } from "../../server/src/workspace/workspace-index.js";

const CORPUS = fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
/** For the whole corpus: looked through, declarations resolved, every document parsed in its project. */
const GOAL_MS = 2_000;
const TRIALS = 5;

if (!existsSync(CORPUS)) {
  console.log("skipped: ../shared/corpus is not here");
  process.exit(0);
}
const folder = realpathSync(CORPUS);

function timed<T>(work: () => T): { readonly ms: number; readonly value: T } {
  const began = performance.now();
  const value = work();
  return { ms: performance.now() - began, value };
}

function indexAll(): { readonly index: WorkspaceIndex; readonly files: readonly string[]; readonly longest: number } {
  const index = new WorkspaceIndex({ files: DISK_FILES, folder });
  const files = finish(index.scan());
  const steps = files.map((file) => timed(() => index.document(file)).ms);
  return { index, files, longest: Math.max(...steps) };
}

const trials = Array.from({ length: TRIALS }, () => timed(indexAll));
const times = trials.map(({ ms }) => ms);
const { index, files, longest } = trials.at(-1)!.value;

const preamble = join(folder, "napkin/tex/preamble.tex");
const chapter = join(folder, "napkin/tex/linalg/vector-space.tex");
index.touchAll();
const unchanged = timed(() => finish(index.settle()));
index.touch(preamble);
const context = timed(() => index.context(chapter));

const rows: readonly (readonly [string, number, number | null])[] = [
  [`${files.length} files, cold (the first of ${TRIALS})`, times[0]!, GOAL_MS],
  [`${files.length} files, best of ${TRIALS}`, Math.min(...times), GOAL_MS],
  ["the longest step of it (one file)", longest, null],
  ["all files looked at again, nothing changed", unchanged.ms, null],
  ["a chapter's context while its preamble is being edited", context.ms, null],
];
let missed = false;
for (const [what, ms, goal] of rows) {
  const verdict = goal === null ? "" : ms <= goal ? `  (goal ${goal} ms: met)` : `  (goal ${goal} ms: MISSED)`;
  missed ||= goal !== null && ms > goal;
  console.log(`${what.padEnd(56)} ${ms.toFixed(1).padStart(8)} ms${verdict}`);
}
process.exitCode = missed ? 1 : 0;
