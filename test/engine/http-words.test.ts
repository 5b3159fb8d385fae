import assert from "node:assert/strict";
import { retryAfter, statusFailure } from "../../server/src/engine/http/answer-failures.js";
import { serverKey } from "../../server/src/engine/http/keys.js";
import { chooseModel } from "../../server/src/engine/http/models.js";
import { RawText } from "../../server/src/engine/http/raw-text.js";
import { Retries } from "../../server/src/engine/http/retry.js";
import { Slots } from "../../server/src/engine/http/slots.js";
import { TextFilter } from "../../server/src/engine/http/text-filter.js";
import { Calibration, TokenCounter } from "../../server/src/engine/http/token-counter.js";

describe("a server's key", () => {
  it("is the one that the editor keeps for this very server, or else of the environment", async () => {
    const env = { QED_API_KEY: "of qed", OPENAI_API_KEY: "of openai" };
    const asked: string[] = [];
    const ask = async (origin: string) => {
      asked.push(origin);
      return origin === "https://a.example.org" ? "kept" : null;
    };
    assert.equal((await serverKey("https://a.example.org/v1", env, ask))?.key, "kept");
    assert.equal((await serverKey("https://b.example.org:8443/v1", env, ask))?.key, "of qed");
    assert.deepEqual(asked, ["https://a.example.org", "https://b.example.org:8443"]);
    assert.equal((await serverKey("https://b.example.org", { OPENAI_API_KEY: "of openai" }, null))?.key, "of openai");
    assert.equal(await serverKey("https://b.example.org", {}, null), null);
    const broken = async () => Promise.reject(new Error("no"));
    assert.equal((await serverKey("https://b.example.org", env, broken))?.key, "of qed");
  });
});

describe("a busy server", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  for (const [header, seconds] of [
    ["7", 7],
    ["0", 0],
    ["Thu, 01 Jan 2026 00:00:30 GMT", 30],
    ["Thu, 01 Jan 2025 00:00:30 GMT", 0],
    ["soon", null],
    [undefined, null],
  ] as const) {
    it(`that says ${header} is asked again after ${seconds} seconds`, () =>
      assert.equal(retryAfter(header, now), seconds));
  }

  it("is asked again after longer and longer waits, as long as there is patience", () => {
    const busy = statusFailure("http://a/v1", 429, "");
    const retries = new Retries(20);
    const waits = Array.from({ length: 5 }, () => retries.wait(busy));
    assert.deepEqual(waits, [0.5, 1, 2, 4, 8]);
    assert.throws(() => retries.wait(busy), { code: "endpoint.busy" });
  });

  it("is not asked again where the account is empty, or the error is another", () => {
    assert.throws(() => new Retries(20).wait(statusFailure("http://a/v1", 429, "You exceeded your current quota")), {
      code: "endpoint.failed",
    });
    assert.throws(() => new Retries(20).wait(statusFailure("http://a/v1", 500, "")), { code: "endpoint.failed" });
  });
});

