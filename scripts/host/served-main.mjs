/**
 * The served VS Code's process: `node served-main.mjs SERVER_MAIN TEMP_DIR [server arguments…]`.
 * Loads VS Code's server and watches standard input, which only the parent holds open. When the parent is gone,
 * however it went, this process removes the temporary folder and ends its whole process group.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [serverMain, tempDir] = process.argv.splice(2, 2);
if (!serverMain || !tempDir) throw new Error("usage: served-main.mjs SERVER_MAIN TEMP_DIR [server arguments…]");
// VS Code's server reads its own arguments from index 2 on.
process.argv[1] = serverMain;

process.stdin.on("error", endAll).on("close", endAll).resume();

function endAll() {
  try {
    rmSync(String(tempDir), { recursive: true, force: true });
  } catch {
    // A process of the group still writes there; the operating system clears its temporary folder some day.
  }
  if (process.platform === "win32") execFileSync("taskkill", ["/pid", String(process.pid), "/T", "/F"]);
  else process.kill(-process.pid, "SIGKILL");
}

await import(pathToFileURL(serverMain).href);
