import assert from "node:assert/strict";
import { remediesOf } from "../../server/src/features/remedies.js";

describe("what helps after a run", () => {
  const after = (code: string) => remediesOf({ kind: "failed", code, message: "…" });

  it("is a set-up where there is no model that can be used, or no server", () => {
    for (const code of [
      "model.missing",
      "model.corrupt",
      "endpoint.invalid",
      "endpoint.unreachable",
      "endpoint.model",
    ]) {
      assert.deepEqual(after(code), ["setUp"], code);
    }
    assert.deepEqual(remediesOf({ kind: "unknown-to-rehearsal", message: "…" }), ["setUp"]);
  });

  it("is no set-up where another window has the memory, or the engine died", () => {
    assert.deepEqual(after("model.held"), ["wait", "less"]);
    assert.deepEqual(after("model.full"), ["wait"]);
    assert.deepEqual(after("engine.crashed"), ["retry"]);
    assert.deepEqual(after("engine.unstable"), ["report"]);
  });

  it("is nothing where a message says it all", () => {
    for (const code of ["endpoint.refused", "store.failed", "internal"]) assert.deepEqual(after(code), [], code);
    assert.deepEqual(remediesOf({ kind: "proved" }), []);
    assert.deepEqual(remediesOf({ kind: "cancelled", message: "…" }), []);
  });
});
