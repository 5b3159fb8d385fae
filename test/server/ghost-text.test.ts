import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GhostTextRequest, ProveRequest } from "../../server/src/protocol.js";
import { type Action, type Script, type ScriptedServer, startScriptedServer } from "../fixtures/scripted-server.js";
import { at, ensureDist, fileText, poll, positionAt, Session } from "./session.js";

const LEMMA = "\\begin{lemma}\\label{a}The square of an odd integer $n$ is odd.\\end{lemma}\n";
const PROOF = "Let \\(n=2k+1\\) be odd. Then \\(n^2=4k^2+4k+1\\) is odd as well. This was to be shown.";

const tokens = (text: string): Action[] =>
  (text.match(/ ?\w+|[\s\S]/g) ?? []).map((piece) => ({ do: "text", text: piece }));
const FINISH: readonly Action[] = [{ do: "finish", reason: "stop" }, { do: "done" }];
const says =
  (text: string): Script =>
  () => [...tokens(text), ...FINISH];

interface Items {
  readonly items: readonly { readonly insertText: string; readonly range: unknown; readonly command?: unknown }[];
}

before(function () {
  this.timeout(120_000);
  ensureDist();
});

describe("ghost text over stdio", function () {
  this.timeout(30_000);
  let script: Script;
  let models: ScriptedServer;
  let session: Session;
  let count = 0;
  const settings = (ghostText: string) => ({ engine: "http", endpoint: models.endpoint, ghostText });

  before(async () => {
    models = await startScriptedServer((request) => script(request));
    session = await Session.start(settings("auto"));
  });
  after(async () => {
    await session.stop();
    await models.close();
  });
  beforeEach(() => {
    script = () => assert.fail("the engine was asked");
    session.client.configuration = settings("auto");
  });

  /** Opens a lemma with what is written of its proof, `|` being the cursor, and gives what a request takes. */
  function written(proof: string, lemma = LEMMA) {
    const marked = `${lemma}\\begin{proof}\n${proof}\n\\end{proof}\n`;
    const offset = marked.indexOf("|");
    const text = marked.slice(0, offset) + marked.slice(offset + 1);
    const uri = session.open(text, `untitled:ghost-${++count}.tex`);
    return { uri, text, offset, params: { textDocument: { uri }, position: positionAt(text, offset) } };
  }
  const standard = (params: object, triggerKind: 1 | 2 = 2) =>
    session.client.request<Items>("textDocument/inlineCompletion", { ...params, context: { triggerKind } });
  const own = (params: object, invoked = false) =>
    session.client.request<GhostTextRequest.Result>("qed/ghostText", { ...params, invoked });
  const texts = ({ items }: Items) => items.map(({ insertText }) => insertText);

  /** Proves a lemma of its own, so that a run about it is on disk. */
  async function proved(words: string): Promise<string> {
    const lemma = LEMMA.replace("integer", `integer (${words})`);
    script = says(`Think.\n</think>\n\n${PROOF}`);
    const uri = session.open(lemma, `untitled:run-${++count}.tex`);
    const result = await session.client.request<ProveRequest.Result>("qed/prove", at(uri, lemma, "The square"));
    assert.equal(result.outcome.kind, "proved", JSON.stringify(result.outcome));
    script = () => assert.fail("the engine was asked");
    return lemma;
  }

  it("offers the rest of a proof that a run found, in the file's delimiters, without asking the engine", async () => {
    const lemma = await proved("found");
    const { params } = written("Suppose $n=2k+1$ is odd. |", lemma);
    const answer = await standard(params);
    assert.deepEqual(texts(answer), [
      "Then $n^2=4k^2+4k+1$ is odd as well.",
      "Then $n^2=4k^2+4k+1$ is odd as well. This was to be shown.",
    ]);
    assert.ok(answer.items.every(({ command }) => command === undefined));
    const { items, why } = await own(params);
    assert.equal(why, null);
    assert.deepEqual([...new Set(items.map(({ source }) => source))], ["run"]);
    assert.match(
      items[0]!.tooltip,
      /^From the proof that a run by \S+ found on \d{4}-\d\d-\d\d\. Nobody has checked it\.$/,
    );
  });

  it("goes on inside a word and inside a formula of a found proof", async () => {
    const lemma = await proved("inside");
    assert.equal(
      texts(await standard(written("Let $n=2k+1$ be odd. Then $n^2=4k^2+4k+1$ is odd as we|", lemma).params))[0],
      "ll.",
    );
    assert.equal(texts(await standard(written("Let $n=2k+1$ be odd. Then $n^2=4k^2|$", lemma).params))[0], "+4k+1");
  });

  it("offers the beginning in an empty proof, and nothing that stands after the cursor", async () => {
    const lemma = await proved("empty");
    assert.equal(texts(await standard(written("|", lemma).params))[0], "Let $n=2k+1$ be odd.");
    const { params } = written("Let $n=2k+1$ be odd. |\nThis was to be shown.", lemma);
    assert.deepEqual(texts(await standard(params)), ["Then $n^2=4k^2+4k+1$ is odd as well."]);
  });

  it("asks the engine with an empty thought and the written part as the beginning of the answer", async () => {
    script = says(" this is so. And more.");
    const before = models.requests.length;
    const { params } = written("Here it is clear that this|");
    assert.equal(texts(await standard(params))[0], " is so.");
    const { prompt } = models.requests[before]!;
    assert.match(prompt, /<think>\n\n<\/think>\n\nHere it is clear that$/);
    assert.match(prompt, /The square of an odd integer/);
  });

  it("keeps what the engine wrote: the same place and what follows it ask nobody again", async () => {
    script = says(" now that \\(m>0\\) holds here. Then we go on.");
    const { params, uri, text, offset } = written("We see now|", LEMMA.replace("odd", "even"));
    assert.equal(texts(await standard(params))[0], " that $m>0$ holds here.");
    await poll("the stream has ended", () => existsSync(join(session.state, "ghost-text.jsonl")));
    script = () => assert.fail("the engine was asked");
    session.change(uri, text, offset, offset, " that ");
    const next = { textDocument: { uri }, position: { ...params.position, character: params.position.character + 6 } };
    const again = await own(next);
    assert.deepEqual([again.items[0]?.text, again.why], ["$m>0$ holds here.", null]);
    assert.match(again.items[0]!.source, /stream|cache/);
    assert.doesNotMatch(readFileSync(join(session.state, "ghost-text.jsonl"), "utf8"), /We see now/);
  });

  it("ends the engine's request at once when something else is typed, and never has two", async () => {
    let open = 0;
    let most = 0;
    script = async function* () {
      most = Math.max(most, ++open);
      try {
        yield { do: "text", text: " and" };
        yield { do: "stall" };
      } finally {
        open--;
      }
    };
    const { params, uri, text, offset } = written("Something new is that|", LEMMA.replace("odd", "prime"));
    const before = models.requests.length;
    const first = standard(params);
    await poll("the engine is asked", () => models.requests.length > before);
    session.change(uri, text, offset, offset, " other");
    const moved = { ...params, position: { ...params.position, character: params.position.character + 6 } };
    const second = session.client.begin<Items>("textDocument/inlineCompletion", {
      ...moved,
      context: { triggerKind: 1 },
    });
    assert.deepEqual(texts(await first), []);
    await poll("the first request is abandoned", () => models.requests[before]!.abandoned);
    await poll("the engine is asked again", () => models.requests.length > before + 1);
    session.client.cancel(second.id);
    await second.answer.catch(() => {});
    await poll("the second request is abandoned", () => models.requests[before + 1]!.abandoned);
    assert.equal(most, 1);
  });

  it("says why there is nothing: other words, no proof, a comment", async () => {
    script = says(" quite different.");
    assert.match((await own(written("The numb|").params, true)).why!, /in other words/);
    script = () => assert.fail("the engine was asked");
    const { uri } = written("|");
    assert.match((await own({ textDocument: { uri }, position: { line: 0, character: 3 } }, true)).why!, /in no proof/);
    assert.match((await own(written("% so |").params, true)).why!, /in a comment/);
  });

  it("asks nobody when it is off, and on a key only when it is manual", async () => {
    const asked = models.requests.length + models.asked.length;
    script = says(" this is so.");
    session.client.configuration = settings("off");
    const { params } = written("Off is what this|");
    assert.deepEqual(texts(await standard(params, 1)), []);
    session.client.configuration = settings("manual");
    assert.deepEqual(texts(await standard(params, 2)), []);
    assert.equal(models.requests.length + models.asked.length, asked);
    assert.equal(texts(await standard(params, 1))[0], " is so.");
  });

  it("tells a client that has a provider of its own nothing of the standard method, and all others", async () => {
    const capabilities = async (initializationOptions: object) => {
      const other = Session.bare();
      const { capabilities } = await other.client.initialize({ initializationOptions });
      await other.stop();
      return (capabilities as { inlineCompletionProvider?: unknown }).inlineCompletionProvider;
    };
    assert.equal(await capabilities({ ghostText: true }), undefined);
    assert.deepEqual(await capabilities({}), {});
  });
});