describe("the words of a server whose context is full", () => {
  for (const words of [
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
    "The decoder prompt (length 5000) is longer than the maximum model length of 4096.",
    "Requested token count exceeds the model's maximum context length of 4096 tokens.",
    "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
    "request (9412 tokens) exceeds the available context size (8192 tokens), try increasing it",
    "the input length exceeds the context length",
    "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens",
    '{"error":{"code":400,"message":"request (2622 tokens) exceeds the available context size (512 tokens)","type":"exceed_context_size_error"}}',
  ]) {
    it(`are understood: ${words.slice(0, 60)}`, () => {
      for (const status of [400, 500]) {
        const told = statusFailure("http://a/v1", status, JSON.stringify({ error: words }));
        assert.equal(told.code, "context.exceeded");
        assert.doesNotMatch(told.message, /\{/);
      }
    });
  }
});

describe("the model that is asked", () => {
  const listed = (...ids: string[]) => ids.map((id) => ({ id, contextSize: null, owner: null }));
  for (const [ids, wanted, chosen] of [
    [["a", "lm-provers/QED-Nano-SFT"], null, "lm-provers/QED-Nano-SFT"],
    [["text-embedding-x", "b"], null, "b"],
    [["a", "b:latest"], "b", "b:latest"],
    [["a"], "c", undefined],
    [[], null, undefined],
  ] as const) {
    it(`of ${JSON.stringify(ids)}, where ${wanted} is set, is ${chosen}`, () => {
      assert.equal(chooseModel(listed(...ids), wanted)?.id, chosen);
    });
  }
});

describe("the raw text of a chat", () => {
  const pushed = (...pieces: readonly { thought?: string; text?: string }[]) => {
    const raw = new RawText(false);
    return pieces.map((piece) => raw.push(piece)).join("") + raw.flush();
  };
  for (const [what, pieces, expected] of [
    [
      "a thought of its own, then the answer",
      [{ thought: "a" }, { thought: "b\n" }, { text: "c" }],
      "ab\n</think>\n\nc",
    ],
    ["both in one event", [{ thought: "a", text: "b" }], "a\n</think>\n\nb"],
    ["line breaks before the answer", [{ thought: "a" }, { text: "\n" }, { text: "\nb" }], "a\n</think>\n\nb"],
    [
      "a closing tag left in the answer",
      [{ thought: "a" }, { text: "</th" }, { text: "ink>\n\nb" }],
      "a\n</think>\n\nb",
    ],
    ["an opening tag", [{ text: "<th" }, { text: "ink>" }, { text: "\na</think>b" }], "\na</think>b"],
    ["an opening tag after a line break", [{ text: "\n<think>\na</think>b" }], "a</think>b"],
    ["no opening tag", [{ text: "a" }, { text: "</think>b" }], "a</think>b"],
    ["half an opening tag that is none", [{ text: "<thi" }, { text: "s>" }], "<this>"],
    [
      "a thought after the answer has begun",
      [{ thought: "a" }, { text: "b" }, { thought: "c" }, { text: "d" }],
      "a\n</think>\n\nbd",
    ],
    ["a thought and no answer", [{ thought: "a" }], "a"],
    ["half an opening tag at the end", [{ text: "<thi" }], "<thi"],
  ] as const) {
    it(`holds ${what}`, () => assert.equal(pushed(...pieces), expected));
  }
});

describe("the filter of a text", () => {
  it("finds end tokens and the key wherever they are split", () => {
    const whole = "a <|im x KEY-0123456 b <|im_end|> c";
    for (let at = 0; at <= whole.length; at++) {
      const filter = new TextFilter("KEY-0123456");
      const first = filter.push(whole.slice(0, at));
      const second = first.ended ? { text: "", ended: true } : filter.push(whole.slice(at));
      assert.equal(first.text + second.text, "a <|im x … b ", `split at ${at}`);
      assert.ok(first.ended || second.ended);
    }
  });

  it("gives back at the end what was no token, and no half of a key", () => {
    const filter = new TextFilter("KEY-0123456");
    assert.equal(filter.push("a <|im_e").text, "a ");
    assert.equal(filter.flush(), "<|im_e");
    assert.equal(filter.push("b KEY-0123").text, "b ");
    assert.equal(filter.flush(), "…");
  });
});

describe("the tokens of a text", () => {
  it("are what the server has told, and an estimate of what came since", () => {
    const counter = new TokenCounter(new Calibration());
    assert.equal(counter.push("abcdef", undefined), 2);
    assert.equal(counter.push("x", 10), 10);
    assert.equal(counter.push("abcdef", undefined), 12);
    assert.equal(counter.push("x", 11), 12, "never fewer than before");
  });

  it("are estimated by what was counted, unless that can't be", () => {
    const calibration = new Calibration();
    assert.equal(calibration.charactersPerToken, 3);
    calibration.learnText(40_000, 1000);
    assert.equal(calibration.charactersPerToken, 3, "nobody's tokens are that long");
    calibration.learnText(4000, 1000);
    assert.equal(calibration.charactersPerToken, 4);
    assert.equal(calibration.promptTokens(248), 100, "a prompt rather too long than too short");
  });
});

describe("the requests that wait for a place", () => {
  const never = new AbortController().signal;

  it("are let in by lane, typing before runs before reviews, each lane in its order", async () => {
    const slots = new Slots();
    const first = slots.take("run", never);
    assert.equal(first.waits, false);
    const order: string[] = [];
    const waiting = (["review", "run", "typing", "run", "typing"] as const).map((lane, k) => {
      const slot = slots.take(lane, never);
      return slot.ready.then(() => {
        order.push(`${lane} ${k}`);
        slot.release();
        slot.release();
      });
    });
    first.release();
    await Promise.all(waiting);
    assert.deepEqual(order, ["typing 2", "typing 4", "run 1", "run 3", "review 0"]);
    assert.equal(slots.take("run", never).waits, false);
  });

  it("may give up, and then take no place", async () => {
    const slots = new Slots();
    const first = slots.take("run", never);
    const abort = new AbortController();
    const second = slots.take("run", abort.signal);
    const third = slots.take("run", never);
    abort.abort(new Error("enough"));
    await assert.rejects(second.ready, /enough/);
    second.release();
    first.release();
    await third.ready;
    assert.equal(slots.take("run", never).waits, true);
  });
});
