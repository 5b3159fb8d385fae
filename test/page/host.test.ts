import assert from "node:assert/strict";
import { contentSecurityPolicy, pageHtml } from "../../client/src/panel/html.js";
import { pageMessage } from "../../client/src/panel/validate.js";
import { PanelView } from "../../client/src/panel/view.js";
import type { Run } from "../../server/src/store/run.js";
import { CHANNEL_VERSION, type HostMessage } from "../../webview/src/channel.js";
import { ENGINE, header, OPTIONS, PROVED, phase, runOf, stream } from "./runs.js";

const READY = { type: "ready", version: CHANNEL_VERSION } as const;

/** A view with a page that records, and a disk that holds `stored`. */
function fixture(stored: { run: Run; events: number } | null = null) {
  const posted: HostMessage[] = [];
  const calls = { fetched: 0, reloaded: 0 };
  const view = new PanelView({
    post: (message) => posted.push(message),
    fetch: async () => {
      calls.fetched += 1;
      return stored;
    },
    reload: () => {
      calls.reloaded += 1;
    },
    now: () => Date.parse(header().time) + 5000,
  });
  return { view, posted, calls };
}

function shownIn(message: HostMessage | undefined) {
  assert.equal(message?.type, "show");
  return message as Extract<HostMessage, { type: "show" }>;
}

describe("the panel's host", () => {
  it("posts nothing until the page is ready, then everything at once", () => {
    const { view, posted } = fixture();
    view.show({ run: runOf([]), events: 0, options: OPTIONS });
    view.events("run-1", 0, PROVED);
    view.proposal({ runId: "run-1", canAccept: true, note: "" });
    assert.deepEqual(posted, []);
    view.receive(READY);
    assert.equal(posted.length, 1);
    const { run, events, proposal, timing } = shownIn(posted[0]);
    assert.deepEqual(run, runOf(PROVED));
    assert.equal(events, PROVED.length);
    assert.equal(proposal?.canAccept, true);
    assert.equal(timing.ended, Date.parse(header().time) + 5000);
  });

  it("gives a page that was made again all of it again", () => {
    const { view, posted } = fixture();
    view.show({ run: runOf([ENGINE]), events: 1, options: OPTIONS });
    view.receive(READY);
    view.pageGone();
    view.events("run-1", 1, stream("thought", "while nobody looked"));
    assert.equal(posted.length, 1);
    view.receive(READY);
    assert.equal(shownIn(posted[1]).run.thought.text, "while nobody looked");
  });

  it("says that there is nothing to show", () => {
    const { view, posted } = fixture();
    view.receive(READY);
    assert.deepEqual(posted, [{ type: "none" }]);
  });

  it("fills a gap from the disk and goes on with the events that came meanwhile", async () => {
    const { view, posted, calls } = fixture({ run: runOf(PROVED.slice(0, 30)), events: 30 });
    view.show({ run: runOf([]), events: 0, options: OPTIONS });
    view.receive(READY);
    view.events("run-1", 25, PROVED.slice(25, 35));
    view.events("run-1", 35, PROVED.slice(35));
    await new Promise(setImmediate);
    assert.equal(calls.fetched, 1);
    assert.deepEqual(view.run, runOf(PROVED));
    const last = posted.at(-1);
    assert.equal(last?.type === "events" && last.first + last.events.length, PROVED.length);
  });

  it("keeps what it has when the disk doesn't answer", async () => {
    const { view } = fixture(null);
    view.show({ run: runOf([ENGINE]), events: 1, options: OPTIONS });
    view.events("run-1", 7, [phase("writing")]);
    await new Promise(setImmediate);
    assert.deepEqual(view.run, runOf([ENGINE]));
    view.events("run-1", 1, [phase("thinking")]);
    assert.equal(view.run?.phase, "thinking");
  });

  it("passes on only what is asked of the run that is shown", () => {
    const { view } = fixture();
    view.show({ run: runOf(PROVED), events: PROVED.length, options: OPTIONS });
    assert.deepEqual(view.receive({ type: "accept", runId: "run-1" }), { type: "accept", runId: "run-1" });
    assert.equal(view.receive({ type: "accept", runId: "run-0" }), null);
    assert.deepEqual(view.receive({ type: "setUp" }), { type: "setUp" });
    assert.equal(view.receive(READY), null);
  });

  it("loads a page of another version again, but not for ever", () => {
    const { view, posted, calls } = fixture();
    view.receive({ type: "ready", version: CHANNEL_VERSION + 1 });
    view.receive({ type: "ready", version: CHANNEL_VERSION + 1 });
    assert.equal(calls.reloaded, 1);
    assert.deepEqual(posted, []);
  });
});

describe("a message from the page", () => {
  it("comes through with its known fields and nothing else", () => {
    assert.deepEqual(pageMessage({ type: "ready", version: 1, extra: "x" }), { type: "ready", version: 1 });
    assert.deepEqual(pageMessage({ type: "copy", runId: "r", uri: "file:///x" }), { type: "copy", runId: "r" });
    assert.deepEqual(pageMessage({ type: "setUp", runId: "r" }), { type: "setUp" });
  });

  it("is dropped if it is anything else", () => {
    const wrong = [
      null,
      undefined,
      "accept",
      7,
      [],
      {},
      { type: "ready" },
      { type: "ready", version: "1" },
      { type: "accept" },
      { type: "accept", runId: "" },
      { type: "accept", runId: 7 },
      { type: "accept", runId: "x".repeat(10_000) },
      { type: ["accept"], runId: "r" },
      { type: "__proto__", runId: "r" },
      { type: "run", runId: "r", command: "workbench.action.terminal.new" },
    ];
    for (const value of wrong) assert.equal(pageMessage(value), null, JSON.stringify(value));
  });
});

describe("the page's HTML", () => {
  const parts = {
    cspSource: "https://webview.example",
    script: 'https://webview.example/main.js?"><script>',
    style: "https://webview.example/main.css",
    nonce: "n1",
    styleNonce: "n2",
    language: "en",
  };

  it("allows no inline script, no inline style element, and nothing from elsewhere", () => {
    const policy = contentSecurityPolicy(parts);
    assert.match(policy, /^default-src 'none'; script-src 'nonce-n1'; /);
    assert.doesNotMatch(
      policy.replace("style-src-attr 'unsafe-inline'", ""),
      /unsafe|\*|https?:(?!\/\/webview\.example)/,
    );
  });

  it("escapes what goes into attributes, and shows no script nonce outside the script", () => {
    const html = pageHtml(parts);
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.match(html, /src="https:\/\/webview\.example\/main\.js\?&quot;>&lt;script>"/);
    assert.equal(html.replace(/content="default-src[^"]*"/, "").match(/n1/g)?.length, 1);
  });
});
