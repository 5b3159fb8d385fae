import assert from "node:assert/strict";
import type { CompletionRequest } from "../../server/src/engine/engine.js";
import type { HttpEngine } from "../../server/src/engine/http/http-engine.js";
import { serverRows } from "../../server/src/features/server-report.js";
import { DEFAULT_SETTINGS } from "../../server/src/settings.js";
import type { Action, Script } from "../fixtures/scripted-server.js";
import { SERVED } from "../fixtures/served/all.js";
import { SERVED_CHAT, SERVED_VLLM_CHATS } from "../fixtures/served/chat.js";
import type { ServedDialect } from "../fixtures/served/dialect.js";
import { SERVED_LLAMA } from "../fixtures/served/llama-server.js";
import { SERVED_OLLAMA } from "../fixtures/served/ollama.js";
import { SERVED_VLLM } from "../fixtures/served/vllm.js";
import { engineAt, KEY, servers } from "./http-server.js";

const REQUEST: CompletionRequest = {
  lane: "run",
  prompt: { message: "Prove it.", thought: "", answer: null },
  maxTokens: 50,
  sampling: { temperature: 0.6, topP: 0.95 },
  seed: 1,
};
const never = new AbortController().signal;
const X: readonly Action[] = [{ do: "text", text: "x" }, { do: "finish", reason: "stop" }, { do: "done" }];
const proves: Script = () => X;

/** A kind of server behind a gateway that lets only what begins with /v1 through. */
function hidden(dialect: ServedDialect): ServedDialect {
  return {
    ...dialect,
    completes: dialect.completes.filter((path) => path.startsWith("/v1/")),
    answer: (incoming, models) => (incoming.path === "/v1/models" ? dialect.answer(incoming, models) : null),
  };
}

describe("a server that is asked what it is", () => {
  const serve = servers();

  it("may be llama-server behind a gateway: raw completion under /v1 is found by trying it", async () => {
    const server = await serve(proves, { dialect: hidden(SERVED_LLAMA) });
    const engine = engineAt(server.endpoint);
    assert.equal((await engine.capabilities(never)).edits, true);
    const [trial] = server.requests;
    assert.deepEqual(trial?.body, { model: "scripted", prompt: "1", max_tokens: 1, stream: false });
    await complete(engine);
    assert.equal(server.requests.at(-1)?.path, "/v1/completions");
    assert.equal(server.requests.length, 2, "and tried once");
  });

  it("may be Ollama behind a gateway: its template would be put around ours, so it is asked by chat", async () => {
    const server = await serve(proves, { dialect: hidden(SERVED_OLLAMA) });
    const { edits } = await engineAt(server.endpoint).capabilities(never);
    assert.equal(edits, false);
    assert.deepEqual(server.requests, []);
  });

  it("may be of no known kind and have raw completion", async () => {
    const dialect = { ...hidden(SERVED_VLLM), answer: SERVED_CHAT.answer };
    const server = await serve(proves, { dialect });
    assert.equal((await engineAt(server.endpoint).capabilities(never)).edits, true);
  });

  it("may become another server at the same address", async () => {
    let dialect: ServedDialect = SERVED_VLLM;
    // Everything that is asked of the imitation is asked of the one that runs now.
    const changing = new Proxy(SERVED_VLLM, { get: (_, name) => Reflect.get(dialect, name) });
    const server = await serve(proves, { dialect: changing });
    const engine = engineAt(server.endpoint, { contextSize: 8192 });
    for (dialect of SERVED) {
      assert.equal((await engine.capabilities(never)).edits, dialect.raw, dialect.name);
      await complete(engine);
      assert.equal(server.requests.at(-1)?.path, dialect.completes[0], dialect.name);
    }
  });

  it("is waited for while it loads its model", async () => {
    let asked = 0;
    const loading: Action = {
      do: "respond",
      ...SERVED_LLAMA.error(503, "Loading model"),
      headers: { "retry-after": "0" },
    };
    const server = await serve(
      ({ path }) => {
        if (path !== "/v1/models") return X;
        return asked++ < 2
          ? [loading]
          : [{ do: "respond", status: 200, body: { data: [{ id: "qed", owned_by: "llamacpp" }] } }];
      },
      { dialect: SERVED_LLAMA, models: null },
    );
    assert.equal((await engineAt(server.endpoint).capabilities(never)).model, "qed");
    assert.equal(asked, 3);
  });

  it("is asked without the fields that it refuses, the limit of tokens by its newer name", async () => {
    const picky: ServedDialect = {
      ...SERVED_CHAT,
      refusal: (incoming, models) => {
        const { body } = incoming;
        if ("max_tokens" in body)
          return SERVED_CHAT.error(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          );
        if ("temperature" in body)
          return SERVED_CHAT.error(400, "Unsupported value: 'temperature' does not support 0.6 with this model.");
        return SERVED_CHAT.refusal(incoming, models);
      },
    };
    const server = await serve(proves, { dialect: picky });
    const engine = engineAt(server.endpoint);
    await complete(engine);
    const { body } = server.requests.at(-1)!;
    assert.equal(body.max_completion_tokens, 50);
    assert.ok(!("max_tokens" in body) && !("temperature" in body) && body.seed === 1);
    const before = server.requests.length;
    await complete(engine);
    assert.equal(server.requests.length, before + 1, "and it is remembered");
  });

  it("closes a thought by itself where it only takes chat and knows how", async () => {
    for (const [dialect, fields] of [
      [SERVED_VLLM_CHATS[0]!, { thinking_token_budget: 30 }],
      [SERVED_CHAT, {}],
    ] as const) {
      const server = await serve(proves, { dialect });
      await complete(engineAt(server.endpoint), { ...REQUEST, thoughtTokens: 30 });
      const { model, messages, max_tokens, temperature, top_p, seed, stream, stream_options, ...more } =
        server.requests.at(-1)!.body;
      assert.ok(model && messages && max_tokens && temperature && top_p && seed && stream && stream_options);
      assert.deepEqual(more, fields);
    }
  });

  it("tells how long a text is where an estimate does not tell whether it fits", async () => {
    const message = "a b c ".repeat(40);
    const prompt = { message, thought: "", answer: null };
    const server = await serve(proves, { models: [{ id: "small", max_model_len: 120 }] });
    const events = [];
    for await (const event of engineAt(server.endpoint).complete({ ...REQUEST, prompt }, never)) events.push(event);
    assert.ok(server.asked.includes("POST /tokenize"));
    assert.deepEqual(events[0], { type: "reading", evaluated: 0, total: 75 });
    assert.equal(server.requests[0]?.body.max_tokens, 120 - 75 - 1);
  });

  it("is not sent what it says is too long", async () => {
    const message = "a b c ".repeat(200);
    for (const dialect of [SERVED_VLLM, SERVED_LLAMA]) {
      const server = await serve(proves, { dialect, models: [{ id: "small", max_model_len: 120 }] });
      const asked = complete(engineAt(server.endpoint), { ...REQUEST, prompt: { message, thought: "", answer: null } });
      await assert.rejects(asked, (error: Error & { code?: string }) => {
        assert.equal(error.code, "context.exceeded");
        assert.match(error.message, /\(315 tokens\) is longer than the 120 tokens/);
        return true;
      });
      assert.deepEqual(server.requests, []);
    }
  });

  it("keeps as much context as the settings want, where it takes that from a request", async () => {
    const server = await serve(proves, {
      dialect: SERVED_OLLAMA,
      models: [{ id: "qed-nano:latest", max_model_len: 262_144 }],
    });
    const engine = engineAt(server.endpoint, { contextSize: 9000, model: "qed-nano" });
    assert.equal((await engine.capabilities(never)).contextSize, 9000);
    await complete(engine);
    assert.equal((server.requests[0]!.body.options as { num_ctx: number }).num_ctx, 9000);
  });
});

