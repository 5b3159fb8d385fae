/** `npm run -s qed -- …`: the terminal entry, built silently if the build is stale, with paths from where npm was called. */
import { ensureBuilt, ensureInstalled } from "./ensure.mjs";

ensureInstalled({ quiet: true });
await ensureBuilt();
// npm runs scripts in the package's folder.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
await import("../dist/cli.js");
