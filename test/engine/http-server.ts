import { createServer } from "node:net";
import { HttpEngine, type HttpEngineOptions } from "../../server/src/engine/http/http-engine.js";
import {
  type Action,
  type Script,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
  tlsFile,
} from "../fixtures/scripted-server.js";
import { theorem } from "../prover/pieces.js";

/** What the servers are asked to prove. */
export const STATEMENT = theorem("The sum of two even integers is even.");

/** The answer of a server that proves it. */
export const PROVES: readonly Action[] = [
  { do: "text", text: "Add.\n</think>\n\nDone." },
  { do: "finish", reason: "stop" },
  { do: "done" },
];

/** The certificate of the encrypted servers. */
export const CERTIFICATE = tlsFile("certificate.pem");

/** A key that must be found nowhere. */
export const KEY = "sk-secret-0123456789";

/** An engine that asks the server at an address, with {@link KEY}, whatever the environment of the tests says. */
export function engineAt(endpoint: string, options: Partial<HttpEngineOptions> = {}): HttpEngine {
  return new HttpEngine({
    endpoint,
    model: null,
    apiKey: KEY,
    sampling: { temperature: 0.6, topP: 0.95 },
    silenceSeconds: 10,
    env: {},
    ...options,
  });
}

/** Servers that are closed again after each test. Call it within `describe`. */
export function servers(): (script: Script, options?: ScriptedServerOptions) => Promise<ScriptedServer> {
  const open: ScriptedServer[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });
  return async (script, options) => {
    const server = await startScriptedServer(script, options);
    open.push(server);
    return server;
  };
}

/** A port of this machine at which nobody listens. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
