import assert from "node:assert/strict";
import { EngineError } from "../../server/src/engine/engine.js";
import { apiAddress } from "../../server/src/engine/http/address.js";
import { openEngine } from "../../server/src/engine/open-engine.js";
import { DEFAULT_SETTINGS } from "../../server/src/settings.js";
import { startScriptedServer } from "../fixtures/scripted-server.js";
import { theorem } from "../prover/pieces.js";
import { assertSentence, prove } from "../prover/trial.js";

describe("an address", () => {
  for (const [address, says] of Object.entries({
    "": "No server is set",
    "   ": "no address of a server",
    "localhost:8000": "no address of a server",
    "127.0.0.1:8000/v1": "no address of a server",
    "ftp://127.0.0.1/v1": "no address of a server",
    "file:///etc/passwd": "no address of a server",
    "http://": "no address of a server",
    "a\nb": "no address of a server",
    "http://example.org/v1": "allowInsecureEndpoint",
    "http://192.168.1.7:8000": "allowInsecureEndpoint",
    "http://127.0.0.1.example.org/v1": "allowInsecureEndpoint",
    "http://localhost.example.org/v1": "allowInsecureEndpoint",
    "http://me:hunter2@127.0.0.1:8000/v1": "QED_API_KEY",
    "http://hunter2@127.0.0.1:8000/v1": "QED_API_KEY",
  })) {
    it(`that reads ${JSON.stringify(address)} is refused with the next step`, () => {
      assert.throws(
        () => apiAddress(address, false),
        (error) => {
          assert.ok(error instanceof EngineError);
          assert.equal(error.code, "endpoint.invalid");
          assertSentence(error.message, [says]);
          assert.doesNotMatch(error.message, /hunter2/);
          return true;
        },
      );
    });
  }

  it("is taken from the settings, and the key from the environment", async () => {
    const key = "sk-secret-0123456789";
    const _nowhere = { extensionRoot: "", stateDirectory: "" };
    const server = await startScriptedServer(() => [
      { do: "text", text: "Add.\n</think>\n\nDone." },
      { do: "finish", reason: "stop" },
    ]);
    try {
      const engine = openEngine(
        { ...DEFAULT_SETTINGS, engine: "http", endpoint: server.endpoint },
        { extensionRoot: "", stateDirectory: "" },
        {
          env: { QED_API_KEY: key },
        },
      );
      const { run, file } = await prove(engine, theorem("The sum of two even integers is even."));
      assert.deepEqual(run.outcome, { kind: "proved" });
      assert.equal(server.requests[0]?.headers.authorization, `Bearer ${key}`);
      assert.ok(!file.includes(key));
    } finally {
      await server.close();
    }
  });
});

describe("the base address of an API", () => {
  for (const [given, base] of Object.entries({
    "http://127.0.0.1:8000": "http://127.0.0.1:8000/v1",
    "http://127.0.0.1:8000/": "http://127.0.0.1:8000/v1",
    "http://127.0.0.1:8000/v1": "http://127.0.0.1:8000/v1",
    "http://127.0.0.1:8000/v1//": "http://127.0.0.1:8000/v1",
    "http://127.0.0.1:8000/v1/completions": "http://127.0.0.1:8000/v1",
    "http://127.0.0.1:8000/v1/chat/completions": "http://127.0.0.1:8000/v1",
    "https://example.org/proxy/v1?x=1#y": "https://example.org/proxy/v1",
    "http://[::1]:8000": "http://[::1]:8000/v1",
    "http://localhost:8000": "http://localhost:8000/v1",
    "http://gpu.localhost:8000": "http://gpu.localhost:8000/v1",
  })) {
    it(`of ${given} is ${base}`, () => assert.equal(apiAddress(given, false).base, base));
  }
});
