import assert from "node:assert/strict";
import { createServer } from "node:net";
import { HttpEngine } from "../../server/src/engine/http/http-engine.js";
import {
  type Action,
  type Script,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from "../fixtures/scripted-server.js";
import { theorem } from "../prover/pieces.js";
import { assertFailed as assertOutcome, prove, type Trial } from "../prover/trial.js";

const KEY = "sk-secret-0123456789";
const STATEMENT = theorem("The sum of two even integers is even.");

/** What a server does wrong, and what the user is told. */
interface Fault {
  readonly actions: readonly Action[];
  readonly code: string;
  /** Part of the message: what happened or what to do next. */
  readonly says: readonly string[];
  /** What was thought before the fault. */
  readonly thought?: string;
  readonly server?: ScriptedServerOptions;
  /** Seconds of silence that are waited for: many, where the server is not silent. */
  readonly silence?: number;
}

const text = (text: string): Action => ({ do: "text", text });
const respond = (status: number, body: unknown, headers: Record<string, string> = {}): Action => ({
  do: "respond",
  status,
  body,
  headers,
});
const BEGUN = [text("Add"), text(" them")];
const CHECK = 'Check "qed.endpoint"';
const LOG = "Look at the server's log, then try again.";

/** One event whose text ends in a character of four bytes, of which only `bytes` have come. */
function splitCharacter(bytes: number): Action {
  const whole = Buffer.from('data: {"choices":[{"text":" 💡"}]}\n\n');
  return { do: "raw", bytes: whole.subarray(0, whole.indexOf(Buffer.from("💡")) + bytes) };
}

const FAULTS: Readonly<Record<string, Fault>> = {
  "refuses the key": {
    actions: [respond(401, { error: { message: `Incorrect API key provided: ${KEY}` } })],
    code: "endpoint.refused",
    says: ["status 401: Incorrect API key provided", "QED_API_KEY"],
  },
  "has no such path": {
    actions: [respond(404, { detail: "Not Found" })],
    code: "endpoint.failed",
    says: ["404: Not Found", 'Check "qed.endpoint" and "qed.model"'],
  },
  "answers 500 with JSON": {
    actions: [respond(500, { error: { message: "CUDA out\nof memory", type: "x" } })],
    code: "endpoint.failed",
    says: ["status 500: CUDA out of memory", LOG],
  },
  "answers 500 with a web page": {
    actions: [respond(500, "<html>\n<body>\nBad\nday</body></html>", { "content-type": "text/html" })],
    code: "endpoint.failed",
    says: ["status 500", LOG],
  },
  "answers 502 with a web page that has a title": {
    actions: [respond(502, `<!DOCTYPE html><style>${"x".repeat(900)}</style><title>Bad Gateway</title>`)],
    code: "endpoint.failed",
    says: ["(status 502: Bad Gateway)", LOG],
  },
  "answers 503 without a word": {
    actions: [respond(503, "")],
    code: "endpoint.failed",
    says: ["status 503", LOG],
  },
  "answers an error with status 200": {
    actions: [respond(200, { error: { message: "no slot is free" } })],
    code: "endpoint.failed",
    says: ["no slot is free", LOG],
  },
  "answers vLLM's old error object with status 200": {
    actions: [respond(200, { object: "error", message: "too long" })],
    code: "endpoint.failed",
    says: ["too long", LOG],
  },
  "sends an error in the stream": {
    actions: [...BEGUN, { do: "event", data: { error: { message: `worker died, key ${KEY}` } } }, { do: "stall" }],
    code: "endpoint.failed",
    says: ["worker died", LOG],
    thought: "Add them",
  },
  "gives the text up": {
    actions: [...BEGUN, { do: "finish", reason: "abort" }, { do: "done" }],
    code: "endpoint.failed",
    says: ["abort", LOG],
    thought: "Add them",
  },
  "answers with a web page": {
    actions: [respond(200, "<!doctype html><p>Log in", { "content-type": "text/html; charset=utf-8" })],
    code: "endpoint.malformed",
    says: ["a web page", CHECK],
  },
  "streams a chat's messages": {
    actions: [{ do: "event", data: { choices: [{ index: 0, delta: { content: "Add" } }] } }, { do: "done" }],
    code: "endpoint.malformed",
    says: ["chat messages", CHECK],
  },
  "answers with a chat's message": {
    actions: [respond(200, { choices: [{ index: 0, message: { content: "Add" }, finish_reason: "stop" }] })],
    code: "endpoint.malformed",
    says: ["chat messages", CHECK],
  },
  "answers with plain text": {
    actions: [respond(200, "hello")],
    code: "endpoint.malformed",
    says: ['"hello"', CHECK],
  },
  "answers with JSON that is no completion": {
    actions: [respond(200, { hello: "world" })],
    code: "endpoint.malformed",
    says: ["no completion", CHECK],
  },
  "sends an event that is no JSON": {
    actions: [...BEGUN, { do: "event", data: "{oops" }, { do: "stall" }],
    code: "endpoint.malformed",
    says: ["no JSON", CHECK],
    thought: "Add them",
  },
  "sends an event that is null": {
    actions: [...BEGUN, { do: "event", data: null }, { do: "stall" }],
    code: "endpoint.malformed",
    says: [CHECK],
    thought: "Add them",
  },
  "falls silent before its first byte": {
    actions: [{ do: "stall" }],
    code: "stream.silent",
    says: ["for 0.3 seconds", "try again", '"qed.serverTimeout"'],
    silence: 0.3,
  },
  "falls silent in the middle": {
    actions: [...BEGUN, { do: "ping" }, text(" up"), { do: "stall" }],
    code: "stream.silent",
    says: ["for 0.8 seconds", "try again", '"qed.serverTimeout"'],
    thought: "Add them up",
    silence: 0.8,
  },
  "closes before it answers": {
    actions: [{ do: "cut" }],
    code: "endpoint.unreachable",
    says: ["No server answers", '"qed.endpoint"'],
  },
  "breaks off in the middle": {
    actions: [...BEGUN, { do: "cut" }],
    code: "stream.cut",
    says: ["broke off", "try again"],
    thought: "Add them",
  },
  "breaks off inside a character": {
    actions: [...BEGUN, splitCharacter(2), { do: "cut" }],
    code: "stream.cut",
    says: ["broke off", "try again"],
    thought: "Add them",
  },
  "breaks off inside a character, and nothing tells it from an end": {
    actions: [...BEGUN, splitCharacter(2)],
    code: "stream.cut",
    says: ["broke off", "try again"],
    thought: "Add them",
    server: { chunked: false },
  },
  "ends without a finish reason": {
    actions: BEGUN,
    code: "stream.cut",
    says: ["broke off", "try again"],
    thought: "Add them",
  },
  "has a context that is too small": {
    actions: [],
    code: "context.exceeded",
    says: ["100 tokens", "Shorten it, or start the server with more context."],
    server: { models: [{ id: "small", max_model_len: 100 }] },
  },
};

describe("a server that", () => {
  let server: ScriptedServer | null = null;

  afterEach(async () => {
    await server?.close();
    server = null;
  });

  async function proveOn(script: Script, options?: ScriptedServerOptions, silence?: number): Promise<Trial> {
    server = await startScriptedServer(script, options);
    return prove(engineAt(server.endpoint, silence), STATEMENT);
  }

  for (const [name, { actions, code, says, thought = "", server: options, silence }] of Object.entries(FAULTS)) {
    it(`${name} gives one clear sentence, and the thought so far is kept`, async () => {
      const trial = await proveOn(() => actions, options, silence);
      assertFailed(trial, code, says);
      assert.equal(trial.stored.thought.text, thought);
      assert.equal(trial.stored.answer, null);
    });
  }

  it("breaks off inside the answer loses nothing of it", async () => {
    const trial = await proveOn(() => [text("Add.\n</thi"), text("nk>\n\nLet"), text(" \\(a"), { do: "cut" }]);
    assertFailed(trial, "stream.cut", ["try again"]);
    assert.equal(trial.stored.thought.text, "Add.\n");
    assert.equal(trial.stored.answer?.text, "Let \\(a");
  });

  it("sends on to another host does not get the key carried there", async () => {
    const other = await startScriptedServer(() => [respond(200, {})], { models: null });
    try {
      const to = `${other.endpoint}/completions`;
      const trial = await proveOn(() => [respond(307, "", { location: to })], { models: null });
      assertFailed(trial, "endpoint.failed", [`sends on to ${to}`, 'Set "qed.endpoint"']);
      assert.deepEqual(other.requests, []);
    } finally {
      await other.close();
    }
  });

  it("is not there gives one clear sentence", async () => {
    const trial = await prove(engineAt(`http://127.0.0.1:${await freePort()}/v1`), STATEMENT);
    assertFailed(trial, "endpoint.unreachable", ["connection refused", 'Start it, or correct "qed.endpoint"']);
  });

  it("speaks another protocol gives one clear sentence", async () => {
    const ssh = createServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.6\r\n"));
    const port = await new Promise<number>((resolve) => {
      ssh.listen(0, "127.0.0.1", () => resolve((ssh.address() as { port: number }).port));
    });
    try {
      const trial = await prove(engineAt(`http://127.0.0.1:${port}/v1`), STATEMENT);
      assertFailed(trial, "endpoint.unreachable", ["No server answers", '"qed.endpoint"']);
    } finally {
      ssh.close();
    }
  });

  it("was silent is asked again by the next run", async () => {
    let runs = 0;
    const again: Action[] = [text("Add.\n</think>\n\nDone."), { do: "finish", reason: "stop" }];
    const trial = await proveOn(() => (runs++ === 0 ? [{ do: "stall" }] : again), undefined, 0.3);
    assertFailed(trial, "stream.silent", ["try again"]);
    const { run } = await prove(engineAt(server!.endpoint), STATEMENT);
    assert.deepEqual(run.outcome, { kind: "proved" });
  });
});

function engineAt(endpoint: string, silenceSeconds = 10): HttpEngine {
  return new HttpEngine({
    endpoint,
    model: null,
    apiKey: KEY,
    sampling: { temperature: 0.6, topP: 0.95 },
    silenceSeconds,
  });
}

/** Failed as it should, and the key is nowhere in the run's file. */
function assertFailed(trial: Trial, code: string, says: readonly string[]): void {
  assertOutcome(trial, code, says);
  assert.ok(!trial.file.includes(KEY));
}

async function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
