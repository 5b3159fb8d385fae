/** `npm start`: from a bare clone to a proof in the terminal, then how to see the same in VS Code. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, fail, root } from "./ensure.mjs";

/** The first statement of the sample article that has no proof. */
const SAMPLE = join("samples", "article.tex");

ensureInstalled();
await ensureBuilt();

console.log(`Proving the first open statement of ${SAMPLE} with the rehearsal model, on this machine.\n`);
const { status } = spawnSync(process.execPath, [join("dist", "cli.js"), "prove", SAMPLE], {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit"],
});
if (status !== 0) fail('The sample was not proved. "npm run -s qed -- doctor" says what is missing.');

console.log(`
The rehearsal model has memorised the sample theorems and nothing else; it shows how everything works.
Next:
  npm run editor                            the same in VS Code: open samples/article.tex, "QED: Prove This Statement"
  npm run -s qed -- prove FILE:LINE         another statement in the terminal
  npm run -s qed -- prove FILE --endpoint http://127.0.0.1:8000/v1    QED-Nano on a server of yours`);