describe("ghost text over stdio, with the rehearsal model", function () {
  this.timeout(40_000);
  let session: Session;
  before(async () => {
    session = await Session.start({ ghostText: "manual" });
  });
  after(() => session.stop());
  const ask = (uri: string, text: string, words: string, shift: number) => {
    const { textDocument, position } = at(uri, text, words);
    const moved = { line: position.line, character: position.character + shift };
    return session.client.request<GhostTextRequest.Result>(
      "qed/ghostText",
      { textDocument, position: moved, invoked: true },
      30_000,
    );
  };

  it("continues a proof that it knows from its written part", async () => {
    const text = fileText("samples", "article.tex");
    const uri = session.open(text, "untitled:article.tex");
    const { items, why } = await ask(
      uri,
      text,
      "We claim that $d=\\gcd(a,b)$.",
      "We claim that $d=\\gcd(a,b)$.".length,
    );
    assert.equal(why, null);
    assert.match(items[0]!.text, /Step 1\./);
    assert.equal(items[0]!.source, "engine");
  });

  it("is not asked what it doesn't know, and says so", async () => {
    const text = fileText("samples", "article.tex");
    const uri = session.open(text, "untitled:other.tex");
    const { items, why } = await ask(uri, text, "Let\n  $r=a-qb$ be the least", 3);
    assert.deepEqual(items, []);
    assert.match(why!, /^The rehearsal model knows only [^\n]*"QED: Set Up Model"/);
  });
});
