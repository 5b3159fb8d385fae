import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { stepHash } from "../../server/src/document/hash.js";
import { parseDocument } from "../../server/src/document/parse.js";
import { splitSteps } from "../../server/src/document/steps.js";
import type { Syntax } from "../../server/src/document/types.js";

function steps(text: string, syntax: Syntax = "markdown"): string[] {
  return splitSteps(text, { start: 0, end: text.length }, syntax).map(({ start, end }) => text.slice(start, end));
}

describe("steps", () => {
  it("cut at headings, rules, bold steps, list items and paragraphs", () => {
    assert.deepEqual(
      steps("One.\n\nTwo.\n\n---\n\n## Head\n\n**Step 1.** Three.\n**Case 2.** Four.\n\n- five\n- six\n\n  more\n"),
      ["One.", "Two.", "**Step 1.** Three.", "**Case 2.** Four.", "- five", "- six\n\n  more"],
    );
  });

  it("keep a display with its sentence", () => {
    assert.deepEqual(steps("We have\n\n$$a=b$$\n\nwhich is so.\n\nNow let:\n\n\\[\nc\n\\]\n\nThus $d$.\n\nEnd."), [
      "We have\n\n$$a=b$$\n\nwhich is so.",
      "Now let:\n\n\\[\nc\n\\]\n\nThus $d$.",
      "End.",
    ]);
  });

  it("cut after a display within a paragraph of LaTeX, where a new sentence begins", () => {
    assert.deepEqual(
      steps(
        "We begin with:\n\\[ a \\]\nExpanding,\n\\begin{align*}\nb\\\\[2pt]\nc\n\\end{align*}\nwhere $c$ is.\n% note\n",
        "latex",
      ),
      ["We begin with:\n\\[ a \\]", "Expanding,\n\\begin{align*}\nb\\\\[2pt]\nc\n\\end{align*}\nwhere $c$ is."],
    );
  });

  it("take each item of a LaTeX list, with the commands around it, and nested blocks whole", () => {
    const text =
      "Cases: \\begin{enumerate}\n\\item one\n\\begin{itemize}\\item x\\item y\\end{itemize}\n\\item two\n\\end{enumerate}\n\\begin{claim}\nc\n\nd\n\\end{claim}\nEnd.";
    assert.deepEqual(steps(text, "latex"), [
      "Cases:",
      "\\begin{enumerate}\n\\item one\n\\begin{itemize}\\item x\\item y\\end{itemize}",
      "\\item two\n\\end{enumerate}",
      "\\begin{claim}\nc\n\nd\n\\end{claim}",
      "End.",
    ]);
  });

  it("put a bold head that stands alone with what it heads", () => {
    assert.deepEqual(steps("\\textbf{Step 2: Base} ($n=3$)\n\nWe see.\n\n\\textbf{Step 3}\n\nIt holds.", "latex"), [
      "\\textbf{Step 2: Base} ($n=3$)\n\nWe see.",
      "\\textbf{Step 3}\n\nIt holds.",
    ]);
  });

  it("never cut code or mathematics, and read through quote marks", () => {
    assert.deepEqual(steps("Run\n\n```\n- a\n\n- b\n```\n\nDone."), ["Run", "```\n- a\n\n- b\n```", "Done."]);
    assert.deepEqual(steps("One\n> $$\n> - x\n> $$\n>\n> Two."), ["One\n> $$\n> - x\n> $$", "Two."]);
  });

  it("put a head alone with the list or the head that comes after it", () => {
    assert.deepEqual(
      steps("\\textbf{Part (i):}\n\\begin{enumerate}\n\\item a\n\\item b\n\\end{enumerate}\nSo.", "latex"),
      ["\\textbf{Part (i):}\n\\begin{enumerate}\n\\item a", "\\item b\n\\end{enumerate}", "So."],
    );
    assert.deepEqual(steps("**Part 1**\n**Case 1.** One.\n\n**Case 2.** Two."), [
      "**Part 1**\n**Case 1.** One.",
      "**Case 2.** Two.",
    ]);
  });

  it("leave no end mark alone, nor space between paragraphs", () => {
    for (const mark of ["\\qed", "\\hfill$\\square$", "$\\blacksquare$", "Q.E.D.", "\\mbox{}\\hfill\\qedsymbol"])
      assert.deepEqual(steps(`So:\n\\[ a \\]\n\n${mark}`, "latex"), [`So:\n\\[ a \\]\n\n${mark}`]);
    assert.deepEqual(steps("So.\n\n∎"), ["So.\n\n∎"]);
    assert.deepEqual(steps("a.\n\n\\medskip\\noindent\nb.\n\n\\medskip\\noindent\n\n\\noindent\nc.", "latex"), [
      "a.",
      "b.",
      "c.",
    ]);
  });

  it("keep a footnote with its sentence, paragraphs and all", () => {
    const text = "We use this.\\footnote{One.\n\n\\textbf{Case 1.} Two.\n\nThree.} So it\nis.\n\nEnd.";
    assert.deepEqual(steps(text, "latex"), [text.slice(0, text.indexOf("\n\nEnd")), "End."]);
    assert.deepEqual(steps("Open.\\footnote{One.\n\nTwo.", "latex"), ["Open.\\footnote{One.", "Two."]);
    assert.deepEqual(steps("We use this.[^1]\n\n[^1]: See there.\n\nEnd."), [
      "We use this.[^1]\n\n[^1]: See there.",
      "End.",
    ]);
  });

  it("know the olympiad authors' short \\item, and mathematics over several lines", () => {
    assert.deepEqual(steps("\\begin{itemize}\n\\ii one\n\\ii two\n\\end{itemize}\n$\\ii x$", "latex"), [
      "\\begin{itemize}\n\\ii one",
      "\\ii two\n\\end{itemize}",
      "$\\ii x$",
    ]);
    assert.deepEqual(steps("Let \\(a\n- b\\) be."), ["Let \\(a\n- b\\) be."]);
  });

  it("have an identity that edits elsewhere leave alone, also where the same words come again", () => {
    const ids = (text: string) =>
      parseDocument(text, "latex").statements[0]!.proof!.steps.map(
        ({ id, hash }) => [id.replace(hash, ""), id] as const,
      );
    const proof = "Clearly so.\n\nThen $a=b$.\n\nClearly so.\n\nDone.";
    const before = ids(`\\begin{lemma}x\\end{lemma}\\begin{proof}${proof}\\end{proof}`);
    assert.deepEqual(
      before.map(([suffix]) => suffix),
      ["", "", ".2", ""],
    );
    const after = ids(
      `Typed.\n\\begin{lemma}xyz\\end{lemma}\n\\begin{proof}\n${proof.replace("a=b", "a=c")}\\end{proof}`,
    );
    assert.deepEqual(
      after.map(([, id], k) => id === before[k]![1]),
      [true, false, true, true],
    );
  });

  it("go on where a sentence does, in a quote or after a comment, but not at a list's mark", () => {
    assert.deepEqual(steps("The rule becomes:\n\n> for two cars we\n> may swap.\n\nIndeed."), [
      "The rule becomes:\n\n> for two cars we\n> may swap.",
      "Indeed.",
    ]);
    assert.deepEqual(steps("It is one of:\n\n(a) odd;\n\n(b) even.\n\nsince $a$."), [
      "It is one of:",
      "(a) odd;",
      "(b) even.",
      "since $a$.",
    ]);
  });

  it("have a hash that white space does not change and a word does", () => {
    assert.equal(stepHash(" a\n b "), stepHash("a b"));
    assert.notEqual(stepHash("a b"), stepHash("ab"));
    assert.match(stepHash(""), /^[0-9a-f]{14}$/);
  });

  it("cover all of each of 42 real proofs but heads and rules, 8 to 25 in most", function () {
    const files = ["dsmv2_IMO-ProofBench-Basic", "dsmv2_Putnam2024"].map(
      (name) => new URL(`../../../shared/data/proofs/${name}.jsonl`, import.meta.url),
    );
    if (!files.every((file) => existsSync(file))) {
      console.log("      skipped: ../shared/data/proofs is not here");
      this.skip();
    }
    const proofs = files.flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => (JSON.parse(line) as { model_prediction: { proof: string } }).model_prediction.proof),
    );
    assert.equal(proofs.length, 42);
    let typical = 0;
    for (const proof of proofs) {
      const cut = splitSteps(proof, { start: 0, end: proof.length }, "markdown");
      if (cut.length >= 8 && cut.length <= 25) typical++;
      let at = 0;
      const rest: string[] = [];
      for (const { start, end } of [...cut, { start: proof.length, end: proof.length }]) {
        rest.push(proof.slice(at, start));
        at = end;
      }
      for (const line of rest.join("").split("\n")) assert.match(line.trim(), /^(?:>?|#.*|-{3,}|\*{3,}|_{3,})$/);
    }
    assert.ok(typical >= 24, `${typical} of 42 proofs have 8 to 25 steps`);
  });
});
