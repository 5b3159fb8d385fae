import assert from "node:assert/strict";
import { append, LONGEST, NO_PARAGRAPHS, type Paragraphs, pendingMath } from "../../webview/src/paragraphs.js";
import { THOUGHT } from "./runs.js";

function inPieces(text: string, size: number): Paragraphs {
  let paragraphs = NO_PARAGRAPHS;
  for (let at = 0; at < text.length; at += size) paragraphs = append(paragraphs, text.slice(at, at + size));
  return paragraphs;
}

const HOSTILE = [
  THOUGHT,
  "a\n\n\n  \n\nb\n\nc",
  "\n\n\nbegins with blank lines\n\nand goes on",
  `\\[ never closed ${"x + ".repeat(4000)}\n\nthen more\n\nand more`,
  "x".repeat(3 * LONGEST + 17),
  `${"word ".repeat(1199)}12345\n\nat the very edge`,
  "😀".repeat(LONGEST),
  "```\ncode\n\nstill code\n```\n\ntext",
];

describe("the paragraphs of a thought", () => {
  it("don't depend on the pieces that the text comes in", () => {
    for (const text of HOSTILE) {
      const whole = append(NO_PARAGRAPHS, text);
      for (const size of [1, 7, 1000]) assert.deepEqual(inPieces(text, size), whole, JSON.stringify(text.slice(0, 30)));
    }
  });

  it("lose no character but white space between them", () => {
    for (const text of HOSTILE) {
      const { done, open } = append(NO_PARAGRAPHS, text);
      assert.equal([...done, open].join("").replace(/\s/g, ""), text.replace(/\s/g, ""));
    }
  });

  it("don't change once they are done", () => {
    let before = NO_PARAGRAPHS;
    for (const character of THOUGHT) {
      const after = append(before, character);
      assert.deepEqual(after.done.slice(0, before.done.length), before.done);
      before = after;
    }
    assert.equal(before.done.length, 7);
  });

  it("keep display mathematics and code together across a blank line", () => {
    assert.deepEqual(append(NO_PARAGRAPHS, "See\n\\[\na\n\n= b\n\\]\nand\n\nnext").done, [
      "See\n\\[\na\n\n= b\n\\]\nand",
    ]);
    assert.deepEqual(append(NO_PARAGRAPHS, "```\na\n\nb\n```\n\nnext").done, ["```\na\n\nb\n```"]);
  });

  it("are never longer than a frame can set, and never end inside a surrogate pair", () => {
    const { done, open } = append(NO_PARAGRAPHS, `x${"😀".repeat(500_000)}`);
    for (const text of [...done, open]) {
      assert.ok(text.length <= LONGEST);
      assert.doesNotMatch(text, /[\ud800-\udbff]$/);
    }
  });
});

describe("mathematics that is still being written", () => {
  it("is found at its beginning, and only if it isn't closed", () => {
    assert.equal(pendingMath("so \\(x\\) and \\[ y"), 13);
    assert.equal(pendingMath("so \\(x\\) and \\[ y \\]"), null);
    assert.equal(pendingMath("a \\\\(not mathematics"), null);
    assert.equal(pendingMath("\\[ a \\\\[2pt] b"), 0);
    assert.equal(pendingMath("plain"), null);
  });
});
