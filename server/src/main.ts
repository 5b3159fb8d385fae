/** Editor entry: the language server over stdio or Node's IPC, as its arguments say. */
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { startServer } from "./server.js";
import { stateDirectory } from "./store/directory.js";

// Every token of a run is garbage soon: V8 would keep 30 MB more for it, with nothing gained (`npm run bench:stream`).
setFlagsFromString("--semi-space-growth-factor=1");

startServer(createConnection(ProposedFeatures.all), {
  extensionRoot: fileURLToPath(new URL("..", import.meta.url)),
  stateDirectory: stateDirectory(),
});
