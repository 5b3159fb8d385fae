import assert from "node:assert/strict";
import { sentenceEnds } from "../../server/src/prover/sentence.js";

/** The text with a bar at each end of a sentence. */
function barred(text: string, from = 0): string {
  return sentenceEnds(text, from).reduceRight((out, end) => `${out.slice(0, end)}|${out.slice(end)}`, text);
}

const TEXTS = [
  'First. Then (see above.) And "so on." Is it? Yes! Done',
  "Let \\(x=1.5\\). Then\n\\[\nx>1 .\n\\]\nwhich is clear.\n\nNow e.g. this",
  "no end at all",
  "...\n\n... a?!) b",
  "Voilà… 証明。 Fin. 💡! So",
  " \n \n.\n",
  "",
];

describe("the ends of sentences", () => {
  it("are marks before white space, with their closing quotes, and line breaks", () => {
    assert.equal(barred('Yes. No? "Why!" (Because.) 1.5 is'), 'Yes.| No?| "Why!"| (Because.)| 1.5 is');
    assert.equal(barred("a\nb\n\nc"), "a|\nb|\n\nc");
  });

  it("are not known before the white space has come", () => {
    assert.equal(barred("Done."), "Done.");
    assert.equal(barred("Done. "), "Done.| ");
  });

  it("are not found in blank lines", () => {
    assert.equal(barred("a\n\n\nb"), "a|\n\n\nb");
  });

  it("begin at a place and include it", () => {
    assert.deepEqual(sentenceEnds("One. Two. Three. ", 4), [4, 9, 16]);
    assert.deepEqual(sentenceEnds("One. Two. Three. ", 5), [9, 16]);
    assert.deepEqual(sentenceEnds("One. Two. Three. ", 17), []);
    assert.deepEqual(sentenceEnds("One. ", 99), []);
  });

  it("from a place are those of the whole text from there on", () => {
    for (const text of TEXTS) {
      const all = sentenceEnds(text);
      for (let from = 0; from <= text.length; from++) {
        assert.deepEqual(
          sentenceEnds(text, from),
          all.filter((end) => end >= from),
          `${JSON.stringify(text)} ${from}`,
        );
      }
    }
  });

  it("that are found while a text streams in are found again in the whole", () => {
    for (const text of TEXTS) {
      const all = new Set(sentenceEnds(text));
      for (let length = 0; length <= text.length; length++) {
        for (const end of sentenceEnds(text.slice(0, length)))
          assert.ok(all.has(end), `${JSON.stringify(text)} ${end}`);
      }
    }
  });

  it("ascend, and none comes twice", () => {
    for (const text of TEXTS) {
      const ends = sentenceEnds(text);
      assert.deepEqual(
        ends,
        [...new Set(ends)].toSorted((a, b) => a - b),
      );
    }
  });
});
