import assert from "node:assert/strict";
import { approachOf, withAvoided } from "../../server/src/prompt/different.js";
import { hintText } from "../../server/src/prompt/hint.js";
import { summaryEnd, summaryPrompt } from "../../server/src/prompt/summary.js";
import { teacherProofs } from "../convert/proofs.js";

describe("the prompts of steering", () => {
  it("puts a hint on one line, without a tag that would close or open a thought", () => {
    assert.equal(hintText("a\n\n b </think><THINK> c"), "\n\nWait, I am given a hint: a b c\n\n");
    assert.ok(hintText("x".repeat(10_000)).length < 2100);
  });

  it("ends a summary after its second paragraph", () => {
    assert.equal(summaryEnd("One."), null);
    assert.equal(summaryEnd("One.\n\nTwo. And"), null);
    assert.equal(summaryEnd("One.\n\nTwo.\n\n"), null, "nothing more has come");
    assert.equal(summaryEnd("One.\n\nTwo.\n\nT"), "One.\n\nTwo.".length);
    assert.equal(summaryEnd("\n\nOne,\nstill one.\n \nTwo.\n\n\nThree"), "\n\nOne,\nstill one.\n \nTwo.".length);
  });

  it("summarises from the thought itself, so that an engine reuses all of it", () => {
    const prompt = { message: "m", thought: "We tried this.\n", answer: null };
    const { message, thought, answer } = summaryPrompt(prompt);
    assert.equal(message, "m");
    assert.ok(thought.startsWith("We tried this.\n\n I have to stop here."));
    assert.equal(answer, "**Summary of my work so far.** ");
  });

  it("names an approach by the heads of its steps, or by its first sentences", () => {
    assert.equal(
      approachOf("### Setting\n\nLet.\n\n**Step 1: a prime factor.** x\n\n**Step 2: it is large.** y\n\n**Lemma.** z"),
      "Step 1: a prime factor; Step 2: it is large",
    );
    assert.equal(approachOf("We argue  by\ninduction. \\(\\blacksquare\\)"), "We argue by induction.");
    assert.equal(approachOf(" \n"), "");
  });

  it("keeps approaches short and in whole formulas", function () {
    const proofs = teacherProofs();
    if (proofs === null) return this.skip();
    for (const proof of proofs) {
      const approach = approachOf(proof);
      assert.ok(approach.length > 10 && approach.length <= 365, `${approach.length}`);
      assert.doesNotMatch(approach, /\n/);
      assert.equal(approach.split("\\(").length, approach.split("\\)").length, approach);
    }
  });

  it("asks as before where nothing was tried, and names at most four approaches, each once", () => {
    assert.equal(withAvoided("Prove it.", []), "Prove it.");
    assert.equal(withAvoided("Prove it.", [""]), "Prove it.");
    const many = withAvoided("Prove it.", ["a", "b", "a", "c", "d", "e"]);
    assert.match(many, /^Prove it\.\n\n[^\n]+\n1\. b\n2\. c\n3\. d\n4\. e$/);
  });
});
