import assert from "node:assert/strict";
import { FoundProof } from "../../server/src/align/align.js";
import { replay, teacherProofs } from "./replay.js";

const FOUND = `Let \\(n\\) be an odd integer, say \\(n = 2k+1\\). Then

\\[
n^2 = 4k^2 + 4k + 1 = 4k(k+1) + 1 .
\\]

One of the consecutive integers \\(k\\) and \\(k+1\\) is even. Therefore \\(k(k+1)\\) is even, and \\(8\\) divides \\(4k(k+1)\\).

Hence \\(n^2 \\equiv 1 \\pmod 8\\).`;

const rest = (before: string, after = ""): string | null => {
  const place = new FoundProof(FOUND).continuation(before, after);
  return place && FOUND.slice(place.offset, place.end).trim();
};

describe("a found proof, aligned with what is written", () => {
  it("is offered from its beginning where nothing is written", () => {
    assert.equal(rest(""), FOUND);
  });

  it("goes on after the sentence that was written in the same words", () => {
    assert.match(rest("Let $n$ be an odd integer, say $n=2k+1$. ")!, /^Then/);
  });

  it("goes on after a sentence in other words and other delimiters, with another one left out", () => {
    const before =
      "Suppose that $n$ is an odd number, say $n=2k+1$. Now one of the consecutive numbers $k$ and $k+1$ must be even.\n";
    assert.match(rest(before)!, /^Therefore \\\(k\(k\+1\)\\\) is even/);
  });

  it("goes on after a display in an environment of LaTeX", () => {
    const before = "Let $n=2k+1$ be odd. Then\n\\begin{align*}\n n^2 = 4k^2+4k+1 = 4k(k+1)+1.\n\\end{align*}\n";
    assert.match(rest(before)!, /^One of the consecutive/);
  });

  it("goes on inside a sentence and inside a word", () => {
    const start = "Let $n$ be an odd integer, say $n=2k+1$. Then $n^2=4k^2+4k+1=4k(k+1)+1$. One of the consec";
    assert.match(rest(start)!, /^utive integers \\\(k\\\)/);
    assert.match(rest(`${start}utive`)!, /^integers/);
  });

  it("goes on inside a formula, and says where that ends", () => {
    const before = "Let $n$ be an odd integer, say $n=2k+1$. Then\n\\[ n^2 = 4k^2 + ";
    const place = new FoundProof(FOUND).continuation(before);
    assert.ok(place?.formulaEnd);
    assert.equal(FOUND.slice(place.offset, place.formulaEnd).trim(), "4k + 1 = 4k(k+1) + 1 .");
  });

  it("offers nothing for another argument", () => {
    assert.equal(rest("We use induction on the number of prime factors. "), null);
    assert.equal(rest("Let $n$ be an odd integer, say $n=2k+1$. The group of units is cyclic of order two. "), null);
  });

  it("offers nothing after the last sentence", () => {
    assert.equal(rest(`${FOUND}\n`), null);
  });

  it("ends before what the author has written on after the place", () => {
    const offered = rest("Let $n$ be an odd integer, say $n=2k+1$. ", "\nHence $n^2 \\equiv 1 \\pmod 8$.");
    assert.match(offered!, /^Then[\s\S]*4k\(k\+1\)\\\)\.$/);
  });

  it("offers nothing where the author has gone on from the place already", () => {
    assert.equal(rest("Let $n$ be an odd integer, say $n=2k+1$. ", " Then\n\\[n^2=4k^2+4k+1=4k(k+1)+1.\\]"), null);
  });

  it("offers what is in place in nine of ten offers for teachers' proofs in other words (a tenth of the bench)", function () {
    this.timeout(60_000);
    const proofs = teacherProofs();
    if (!proofs) {
      console.log("skipped: ../shared/data/proofs is missing");
      this.skip();
    }
    const replays = proofs.filter((_, k) => k % 10 === 3).map(({ proof }, k) => replay(proof, k + 1));
    const sum = (key: "places" | "offers" | "inPlace") => replays.reduce((total, one) => total + one[key], 0);
    assert.ok(sum("inPlace") >= 0.9 * sum("offers"), replays.flatMap(({ wrong }) => wrong).join("\n"));
    assert.ok(sum("offers") >= 0.4 * sum("places"), `${sum("offers")} of ${sum("places")} places had an offer`);
  });
});
