/** `npm run bench:NAME -- …`: test/bench/NAME.ts on a fresh build, with what follows. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, fail, root } from "./ensure.mjs";

const [name = "", ...args] = process.argv.slice(2);
const bench = join(root, "test", "bench", `${name}.ts`);
if (!/^[a-z-]+$/.test(name) || !existsSync(bench)) fail(`There is no bench "${name}".`);
ensureInstalled();
await ensureBuilt();
process.exitCode =
  spawnSync(process.execPath, ["--expose-gc", "--import", "tsx", bench, ...args], { cwd: root, stdio: "inherit" })
    .status ?? 1;
