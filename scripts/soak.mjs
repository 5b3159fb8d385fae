/** `npm run soak [-- NAME…]`: the long trials of test/soak, all or those named, one after another, on a fresh build. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, fail, root } from "./ensure.mjs";

const folder = join(root, "test", "soak");
const all = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));
const wanted = process.argv.slice(2);
for (const name of wanted) if (!all.includes(name)) fail(`There is no soak "${name}"; there are ${all.join(", ")}.`);
ensureInstalled();
await ensureBuilt();
const failed = (wanted.length > 0 ? wanted : all).filter((name) => {
  console.log(`\n== ${name}`);
  const file = join(folder, `${name}.ts`);
  return spawnSync(process.execPath, ["--import", "tsx", file], { cwd: root, stdio: "inherit" }).status !== 0;
});
console.log(failed.length === 0 ? "\nAll soaks passed." : `\nFailed: ${failed.join(", ")}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
