import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import type { CompletionEvent, CompletionRequest } from "../../server/src/engine/engine.js";
import { HttpEngine, type HttpEngineOptions } from "../../server/src/engine/http/http-engine.js";
import {
  type Action,
  type Script,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from "../fixtures/scripted-server.js";
import { until } from "./local-child.js";

const REQUEST: CompletionRequest = {
  lane: "run",
  prompt: { message: "Prove $a=a$ — «déjà» 💡.", thought: "", answer: null },
  maxTokens: 50,
  sampling: { temperature: 0.6, topP: 0.95 },
  seed: 4_294_967_295,
};
const RAW = "<|im_start|>user\nProve $a=a$ — «déjà» 💡.<|im_end|>\n<|im_start|>assistant\n<think>\n";
const TEXT = "Voilà 💡 — 証明.";
const STREAM = [
  ": a ping\r\n\r\n",
  `data: {"choices":[{"text":"Voilà"}]}\n\n`,
  `event: x\nid: 3\ndata: {"choices":[{"text":" 💡 —","finish_reason":null}]}\r\n\r\n`,
  `data:{"choices":[{"text":" 証明."}]}\n\n`,
  `data: {"choices":[{"text":"","finish_reason":"stop"}]}\n\n`,
  "data: [DONE]\n\n",
].join("");

const never = new AbortController().signal;
const text = (text: string): Action => ({ do: "text", text });
const STOP: Action = { do: "finish", reason: "stop" };

describe("the protocol of a server", () => {
  let server: ScriptedServer | null = null;

  afterEach(async () => {
    await server?.close();
    server = null;
  });

  async function engineOn(
    script: Script,
    { models, chunked, dialect, ...options }: Partial<HttpEngineOptions> & ScriptedServerOptions = {},
  ): Promise<HttpEngine> {
    const more = {
      ...(models === undefined ? {} : { models }),
      ...(chunked === undefined ? {} : { chunked }),
      ...(dialect === undefined ? {} : { dialect }),
    };
    server = await startScriptedServer(script, more);
    return new HttpEngine({
      endpoint: server.endpoint,
      model: null,
      apiKey: null,
      sampling: REQUEST.sampling,
      silenceSeconds: 10,
      ...options,
    });
  }

  it("is asked by raw text completion, with every number of the request", async () => {
    const engine = await engineOn(() => [text("x"), STOP], { apiKey: "a key" });
    await collect(engine);
    const [request] = server!.requests;
    assert.equal(request?.path, "/v1/completions");
    assert.equal(request?.method, "POST");
    assert.equal(request?.headers.authorization, "Bearer a key");
    assert.deepEqual(request?.body, {
      model: "scripted",
      prompt: RAW,
      max_tokens: 50,
      temperature: 0.6,
      top_p: 0.95,
      seed: 4_294_967_295,
      stream: true,
      stream_options: { include_usage: true, continuous_usage_stats: true },
    });
  });

  it("carries no key where none is set", async () => {
    const engine = await engineOn(() => [text("x"), STOP]);
    await collect(engine);
    assert.equal(server!.requests[0]?.headers.authorization, undefined);
  });

  it("is understood wherever its bytes are split", async () => {
    const bytes = Buffer.from(STREAM);
    let cut = 0;
    const engine = await engineOn(() => [
      { do: "raw", bytes: bytes.subarray(0, cut) },
      { do: "raw", bytes: bytes.subarray(cut) },
    ]);
    for (cut = 1; cut < bytes.length; cut++) assert.equal(textOf(await collect(engine)), TEXT, `split at byte ${cut}`);
  });

  it("is understood byte by byte", async () => {
    const engine = await engineOn(() =>
      Array.from(Buffer.from(STREAM), (byte): Action => ({ do: "raw", bytes: Uint8Array.of(byte) })),
    );
    const events = await collect(engine);
    assert.equal(textOf(events), TEXT);
    assert.equal(events.at(-1)?.type, "end");
  });

  it("is kept alive by pings for longer than a silence may last", async () => {
    const engine = await engineOn(
      async function* () {
        for (let ping = 0; ping < 12; ping++) {
          yield { do: "ping" };
          await setTimeout(100);
        }
        yield text("x");
        yield STOP;
      },
      { silenceSeconds: 1 },
    );
    assert.equal(textOf(await collect(engine)), "x");
  });

  it("may write more texts than the one that was asked for", async () => {
    const both = [
      { index: 1, text: "other " },
      { index: 0, text: "own " },
    ];
    const engine = await engineOn(() => [
      { do: "event", data: { choices: both } },
      { do: "event", data: { choices: [{ index: 1, text: "", finish_reason: "length" }] } },
      text("text"),
      STOP,
    ]);
    const events = await collect(engine);
    assert.equal(textOf(events), "own text");
    const end = events.at(-1);
    assert.ok(end?.type === "end" && end.reason === "end");
  });

  it("may leave out [DONE], and even the blank line after the last event", async () => {
    const engine = await engineOn(() => [
      text("x"),
      { do: "raw", bytes: 'data: {"choices":[{"finish_reason":"stop"}]}' },
    ]);
    assert.deepEqual((await collect(engine)).at(-1), {
      type: "end",
      reason: "end",
      usage: { evaluated: 21, reused: 0, generated: 1 },
    });
  });

  it("may break off after the finish reason: the text is whole", async () => {
    const engine = await engineOn(() => [text("x"), STOP, { do: "cut" }]);
    assert.equal((await collect(engine)).at(-1)?.type, "end");
  });

  it("ends by length or by an end token", async () => {
    let reason = "length";
    const engine = await engineOn(() => [text("x"), { do: "finish", reason }, { do: "done" }]);
    const ends = [];
    for (reason of ["length", "stop", "eos_token"]) ends.push((await collect(engine)).at(-1));
    assert.deepEqual(
      ends.map((event) => event?.type === "end" && event.reason),
      ["length", "end", "end"],
    );
  });

  it("counts its own tokens, also what it reused", async () => {
    const usage = { prompt_tokens: 30, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 20 } };
    const engine = await engineOn(() => [text("x"), { do: "finish", reason: "stop", usage }, { do: "done" }]);
    const end = (await collect(engine)).at(-1);
    assert.deepEqual(end?.type === "end" && end.usage, { evaluated: 10, reused: 20, generated: 7 });
  });

  it("may ignore that a stream was asked for", async () => {
    const body = { choices: [{ text: "all at once", finish_reason: "stop" }] };
    const engine = await engineOn(() => [{ do: "respond", status: 200, body }]);
    const events = await collect(engine);
    assert.equal(textOf(events), "all at once");
    assert.equal(events.at(-1)?.type, "end");
  });

  it("is never asked for more tokens than its context has", async () => {
    const engine = await engineOn(() => [text("x"), STOP], { models: [{ id: "small", max_model_len: 60 }] });
    await collect(engine);
    const asked = server!.requests[0]?.body.max_tokens as number;
    assert.ok(asked >= 1 && asked < 50, `${asked} tokens`);
  });

  it("is asked for the model that the settings name, with that model's context", async () => {
    const models = [
      { id: "first", max_model_len: 100 },
      { id: "second", max_model_len: 200 },
    ];
    const engine = await engineOn(() => [text("x"), STOP], { models, model: "second" });
    assert.equal((await engine.capabilities(never)).contextSize, 200);
    await collect(engine);
    assert.equal(server!.requests[0]?.body.model, "second");
  });

  it("may have no list of models", async () => {
    const script: Script = ({ path }) =>
      path.endsWith("/models") ? [{ do: "respond", status: 404, body: "no" }] : [text("x"), STOP];
    const engine = await engineOn(script, { models: null });
    assert.equal(textOf(await collect(engine)), "x");
    assert.equal(server!.requests[0]?.body.model, "default");
  });

  it("may be started again with another model between two runs", async () => {
    const models = [{ id: "old", max_model_len: 1000 }];
    const engine = await engineOn(() => [text("x"), STOP], { models });
    assert.equal((await engine.capabilities(never)).model, "old");
    models[0] = { id: "new", max_model_len: 2000 };
    assert.equal((await engine.capabilities(never)).model, "new");
    await collect(engine);
    assert.equal(server!.requests[0]?.body.model, "new");
  });

  it("gives no event after a cancel, though a chunk holds many", async () => {
    const many = Array.from({ length: 20 }, (_, index) => `data: {"choices":[{"text":"${index} "}]}\n\n`).join("");
    const engine = await engineOn(() => [{ do: "raw", bytes: many }, { do: "stall" }]);
    const cancel = new AbortController();
    const seen: string[] = [];
    await assert.rejects(
      async () => {
        for await (const event of engine.complete(REQUEST, cancel.signal)) {
          if (event.type !== "text") continue;
          seen.push(event.text);
          if (seen.length === 3) cancel.abort();
        }
      },
      { name: "AbortError" },
    );
    assert.deepEqual(seen, ["0 ", "1 ", "2 "]);
    await until("the socket is closed", () => server!.requests[0]?.abandoned === true);
  });

  it("is left when its reader has had enough", async () => {
    const engine = await engineOn(() => [text("x"), { do: "stall" }]);
    for await (const event of engine.complete(REQUEST, never)) if (event.type === "text") break;
    await until("the socket is closed", () => server!.requests[0]?.abandoned === true);
  });

  it("is left when the engine is disposed of", async () => {
    const engine = await engineOn(() => [text("x"), { do: "stall" }]);
    await assert.rejects(
      async () => {
        for await (const event of engine.complete(REQUEST, never)) if (event.type === "text") await engine.dispose();
      },
      { code: "stream.cut" },
    );
    await until("the socket is closed", () => server!.requests[0]?.abandoned === true);
  });

  it("is not even called before an engine is used", async () => {
    await engineOn(() => [text("x"), STOP], { models: null });
    assert.deepEqual(server!.requests, []);
  });
});

async function collect(engine: HttpEngine): Promise<CompletionEvent[]> {
  const events: CompletionEvent[] = [];
  for await (const event of engine.complete(REQUEST, never)) events.push(event);
  return events;
}

function textOf(events: readonly CompletionEvent[]): string {
  return events.map((event) => (event.type === "text" ? event.text : "")).join("");
}
