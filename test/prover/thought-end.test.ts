import assert from "node:assert/strict";
import { END_OF_THOUGHT, ThoughtEnd } from "../../server/src/prover/thought-end.js";

/** Feeds pieces, and gives the thought and what came after it. */
function split(pieces: readonly string[]): { readonly thought: string; readonly rest: string | null } {
  const end = new ThoughtEnd();
  let thought = "";
  let rest: string | null = null;
  for (const piece of pieces) {
    if (rest !== null) {
      rest += piece;
      continue;
    }
    const found = end.push(piece);
    thought += found.thought;
    rest = found.rest;
  }
  return { thought: thought + end.flush(), rest };
}

describe("the end of a thought", () => {
  it("is found wherever its tag is split", () => {
    const text = `So it is <b, a </thin> veil.\n${END_OF_THOUGHT}\n\nProof.`;
    const whole = { thought: "So it is <b, a </thin> veil.\n", rest: "\n\nProof." };
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second++) {
        assert.deepEqual(split([text.slice(0, first), text.slice(first, second), text.slice(second)]), whole);
      }
    }
    assert.deepEqual(split([...text]), whole);
  });

  it("is the first of several tags", () => {
    assert.deepEqual(split(["a</think>b</think>c"]), { thought: "a", rest: "b</think>c" });
  });

  it("is not there in a thought that only begins the tag", () => {
    assert.deepEqual(split(["a </thi", "nk"]), { thought: "a </think", rest: null });
    assert.deepEqual(split(["</think", "er> <", "/", "<"]), { thought: "</thinker> </<", rest: null });
  });

  it("holds back nothing that can't be the tag", () => {
    const end = new ThoughtEnd();
    assert.equal(end.push("x < y").thought, "x < y");
    assert.equal(end.push(" <").thought, " ");
    assert.equal(end.push("b").thought, "<b");
    assert.equal(end.flush(), "");
  });
});
