import assert from "node:assert/strict";
import type { Outcome, RunEvent } from "../../server/src/store/run.js";
import type { HostMessage } from "../../webview/src/channel.js";
import { findChromium, type PanelPage, Panels } from "./harness.js";
import { ENGINE, PROOF, PROVED, phase, show, stream, THOUGHT, timing } from "./runs.js";

const THINKING = [ENGINE, phase("thinking"), ...stream("thought", THOUGHT)];
const LONG_THOUGHT = THOUGHT.repeat(12);

function events(first: number, list: readonly RunEvent[]): HostMessage {
  return { type: "events", runId: "run-1", first, events: list, timing: timing() };
}

function ended(outcome: Outcome, answer = ""): readonly RunEvent[] {
  const written = answer === "" ? [] : [phase("writing"), ...stream("answer", answer)];
  return [...THINKING, ...written, { type: "outcome", outcome }];
}

describe("the reasoning panel", function () {
  this.timeout(60_000);
  let panels: Panels | null = null;
  let panel: PanelPage;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log("NOT TESTED: the panel's page, since there is no Chromium: install it or name it by CHROMIUM");
      this.skip();
    }
    panels = await Panels.start(chromium);
  });

  after(() => panels?.stop());

  beforeEach(async () => {
    panel = await (panels as Panels).open();
  });

  afterEach(async function () {
    if (this.currentTest?.state === "passed") assert.deepEqual(panel.trouble, []);
    await panel.close();
  });

  const text = async (selector: string) => (await panel.page.locator(selector).textContent()) ?? "";
  const has = (selector: string, part: string | RegExp) =>
    panel.page.locator(selector).filter({ hasText: part, visible: true }).first().waitFor();
  const hidden = (selector: string) => panel.page.locator(selector).first().waitFor({ state: "hidden" });
  const press = (label: string) => panel.page.locator("vscode-button", { hasText: label }).click();
  const scroll = () =>
    panel.page.evaluate(() => {
      const { scrollTop, clientHeight, scrollHeight } = document.documentElement;
      return { top: scrollTop, end: scrollHeight - clientHeight - scrollTop };
    });
  const atEnd = () =>
    panel.page.waitForFunction(() => {
      const { scrollTop, clientHeight, scrollHeight } = document.documentElement;
      return scrollHeight > clientHeight + 200 && scrollHeight - clientHeight - scrollTop < 4;
    });

  it("says how to begin when there is nothing to show, and offers to set up a model", async () => {
    await panel.post({ type: "none" });
    await has(".start", "QED: Prove This Statement");
    await press("Set Up Model");
    assert.deepEqual((await panel.sent()).at(-1), { type: "setUp" });
  });

  it("shows what is proven, with the document's own macros", async () => {
    await panel.post(show([]));
    await has("h1", "Theorem");
    await has("h1", "Euclid");
    await has(".statement", "there is a prime");
    const source = await panel.page.locator(".statement annotation").allTextContents();
    assert.deepEqual(source, ["n", "p > n", "\\PP"]);
    assert.equal(await panel.page.locator(".statement .mathbb").count(), 1);
  });

  it("streams the thought: it grows, its mathematics is typeset, and it is never shown as a proof", async () => {
    await panel.post(show([]));
    await panel.post(events(0, THINKING.slice(0, 12)));
    await has(".thought .paragraph", "The classical idea");
    const before = (await text(".thought-text")).length;
    await panel.post(events(12, THINKING.slice(12)));
    await has(".thought .paragraph", "an unbounded subset");
    assert.ok((await text(".thought-text")).length > before);
    assert.equal(await panel.page.locator(".thought .katex").count(), THOUGHT.match(/\\[([]/g)?.length);
    assert.ok((await panel.page.locator(".thought .display .katex-display").count()) === 1);
    await hidden(".proof");
    await hidden(".actions");
  });

  it("renders a finished paragraph once, and shows a formula that is being written as source", async () => {
    await panel.post(show(THINKING.slice(0, 20)));
    const first = panel.page.locator(".thought .paragraph").first();
    await first.locator(".katex").first().waitFor();
    const node = await first.elementHandle();
    const child = await node?.$("p");
    await panel.post(events(20, [...THINKING.slice(20), { type: "thought", text: "So \\(x^2 + ", tokens: 900 }]));
    await has(".thought .pending", "\\(x^2 +");
    assert.ok(await child?.evaluate((element) => element.isConnected));
    await panel.post(events(THINKING.length + 1, [{ type: "thought", text: "1\\).", tokens: 902 }]));
    await hidden(".thought .pending");
  });

  it("shows phase, budget, rate and time, and tells screen readers of phases only", async () => {
    await panel.post(show([phase("loading", 0.4)]));
    await has(".standing", "Loading the model");
    await panel.post(events(1, [phase("loading", 0.5)]));
    await panel.page.locator("[role=progressbar][aria-valuenow='50']").waitFor();
    await panel.page.evaluate(() => {
      const said: string[] = [];
      (globalThis as unknown as { said: string[] }).said = said;
      const status = document.querySelector("[role=status]") as Element;
      new MutationObserver(() => said.push(status.textContent ?? "")).observe(status, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await panel.post(events(2, [ENGINE, phase("thinking"), { type: "thought", text: "a", tokens: 1200 }]));
    await has(".tokens", "1,200 of 32,768 tokens");
    await has(".elapsed", /0:1\d/);
    await panel.post(events(5, [{ type: "thought", text: "b", tokens: 1300 }]));
    await has(".tokens", "1,300 of 32,768 tokens");
    await panel.page.waitForFunction(() => performance.now() > 2000);
    await panel.post(events(6, [{ type: "thought", text: "c", tokens: 1400 }]));
    await has(".rate", /tok\/s/);
    await panel.post(events(7, [phase("writing"), { type: "answer", text: "Let", tokens: 1 }]));
    await has(".tokens", "1 of 8,192 tokens");
    const said = await panel.page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
    assert.deepEqual(said, ["Thinking", "Writing the proof"]);
    await has(".engine", "QED-Nano-SFT Q8_0 · NVIDIA GeForce RTX 4090 · seed 7");
  });

  it("stops its run once, and says so", async () => {
    await panel.post(show(THINKING));
    await press("Stop");
    await has("vscode-button", "Stopping…");
    await panel.page.locator("vscode-button", { hasText: "Stopping…" }).click({ force: true });
    const stops = (await panel.sent()).filter(({ type }) => type === "stop");
    assert.deepEqual(stops, [{ type: "stop", runId: "run-1" }]);
    await panel.post(events(THINKING.length, [{ type: "outcome", outcome: { kind: "cancelled", message: "" } }]));
    await has(".standing", "Stopped");
    await hidden(".head vscode-button");
    await has(".thought", "The classical idea");
  });

  it("shows a proof by steps, each not checked in words, and folds the thought without losing it", async () => {
    await panel.post(show(THINKING));
    await has(".thought .paragraph", "The classical idea");
    await panel.post(events(THINKING.length, PROVED.slice(THINKING.length)));
    await has(".section-head", /Proof\s*\d+ steps, none checked/);
    const steps = await panel.page.locator(".step").count();
    assert.ok(steps >= 4, `${steps} steps`);
    assert.deepEqual(await panel.page.locator(".step-state").allTextContents(), Array(steps).fill("not checked"));
    assert.match(await text(".section-head .aside"), new RegExp(`^${steps} steps`));
    assert.equal(await panel.page.locator(".proof .katex").count(), PROOF.match(/\\[([]/g)?.length);
    await has(".notices", "Nobody has checked this proof.");
    await hidden(".thought-text");
    await panel.page.locator(".thought summary").click();
    await has(".thought .paragraph", "The classical idea");
  });

  it("asks for each decision on its own run, and shows what became of it", async () => {
    await panel.post(show(PROVED));
    await has("vscode-button", "Copy Proof");
    assert.ok(await panel.page.locator("vscode-button[disabled]", { hasText: "Accept" }).isVisible());
    await panel.post({ type: "proposal", runId: "run-1", canAccept: true, note: "One command was taken out." });
    await has(".actions-note", "One command was taken out.");
    for (const label of ["Show Diff", "Copy Proof", "Reject", "Accept"]) await press(label);
    const sent = (await panel.sent()).filter(({ type }) => type !== "ready");
    assert.deepEqual(
      sent,
      ["showDiff", "copy", "reject", "accept"].map((type) => ({ type, runId: "run-1" })),
    );
    await panel.post({ type: "decided", runId: "run-1", decision: "accepted" });
    await has(".standing", "Accepted");
    await hidden(".actions vscode-button:has-text('Reject')");
    await has("vscode-button", /Copy Proof|Copied/);
  });

  it("can't accept where the editor can't, and says why", async () => {
    await panel.post(show(PROVED, { proposal: { runId: "run-1", canAccept: false, note: "The statement changed." } }));
    await has(".actions-note", "The statement changed.");
    await panel.page.locator("vscode-button", { hasText: "Accept" }).click({ force: true });
    assert.deepEqual(
      (await panel.sent()).filter(({ type }) => type === "accept"),
      [],
    );
  });

  it("says how each run ended, and offers what helps", async () => {
    const message = "Here is the next step.";
    const cases: readonly [Outcome, string, string][] = [
      [{ kind: "cut-short", message }, PROOF.slice(0, 500), "Proof cut short"],
      [{ kind: "no-proof", message }, "", "No proof"],
      [{ kind: "unknown-to-rehearsal", message }, "", "Not run"],
      [{ kind: "cancelled", message }, "", "Stopped"],
      [{ kind: "failed", code: "engine-died", message }, "", "Failed"],
    ];
    for (const [outcome, answer, standing] of cases) {
      await panel.post(show(ended(outcome, answer)));
      await has(".standing", standing);
      await has(".notice", message);
      assert.equal(await panel.page.locator(".proof").isVisible(), answer !== "");
      assert.equal(await panel.page.locator(".actions vscode-button:has-text('Accept')").isVisible(), false);
      const setUp = panel.page.locator(".notice vscode-button", { hasText: "Set Up Model" });
      assert.equal(await setUp.isVisible(), outcome.kind === "unknown-to-rehearsal");
    }
  });

  it("shows a hint where it went into the thought, also when more is there than was taken away", async () => {
    const [before, half] = ["We look at the squares.", " Then we thi"];
    await panel.post(show([ENGINE, phase("thinking"), { type: "thought", text: before + half, tokens: 9 }]));
    await has(".thought-text", half);
    const hinted = "\n\nWait, I am given a hint: count them.\n\n";
    const more: readonly RunEvent[] = [
      { type: "hint", length: before.length, text: hinted, hint: "count them." },
      { type: "thought", text: "There are finitely many.", tokens: 14 },
    ];
    await panel.post(events(3, more));
    await has(".thought-text", "finitely many");
    assert.doesNotMatch(await text(".thought-text"), /we thi/);
    await has(".thought-text", "We look at the squares.");
  });

  it("says that a run is paused", async () => {
    await panel.post(show([...THINKING, { type: "phase", phase: "paused", progress: null }]));
    await has(".standing", "Paused");
  });

  it("labels a thought that was cut, a rehearsal, and what the author had written", async () => {
    const begun = PROOF.slice(0, PROOF.indexOf("---"));
    const run = show(
      [
        { ...ENGINE, rehearsal: true } as RunEvent,
        ...stream("thought", THOUGHT),
        { type: "cut", tokens: 8192, length: 400 },
        ...stream("answer", PROOF),
        { type: "outcome", outcome: { kind: "proved" } },
      ],
      {},
      { prefix: begun },
    );
    await panel.post(run);
    await has(".aside.cut", "thinking cut at 8,192 tokens");
    await has(".notice", "Rehearsal model: it has memorised the sample theorems.");
    const states = await panel.page.locator(".step-state").allTextContents();
    assert.equal(states[0], "yours, not checked");
    assert.equal(states.at(-1), "not checked");
  });

  it("stays at the end while text comes, lets its reader scroll up, and brings back", async () => {
    const pieces = stream("thought", LONG_THOUGHT, 400);
    const half = Math.floor(pieces.length / 2);
    await panel.post(show([ENGINE, phase("thinking")]));
    await panel.post(events(2, pieces.slice(0, half)));
    await atEnd();
    await panel.page.mouse.move(300, 500);
    await panel.page.mouse.wheel(0, -1500);
    await panel.page.waitForFunction(
      () => document.documentElement.scrollHeight - innerHeight - document.documentElement.scrollTop > 1000,
    );
    const { top } = await scroll();
    await panel.post(events(2 + half, pieces.slice(half)));
    await has(".new-text vscode-button", "New text");
    assert.ok(Math.abs((await scroll()).top - top) < 400, "the reader's place has moved");
    await press("New text");
    await atEnd();
    await hidden(".new-text vscode-button");
  });

  it("asks for everything again when events are missing", async () => {
    await panel.post(show([ENGINE]));
    await panel.post(events(5, [phase("thinking")]));
    await panel.page.waitForFunction(
      () =>
        (globalThis as unknown as { qedSent: { type: string }[] }).qedSent.filter(({ type }) => type === "ready")
          .length === 2,
    );
  });
});
