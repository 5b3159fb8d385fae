import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LoopGuard } from "../../server/src/prover/loop-guard.js";
import { teacherProofs } from "../convert/proofs.js";
import { ROOT } from "../engine/local-child.js";

/** Where a text is found to loop: how much of it was taken, and where its first round ends; null if it isn't. */
function found(text: string, piece = 4): { readonly at: number; readonly firstRound: number } | null {
  const guard = new LoopGuard();
  for (let at = 0; at < text.length; at += piece) {
    const loop = guard.push(text.slice(at, at + piece));
    if (loop) return { at: Math.min(text.length, at + piece), firstRound: loop.firstRound };
  }
  return null;
}

/** A text without repetitions: numbered statements of changing words. */
function varied(length: number, seed = 1): string {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const words = "let us suppose that every prime divides some square since the sum of both terms is even".split(" ");
  let text = "";
  while (text.length < length)
    text += `${words[random(words.length)]} ${random(4) === 0 ? `\\(x_{${random(999)}}\\) ` : ""}`;
  return text.slice(0, length);
}

describe("the loop guard", () => {
  for (const period of [1, 2, 7, 40, 75, 200, 555, 600, 601, 1000, 1199, 1500, 1700]) {
    it(`stops an exactly periodic text of period ${period} at 1,200 characters or after its second round`, () => {
      const before = varied(3000, period);
      const round = varied(period, 77 + period);
      const loop = found(before + round.repeat(Math.ceil(6000 / period)))!;
      assert.ok(loop !== null, "it is found");
      const begun = loop.at - before.length;
      assert.ok(begun <= Math.max(1200, 2 * period) + 8, `${begun} characters after the loop began`);
      assert.ok(begun >= Math.min(1180, 2 * period), `${begun} characters: not before it is one`);
      assert.ok(
        Math.abs(loop.firstRound - before.length - period) <= 70,
        `first round ends at ${loop.firstRound - before.length}`,
      );
    });
  }

  it("stops sentences that come back in any order", () => {
    const sentences = [
      "Let me try the next exponent. ",
      "Hmm, this gives the same equation again. ",
      "Wait, I should check whether the parity argument still works here. ",
      "So we are back at the start. ",
    ];
    let state = 3;
    let text = varied(5000);
    const begun = text.length;
    for (let index = 0; index < 400; index++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      text += sentences[(state >>> 16) % 4];
    }
    const loop = found(text)!;
    assert.ok(loop !== null);
    assert.ok(loop.at - begun <= 4100, `${loop.at - begun}`);
    assert.ok(loop.firstRound > begun && loop.firstRound < begun + 1600, `${loop.firstRound - begun}`);
  });

  it("stops a long round with a counter in it", () => {
    const round = varied(900, 5);
    const text = varied(2000) + Array.from({ length: 12 }, (_, index) => `Attempt number ${index}. ${round}`).join("");
    const loop = found(text)!;
    assert.ok(loop !== null && loop.at <= 2000 + 4100, JSON.stringify(loop));
  });

  it("lets mathematics repeat itself: cases, tables, long sums, rules", () => {
    const cases = Array.from(
      { length: 60 },
      (_, n) => `Case ${n}: if \\(n\\equiv ${n}\\pmod{60}\\), then \\(n^2\\equiv ${(n * n) % 60}\\pmod{60}\\).\n`,
    );
    assert.equal(found(cases.join("")), null);
    const table = Array.from({ length: 80 }, (_, n) => `| ${n} | ${n * n} | ${n * n * n} | ${n % 7} |\n`);
    assert.equal(found(table.join("")), null);
    assert.equal(found(`${varied(2000)}\n${"-".repeat(900)}\n${varied(2000, 3)}\n${"-".repeat(900)}`), null);
    assert.equal(found(varied(600, 9) + varied(3000) + varied(600, 9) + varied(3000, 4) + varied(600, 9)), null);
    const twice = varied(500, 8);
    assert.equal(found(varied(1000) + twice + twice + varied(3000, 2)), null, "a paragraph that is there twice");
  });

  it("finds the same wherever the text is split", () => {
    const text = varied(500) + varied(130, 5).repeat(20);
    const whole = found(text, 1)!;
    for (const piece of [2, 3, 17, 400]) {
      const loop = found(text, piece)!;
      assert.equal(loop.firstRound, whole.firstRound);
      assert.ok(loop.at - whole.at < piece);
    }
  });

  it("takes 42 published proofs for what they are, and all concatenations of three of them", function () {
    this.timeout(120_000);
    const proofs = teacherProofs();
    if (proofs === null) return this.skip();
    assert.equal(proofs.length, 42);
    for (const proof of proofs) assert.equal(found(proof + proof + proof, 4096), null);
    // All pairs, each followed by a third: every neighbourhood that a concatenation of three can have.
    for (const [i, a] of proofs.entries()) {
      for (const [j, b] of proofs.entries()) {
        assert.equal(found(a + b + proofs[(i + j) % proofs.length]!, 4096), null, `${i} ${j}`);
      }
    }
  });

  it("takes books for what they are", function () {
    const corpus = join(ROOT, "../shared/corpus");
    if (!existsSync(corpus)) {
      console.log("      skipped: ../shared/corpus is not here");
      return this.skip();
    }
    const files = readdirSync(corpus, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.(?:tex|md)$/.test(name),
    );
    const loops = files.filter((name) => found(readFileSync(join(corpus, name), "utf8"), 4096) !== null);
    assert.deepEqual(loops, []);
    assert.ok(files.length > 20, `${files.length} files`);
  });
});
