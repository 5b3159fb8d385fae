/** Editor entry: the language server over stdio or Node's IPC, as its arguments say. */
import { fileURLToPath } from "node:url";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { startServer } from "./server.js";
import { stateDirectory } from "./store/directory.js";

startServer(createConnection(ProposedFeatures.all), {
  extensionRoot: fileURLToPath(new URL("..", import.meta.url)),
  stateDirectory: stateDirectory(),
});
