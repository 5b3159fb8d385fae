import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { SetUpLookRequest, SetUpRunRequest } from "../../server/src/protocol.js";
import { type FakeHub, startHub } from "../fixtures/hub-server.js";
import { ensureDist, fileText, poll, Session } from "./session.js";

const MODEL = readFileSync(join(import.meta.dirname, "..", "..", "models", "rehearsal.gguf"));
const SOURCE = "hf:x/y/file.gguf";

interface Progress {
  readonly token: string;
  readonly value: { readonly kind: string; readonly message?: string; readonly percentage?: number };
}

describe("setting a model up from an editor", function () {
  this.timeout(30_000);
  let hub: FakeHub;
  let session: Session;
  before(function () {
    this.timeout(120_000);
    ensureDist();
  });
  beforeEach(async () => {
    hub = await startHub({
      "x/y": { files: { "file.gguf": MODEL } },
      "x/gated": { files: { "file.gguf": MODEL }, token: "hf_right" },
    });
    session = await Session.start({ hub: hub.address });
  });
  afterEach(async () => {
    await session.stop();
    await hub.close();
  });

  const wanted = (source: string | null = SOURCE) => ({ source, type: null, directory: null });
  const model = () => join(session.state, "models", "x--y", "file.gguf");

  it("tells what the machine has and what fits, and asks nobody, as long as no source is named", async () => {
    const look = await session.client.request<SetUpLookRequest.Result>("qed/setup/look", wanted(null));
    assert.match(look.lines[0]!, /^This machine: /);
    assert.deepEqual(
      look.choices.map(({ type }) => type),
      ["bf16", "q8_0", "q4_k_m"],
    );
    assert.ok(look.choices.filter(({ proposed }) => proposed).length <= 1);
    assert.equal(look.plan, null);
    assert.equal(look.unfinished, null);
    assert.equal(hub.requests.length, 0);
  });

  it("tells what would be downloaded, from where and to where, and downloads nothing", async () => {
    const { plan } = await session.client.request<SetUpLookRequest.Result>("qed/setup/look", wanted());
    assert.ok(plan && "lines" in plan, JSON.stringify(plan));
    assert.equal(plan.lines[0], `Model: ${SOURCE}`);
    assert.match(plan.lines[1]!, /^Download: \d\.\d\d MB from 127\.0\.0\.1:\d+$/);
    assert.equal(plan.folder, join(session.state, "models", "x--y"));
    assert.equal(hub.byteRequests().length, 0);
    assert.ok(!existsSync(plan.folder));
  });

  it("does it with progress, and the model proves", async () => {
    hub.always = { throttle: MODEL.length };
    const params = { ...wanted(), workDoneToken: "w" };
    const result = await session.client.request<SetUpRunRequest.Result>("qed/setup/run", params, 20_000);
    assert.ok("model" in result, JSON.stringify(result));
    assert.equal(result.model, model());
    assert.ok(readFileSync(model()).equals(MODEL));
    assert.ok(result.contextSize > 2048);
    const values = session.client.of<Progress>("$/progress").map(({ value }) => value);
    assert.equal(values[0]!.kind, "begin");
    assert.equal(values.at(-1)!.kind, "end");
    const messages = values.map(({ message }) => message ?? "");
    assert.ok(
      messages.some((message) => /^Downloading: .* MB of .* MB, .*\/s, \d+ seconds? left$/.test(message)),
      messages.join("\n"),
    );
    assert.ok(messages.some((message) => /^Loading the model once/.test(message)));

    session.client.configuration = { hub: hub.address, model: result.model };
    const text = fileText("samples", "article.tex");
    const uri = session.open(text, "untitled:article.tex");
    const position = { line: text.split("\\label{thm:bezout}")[0]!.split("\n").length - 1, character: 0 };
    const proved = await session.client.request<{ outcome: { kind: string } }>(
      "qed/prove",
      { textDocument: { uri }, position },
      20_000,
    );
    assert.equal(proved.outcome.kind, "proved");
  });

  it("stops at once when it is cancelled, keeps what has come, and goes on from there", async () => {
    hub.always = { throttle: MODEL.length / 2 };
    const { id, answer } = session.client.begin<SetUpRunRequest.Result>("qed/setup/run", wanted(), 20_000);
    const half = `${model()}.part`;
    await poll("something has come", () => existsSync(half) && statSync(half).size > MODEL.length / 10);
    session.client.cancel(id);
    const stopped = await answer;
    assert.deepEqual(stopped, {
      problem: 'Stopped. What has come is kept; "QED: Set Up Model" goes on from there.',
      code: "cancelled",
    });
    const kept = statSync(half).size;
    assert.ok(kept < MODEL.length && !existsSync(model()));
    hub.always = {};
    const look = await session.client.request<SetUpLookRequest.Result>("qed/setup/look", wanted(null));
    assert.equal(look.unfinished?.source, SOURCE);
    const result = await session.client.request<SetUpRunRequest.Result>("qed/setup/run", look.unfinished, 20_000);
    assert.ok("model" in result, JSON.stringify(result));
    assert.equal(hub.requests.at(-1)!.headers.range, `bytes=${kept}-`);
    assert.ok(readFileSync(model()).equals(MODEL));
  });

  it("two windows download once", async () => {
    hub.always = { throttle: MODEL.length };
    const other = await Session.start({ hub: hub.address });
    try {
      // Two servers, one folder for models.
      const params = { ...wanted(), directory: join(session.state, "models") };
      const results = await Promise.all(
        [session, other].map(({ client }) => client.request<SetUpRunRequest.Result>("qed/setup/run", params, 25_000)),
      );
      for (const result of results) assert.ok("model" in result && result.model === model(), JSON.stringify(result));
      assert.equal(hub.byteRequests().filter(({ at }) => at === "storage").length, 1);
    } finally {
      await other.stop();
    }
  });

  it("says when a token is needed, takes one, and writes it nowhere", async () => {
    const gated = wanted("hf:x/gated/file.gguf");
    const closed = await session.client.request<SetUpRunRequest.Result>("qed/setup/run", gated);
    assert.ok("problem" in closed && closed.code === "hub.gated", JSON.stringify(closed));
    const open = await session.client.request<SetUpRunRequest.Result>(
      "qed/setup/run",
      { ...gated, token: "hf_right" },
      20_000,
    );
    assert.ok("model" in open, JSON.stringify(open));
    for (const name of readdirSync(session.state, { recursive: true, encoding: "utf8" })) {
      const path = join(session.state, name);
      if (statSync(path).isFile()) assert.ok(!readFileSync(path).includes("hf_right"), name);
    }
    assert.ok(!session.client.stderr.includes("hf_right"));
  });

  it("refuses parameters that are none, and tells problems in one sentence", async () => {
    for (const params of [{ source: 1 }, { source: null, type: "q2" }, { source: SOURCE, token: {} }]) {
      await assert.rejects(session.client.request("qed/setup/run", params), /is a text or null|"type" is/);
    }
    const { plan } = await session.client.request<SetUpLookRequest.Result>("qed/setup/look", wanted("nonsense"));
    assert.ok(plan && "problem" in plan && plan.code === "source.invalid");
    assert.doesNotMatch(plan.problem, /\n/);
  });
});
