import assert from "node:assert/strict";
import type { CompletionEvent, CompletionRequest } from "../../server/src/engine/engine.js";
import type { HttpEngine, HttpEngineOptions } from "../../server/src/engine/http/http-engine.js";
import { type Action, recite, type Script, type ScriptedServer } from "../fixtures/scripted-server.js";
import { SERVED } from "../fixtures/served/all.js";
import { SERVED_CHAT, SERVED_VLLM_CHATS } from "../fixtures/served/chat.js";
import type { ServedDialect, ServedModel } from "../fixtures/served/dialect.js";
import { SERVED_LLAMA } from "../fixtures/served/llama-server.js";
import { SERVED_LM_STUDIO } from "../fixtures/served/lm-studio.js";
import { SERVED_OLLAMA } from "../fixtures/served/ollama.js";
import { SERVED_SGLANG } from "../fixtures/served/sglang.js";
import { SERVED_VLLM } from "../fixtures/served/vllm.js";
import { piece, rows } from "../prover/pieces.js";
import { prove } from "../prover/trial.js";
import { engineAt, servers } from "./http-server.js";

const MESSAGE = "Prove $a=a$ — «déjà» 💡.";
const RAW = `<|im_start|>user\n${MESSAGE}<|im_end|>\n<|im_start|>assistant\n<think>\n`;
const REQUEST: CompletionRequest = {
  lane: "run",
  prompt: { message: MESSAGE, thought: "", answer: null },
  maxTokens: 50,
  sampling: { temperature: 0.6, topP: 0.95 },
  seed: 4_294_967_295,
};
const never = new AbortController().signal;
const text = (piece: string): Action => ({ do: "text", text: piece });
const STOP: Action = { do: "finish", reason: "stop" };
const X: Script = () => [text("x"), STOP, { do: "done" }];

/** The whole body of a request, by kind of server. */
const COMPLETION = {
  model: "scripted",
  max_tokens: 50,
  temperature: 0.6,
  top_p: 0.95,
  seed: 4_294_967_295,
  stream: true,
};
const MESSAGES = {
  ...COMPLETION,
  messages: [{ role: "user", content: MESSAGE }],
  stream_options: { include_usage: true },
};
const COUNTED = { ...COMPLETION, prompt: RAW, stream_options: { include_usage: true, continuous_usage_stats: true } };
const SAMPLERS = { temperature: 0.6, top_p: 0.95, top_k: 0, min_p: 0, seed: 4_294_967_295 };
const BODIES = new Map<ServedDialect, readonly [path: string, body: object]>([
  [SERVED_VLLM, ["/v1/completions", COUNTED]],
  [SERVED_SGLANG, ["/v1/completions", COUNTED]],
  [
    SERVED_LLAMA,
    [
      "/completion",
      { prompt: RAW, n_predict: 50, ...SAMPLERS, stream: true, cache_prompt: true, return_progress: true },
    ],
  ],
  [
    SERVED_OLLAMA,
    [
      "/api/generate",
      {
        model: "scripted",
        prompt: RAW,
        raw: true,
        stream: true,
        options: { num_ctx: 40_960, num_predict: 50, ...SAMPLERS, repeat_penalty: 1 },
      },
    ],
  ],
  [
    SERVED_LM_STUDIO,
    ["/v1/completions", { ...COMPLETION, prompt: RAW, stream_options: { include_usage: true }, repeat_penalty: 1 }],
  ],
  ...[SERVED_CHAT, ...SERVED_VLLM_CHATS].map((dialect) => [dialect, ["/v1/chat/completions", MESSAGES]] as const),
]);

