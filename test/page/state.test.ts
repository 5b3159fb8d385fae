import assert from "node:assert/strict";
import type { HostMessage } from "../../webview/src/channel.js";
import { type PageState, type RunState, reduce, WAITING } from "../../webview/src/state.js";
import { ENGINE, PROVED, phase, runOf, show, stream, timing } from "./runs.js";

function after(...messages: readonly HostMessage[]): PageState {
  let state: PageState = WAITING;
  for (const message of messages) {
    const next = reduce(state, message);
    assert.ok(next, `events were missed at ${message.type}`);
    state = next;
  }
  return state;
}

function events(first: number, list: (typeof PROVED)[number][], runId = "run-1"): HostMessage {
  return { type: "events", runId, first, events: list, timing: timing() };
}

describe("the page's state", () => {
  it("ends at the same run whether it got a snapshot or the stream", () => {
    const half = 20;
    const streamed = after(show([]), events(0, PROVED.slice(0, half)), events(half, PROVED.slice(half))) as RunState;
    assert.deepEqual(streamed.run, runOf(PROVED));
    assert.deepEqual(streamed.run, (after(show(PROVED)) as RunState).run);
    assert.equal(streamed.events, PROVED.length);
  });

  it("skips events that a snapshot already held, also in part", () => {
    const state = after(show(PROVED.slice(0, 10)), events(5, PROVED.slice(5, 15)), events(0, PROVED.slice(0, 3)));
    assert.deepEqual((state as RunState).run, runOf(PROVED.slice(0, 15)));
  });

  it("asks for everything again when events are missing", () => {
    assert.equal(reduce(after(show([ENGINE])), events(2, [phase("thinking")])), null);
  });

  it("ignores what is about another run", () => {
    const before = after(show([ENGINE]));
    assert.equal(reduce(before, events(1, stream("thought", "other"), "run-2")), before);
    assert.equal(reduce(before, { type: "decided", runId: "run-2", decision: "accepted" }), before);
    assert.equal(reduce(before, { type: "proposal", runId: "run-2", canAccept: true, note: "" }), before);
  });

  it("keeps proposal and decision with their run, and drops them with the next", () => {
    const decided = after(
      show(PROVED),
      { type: "proposal", runId: "run-1", canAccept: false, note: "The statement changed." },
      { type: "decided", runId: "run-1", decision: "rejected" },
    ) as RunState;
    assert.equal(decided.proposal?.note, "The statement changed.");
    assert.equal(decided.run.decision, "rejected");
    const next = reduce(decided, show([], {}, { id: "run-2" })) as RunState;
    assert.equal(next.proposal, null);
    assert.equal(next.run.decision, null);
  });
});
