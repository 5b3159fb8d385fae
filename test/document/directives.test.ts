import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Directive, Syntax } from "../../server/src/document/types.js";

function directives(text: string, syntax: Syntax): readonly Directive[] {
  const found = parseDocument(text, syntax).directives;
  for (const { verb, text: words, verbRange, textRange, start, end } of found) {
    assert.equal(text.slice(verbRange.start, verbRange.end), verb);
    assert.equal(text.slice(textRange.start, textRange.end), words);
    assert.ok(start < verbRange.start && verbRange.end <= textRange.start && textRange.end <= end);
  }
  return found;
}

const error = (line: string, syntax: Syntax = "latex") => directives(`a\n${line}\nb`, syntax).map((one) => one.error);

describe("directives", () => {
  it("are read with the ranges of verb and words, in both syntaxes", () => {
    const latex =
      "x\n  %% qed:  hint  use $n$, then $m$ \t\r\n% qed: prove\n% qed: accept 0123456789abcd by hand\n%qed:off\n";
    assert.deepEqual(
      directives(latex, "latex").map(({ verb, text, start, end, error: wrong }) => [
        verb,
        text,
        latex.slice(start, end),
        wrong,
      ]),
      [
        ["hint", "use $n$, then $m$", "%% qed:  hint  use $n$, then $m$", null],
        ["prove", "", "% qed: prove", null],
        ["accept", "0123456789abcd by hand", "% qed: accept 0123456789abcd by hand", null],
        ["off", "", "%qed:off", null],
      ],
    );
    const markdown = "<!-- qed: hint two\nlines -->\n\n> <!--qed:on-->\n\n% qed: given $x > 0$\n\n`<!-- qed: no -->`\n";
    assert.deepEqual(
      directives(markdown, "markdown").map(({ verb, text, error: wrong }) => [verb, text, wrong]),
      [
        ["hint", "two\nlines", null],
        ["on", "", null],
        ["given", "$x > 0$", null],
      ],
    );
  });

  it("say of an unknown verb which known one is near", () => {
    const near = (verb: string) => /did you mean “(\w+)”/.exec(error(`% qed: ${verb} x`)[0]!)?.[1] ?? null;
    assert.deepEqual(
      ["hnit", "hints", "Hint", "hint:", "givn", "accpet", "acept", "of", "proof", "ON", "oof", "prove."].map(near),
      ["hint", "hint", "hint", "hint", "given", "accept", "accept", "off", "prove", "on", "off", "prove"],
    );
    assert.deepEqual(["todo", "xy", "Hinweis", "ignore", "a", "…"].map(near), [null, null, null, null, null, null]);
    assert.deepEqual(error("% qed: todo x"), [
      "QED knows no directive “todo”: write hint, given, accept, off, on or prove.",
    ]);
  });

  it("say what is missing and what is too much", () => {
    for (const verb of ["hint", "given"])
      assert.match(error(`% qed: ${verb}`)[0]!, new RegExp(`^“${verb}” needs words after it, such as “qed: ${verb} `));
    assert.deepEqual(error("% qed:"), ["“qed:” needs a verb: hint, given, accept, off, on or prove."]);
    assert.deepEqual(error("<!-- qed: -->", "markdown"), error("% qed:"));
    assert.deepEqual(error("% qed: off here"), ["“off” takes no words: remove what stands after it."]);
    assert.deepEqual(error("% qed: prove by induction"), [
      "“prove” takes no words: give the prover a hint with “qed: hint …”.",
    ]);
  });

  it("want a whole hash after accept, or nothing", () => {
    const wrong = "“accept” takes the hash of a step, 14 hexadecimal digits: accept the step again.";
    assert.deepEqual(
      ["", " 0123456789abcd", " 0123456789abcdef", " 0123456789ABCD", " 0123", " done"].map((hash) =>
        error(`% qed: accept${hash}`).join(),
      ),
      ["", "", wrong, wrong, wrong, wrong],
    );
  });

  it("take a comment that is not closed for its line, and go on after it", () => {
    for (const rest of ["", "\n<!-- qed: off -->\n"]) {
      const text = `a\n\n<!-- qed: hint try this\n\n**Lemma.** b\n${rest}`;
      const found = directives(text, "markdown");
      assert.deepEqual(
        found.map(({ verb, text: words, error: wrong }) => [verb, words, wrong]),
        [
          ["hint", "try this", "This comment is not closed: end it with -->."],
          ...(rest === "" ? [] : [["off", "", null]]),
        ],
      );
      assert.equal(text.slice(found[0]!.start, found[0]!.end), "<!-- qed: hint try this");
    }
  });

  it("are no other comments, and nothing in code", () => {
    for (const line of ["% qed hint x", "% see qed: hint", "\\% qed: hint x", "% QED: hint x", "% qedx: hint"])
      assert.deepEqual(directives(line, "latex"), []);
    assert.deepEqual(directives("\\begin{verbatim}\n% qed: nope\n\\end{verbatim}", "latex"), []);
    assert.deepEqual(directives("```md\n<!-- qed: nope -->\n% qed: nope\n```\n", "markdown"), []);
  });
});
