import assert from "node:assert/strict";
import { type EvaluatedText, reusable } from "../../server/src/engine/local/evaluated-text.js";

/** A sequence whose tokens are these pieces of text. */
function evaluated(...pieces: string[]): EvaluatedText<string> {
  const marks = pieces.map((_, index) => ({ count: index + 1, length: pieces.slice(0, index + 1).join("").length }));
  return { tokens: pieces, text: pieces.join(""), marks };
}

const NOTHING = { keep: 0, length: 0 };

describe("the tokens that a new prompt can keep", () => {
  it("go up to the last word's beginning inside the common text", () => {
    const known = evaluated("Add", " the", " two", " equations.");
    assert.deepEqual(reusable(known, "Add the two numbers."), { keep: 3, length: 11 });
    assert.deepEqual(reusable(known, "Add the two equations. Then stop."), { keep: 4, length: 22 });
  });

  it("are found by their text, not by how the tokenizer would split it", () => {
    assert.deepEqual(reusable(evaluated("A", "dd t", "he", " two"), "Add the two"), { keep: 3, length: 7 });
  });

  it("are none where nothing is known or nothing is common", () => {
    assert.deepEqual(reusable({ tokens: [], text: "", marks: [] }, "Add the two"), NOTHING);
    assert.deepEqual(reusable(evaluated("Add", " the"), "Sub the two"), NOTHING);
    assert.deepEqual(reusable(evaluated("Add", " the"), ""), NOTHING);
  });

  it("never end inside a word, before a number or a sign, or between blanks: the tokenizer might join those", () => {
    for (const text of ["Addition", "Add 12", "Add  two", "Add\ntwo", "Add (two", "Add."]) {
      assert.deepEqual(reusable(evaluated("Add"), text), NOTHING, text);
    }
    assert.deepEqual(reusable(evaluated("Add "), "Add two"), NOTHING);
  });

  it("may end before a word in any script", () => {
    for (const word of ["élan", "証明", "𝔸bc", "доказ"]) {
      assert.deepEqual(reusable(evaluated("x"), `x ${word}`), { keep: 1, length: 1 }, word);
    }
    assert.deepEqual(reusable(evaluated("💡"), "💡 yes"), { keep: 1, length: 2 });
  });

  it("end at a mark, so never inside of a character that takes several tokens", () => {
    const known = {
      tokens: ["a", "b1", "b2", "c"],
      text: "a 💡 so",
      marks: [
        { count: 1, length: 1 },
        { count: 4, length: 4 },
      ],
    };
    assert.deepEqual(reusable(known, "a 💡 so on"), { keep: 4, length: 4 });
    assert.deepEqual(reusable(known, "a 💣 so on"), NOTHING);
  });

  it("are found in long texts that differ late", () => {
    const words = Array.from({ length: 5000 }, (_, index) => ` w${"x".repeat(index % 7)}`);
    const known = evaluated(...words);
    for (const changed of [1, 1023, 1024, 4999]) {
      const text = words.with(changed, " other").join("");
      const { keep, length } = reusable(known, text);
      assert.ok(keep <= changed && keep >= changed - 1, `${keep} kept, the word ${changed} differs`);
      assert.equal(text.slice(0, length), known.text.slice(0, length));
    }
  });
});