describe("the report on a server", () => {
  const serve = servers();
  const rowsOf = async (endpoint: string, env: NodeJS.ProcessEnv = { QED_API_KEY: KEY }) =>
    Object.fromEntries(await serverRows({ ...DEFAULT_SETTINGS, engine: "http", endpoint }, { env }));

  for (const dialect of SERVED) {
    it(`names ${dialect.name}, what can and what can't be done there, and never the key`, async () => {
      const server = await serve(proves, { dialect });
      const rows = await rowsOf(server.endpoint);
      const name = dialect.owner === "openai" ? /OpenAI's interface/ : /vLLM|SGLang|llama-server|Ollama|LM Studio/;
      assert.match(rows["Kind of server"]!, name);
      assert.match(rows["Model on the server"]!, /scripted/);
      assert.match(rows["Can do there"]!, dialect.raw ? /raw text/ : /from their beginning/);
      if (!dialect.raw) assert.match(rows["Can't do there"]!, /hints.*(?:chat|gateway)/);
      else assert.ok(/tokens/.test(rows.Context!) && !("Can't do there" in rows));
      assert.equal(rows.Key, "QED_API_KEY is set");
      assert.ok(!JSON.stringify(rows).includes(KEY));
      assert.ok(!server.requests.some(({ body }) => body.stream === true), "no text is written for it");
    });
  }

  it("says why a server does not answer, and what to do", async () => {
    const rows = await rowsOf("http://127.0.0.1:1/v1");
    assert.match(rows["It says"]!, /No server answers.*Start it/);
    assert.match((await rowsOf("http://example.org/v1"))["It says"]!, /allowInsecureEndpoint/);
    assert.match((await rowsOf(""))["It says"]!, /No server is set/);
  });
});

async function complete(engine: HttpEngine, request = REQUEST): Promise<void> {
  for await (const _ of engine.complete(request, never));
}