for (const dialect of SERVED) {
  describe(`${dialect.name} as a server`, () => {
    const serve = servers();
    let server: ScriptedServer;

    async function engineOn(script: Script, options: Partial<HttpEngineOptions> = {}, models?: readonly ServedModel[]) {
      server = await serve(script, { dialect, ...(models ? { models } : {}) });
      return engineAt(server.endpoint, { contextSize: 49_152, ...options });
    }

    it("is recognised, with its context and what can be done there", async () => {
      const engine = await engineOn(X);
      const { edits, contextSize, model, parallel } = await engine.capabilities(never);
      assert.equal(edits, dialect.raw);
      assert.equal(model, "scripted");
      assert.equal(contextSize, dialect.raw ? 40_960 : null);
      const told: Readonly<Record<string, number>> = { "llama-server": 3, SGLang: 16, "LM Studio": 2, Ollama: 1 };
      assert.equal(parallel, told[dialect.name] ?? 4);
      const found = await engine.find(never);
      const id = {
        vllm: "vllm",
        sglang: "sglang",
        llamacpp: "llama-server",
        library: "ollama",
        organization_owner: "lm-studio",
      };
      assert.equal(found.dialect.id, (id as Readonly<Record<string, string>>)[dialect.owner] ?? "openai");
    });

    it("is believed to be what it was, and asked for its models and context each time", async () => {
      const engine = await engineOn(X);
      await engine.capabilities(never);
      const first = server.asked.length + server.requests.length;
      await engine.capabilities(never);
      const again = [...server.asked.slice(first), ...server.requests];
      assert.ok(again.length <= 3, JSON.stringify(again));
      assert.equal(again.filter((path) => path === "GET /v1/models").length, 1);
      assert.ok(!again.some((path) => String(path).includes("completion")), "what it can is not tried again");
    });

    it("is asked with every number of the request and no field that it does not know", async () => {
      const engine = await engineOn(X);
      await collect(engine);
      const [request] = server.requests;
      const [path, body] = BODIES.get(dialect)!;
      assert.equal(request?.path, path);
      assert.deepEqual(request?.body, body);
      assert.equal(request?.prompt, RAW, "the model reads the template once");
      assert.equal(request?.limit, 50);
    });

    it("gives one raw text: thought, closing tag, answer", async () => {
      const pieces = ["Add", " them", " — 💡.", "\n", "</", "think", ">", "\n\n", "Let", " \\(a\\)"];
      const engine = await engineOn(() => [...pieces.map(text), STOP, { do: "done" }]);
      const { thought, answer } = split(textOf(await collect(engine)));
      assert.equal(thought, "Add them — 💡.\n");
      assert.equal(answer, "Let \\(a\\)");
    });

    it("proves what it has memorised, and what reaches the model is the template's text", async () => {
      const { document, statement, thought, rest } = piece("quick.tex");
      const engine = await engineOn(recite(rows()));
      const { run } = await prove(engine, { document, statement });
      assert.deepEqual(run.outcome, { kind: "proved" });
      assert.equal(run.thought.text.trim(), thought.trim());
      assert.equal(run.answer?.text, rest);
      assert.equal(server.requests.length, 1);
    });

    it("counts its tokens, or they are estimated from the text and not from the events", async () => {
      const script: Script = () => [...Array.from({ length: 40 }, () => text("abcdef")), STOP, { do: "done" }];
      const engine = await engineOn(script);
      const request = { ...REQUEST, maxTokens: 500 };
      const events = await collect(engine, request);
      const counts = events.flatMap((event) => (event.type === "text" ? [event.tokens] : []));
      const end = events.at(-1);
      assert.ok(end?.type === "end" && end.reason === "end");
      assert.equal(end.usage.generated, 40);
      assert.ok(end.usage.evaluated + end.usage.reused > 0);
      const exact = ["vLLM", "SGLang", "llama-server"].includes(dialect.name);
      if (exact) {
        assert.deepEqual(
          counts,
          Array.from({ length: 40 }, (_, k) => k + 1),
        );
      } else
        assert.ok(counts.at(-1)! >= 80 && counts.at(-1)! <= 83, "three characters a token, until it is known better");
      // The next text of the same model is estimated by what the first was.
      if (exact) return;
      for (let run = 0; run < 5; run++) await collect(engine, request);
      const told = (await collect(engine, request)).flatMap((event) => (event.type === "text" ? [event.tokens] : []));
      assert.ok(told.at(-1)! >= 36 && told.at(-1)! <= 44, `about 40 tokens, not ${told.at(-1)}`);
    });

    it("is stopped where it writes more than it was asked for", async () => {
      const endless: Script = function* () {
        for (;;) yield text(" more");
      };
      const engine = await engineOn(endless);
      const events = await collect(engine);
      const end = events.at(-1);
      assert.ok(end?.type === "end" && end.reason === "length");
      const last = events.filter((event) => event.type === "text").at(-1);
      assert.ok(last?.type === "text" && last.tokens === 50);
      assert.equal(server.requests.length, 1);
    });

    for (const token of ["<|im_end|>", "<|endoftext|>"]) {
      it(`may leave ${token} in the text: there the completion ends`, async () => {
        const pieces = ["A.\n</think>\n\nB", `${token.slice(0, 4)}`, token.slice(4), "<|im_start|>user", " C"];
        const engine = await engineOn(() => [...pieces.map(text), { do: "stall" }]);
        const events = await collect(engine);
        assert.deepEqual(split(textOf(events)), { thought: "A.\n", answer: "B" });
        const end = events.at(-1);
        assert.ok(end?.type === "end" && end.reason === "end");
      });
    }

    const edited = { message: MESSAGE, thought: "Add.", answer: "Let" };
    it(
      dialect.raw ? "goes on with an edited text" : "says that a text can't be edited there, and is not asked",
      async () => {
        const engine = await engineOn(X);
        const request = { ...REQUEST, prompt: edited };
        if (dialect.raw) {
          assert.equal(textOf(await collect(engine, request)), "x");
          assert.equal(server.requests[0]?.prompt, `${RAW}Add.\n</think>\n\nLet`);
          return;
        }
        await assert.rejects(collect(engine, request), (error: Error & { code?: string }) => {
          assert.equal(error.code, "engine.chat-only");
          assert.match(error.message, /only takes chat messages.*Use a server with raw text completion/);
          return true;
        });
        assert.ok(!server.requests.some(({ body }) => body.stream === true));
      },
    );

    it("takes several texts at once, as many as it says, and the rest wait their turn", async () => {
      let open = () => {};
      const until = new Promise<void>((resolve) => {
        open = resolve;
      });
      const engine = await engineOn(() => [text("x"), { do: "stall", until }, STOP, { do: "done" }]);
      const { parallel } = await engine.capabilities(never);
      const all = Array.from({ length: parallel + 2 }, () => collect(engine));
      const begun = () => server.requests.filter(({ sent }) => sent > 0).length;
      for (let turn = 0; begun() < parallel && turn < 2000; turn++) await new Promise((go) => setTimeout(go, 1));
      assert.equal(begun(), parallel);
      assert.equal(server.requests.length, parallel);
      open();
      const types = (await Promise.all(all)).map((events) => events[0]?.type);
      assert.equal(types.filter((type) => type === "queued").length, 2);
      assert.equal(server.requests.length, parallel + 2);
    });
  });
}

/** The parts of a raw text, the answer without the blank lines that the template puts before it. */
function split(raw: string): { readonly thought: string; readonly answer: string } {
  const [thought = "", answer = ""] = raw.split("</think>");
  return { thought, answer: answer.trimStart() };
}

async function collect(engine: HttpEngine, request = REQUEST): Promise<CompletionEvent[]> {
  const events: CompletionEvent[] = [];
  for await (const event of engine.complete(request, never)) events.push(event);
  return events;
}

function textOf(events: readonly CompletionEvent[]): string {
  return events.map((event) => (event.type === "text" ? event.text : "")).join("");
}
