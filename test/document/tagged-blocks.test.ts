import assert from "node:assert/strict";
import { placeProof } from "../../server/src/features/placement.js";
import { check } from "./check.js";

describe("LaTeX environments in Markdown", () => {
  it("are statements and proofs, with titles, labels and references", () => {
    const text = `# Notes

\\begin{theorem}[Gauss [1]]\\label{thm:g}
Let $x$ be.

- one
\\end{theorem}

\\begin{lemma}
\\label{l} On the next line.
\\begin{equation}\\label{eq}x\\end{equation}
\\end{lemma}

\\begin{proof}
Of the lemma.
\\end{proof}

\\begin{proof}[Proof of Theorem \\ref{thm:g}]
Since $$a$$ we
\\begin{claim} c \\end{claim}
\\begin{proof} inner \\end{proof}
done.
\\end{proof}
`;
    const { statements } = check("markdown", text, [
      "theorem theorem [Gauss [1]] #thm:g <- Since",
      "lemma lemma #l <- Of",
      "claim claim <- inner",
    ]);
    const [theorem] = statements;
    assert.equal(theorem!.markup, "environment");
    assert.equal(text.slice(theorem!.body.start, theorem!.body.end), "Let $x$ be.\n\n- one");
    assert.ok(text.slice(theorem!.start, theorem!.end).endsWith("\\end{theorem}"));
    assert.ok(text.slice(theorem!.proof!.start, theorem!.proof!.end).endsWith("done.\n\\end{proof}"));
  });

  it("stand on one line, one after another, in callouts and lists, and pair with other markup", () => {
    check(
      "markdown",
      "\\begin{thm}a\\end{thm}\n\n**Proof.** P ∎\n\n> \\begin{lem}\n> b\n> \\end{lem}\n>\n> \\begin{proof}Q\\end{proof}\n",
      ["theorem thm <- P", "lemma lem <- Q"],
    );
    check("markdown", "- \\begin{lemma}\n  a\n  \\end{lemma}\n  \\begin{proof}\n  P\n  \\end{proof}\n", [
      "lemma lemma <- P",
    ]);
  });

  it("are none in code, in mathematics, or by another name", () => {
    check(
      "markdown",
      "```tex\n\\begin{theorem}a\\end{theorem}\n```\n\n    \\begin{lemma}b\\end{lemma}\n\n`\\begin{claim}`\n",
      [],
    );
    check(
      "markdown",
      "$$\n\\begin{cases}a\\end{cases}\n$$\n\n\\begin{align}\nb\n\\end{align}\n\n\\begin{center}c\\end{center}\n",
      [],
    );
  });

  it("end before the next thing where they are not closed", () => {
    check("markdown", "\\begin{theorem}\nLet $x$.\n\n\\begin{lemma}\na\n\\end{lemma}\n\n# Next\n\ntext\n", [
      "theorem theorem ? missing",
      "lemma lemma ? missing",
    ]);
    check("markdown", "\\begin{lemma}\na\n\n# Next\n\n**Proof.** P ∎\n", ["lemma lemma ? missing"]);
    check("markdown", "\\begin{lemma}", ["lemma lemma ? missing"]);
  });

  it("get their proofs in LaTeX", () => {
    const text = "\\begin{lemma}\na\n\\end{lemma}\n\nText.\n";
    const document = check("markdown", text, ["lemma lemma ? missing"]);
    const { changes } = placeProof(document, document.statements[0]!, "Let **x** be.\n\n- 100%", "");
    assert.equal(
      changes[0]!.text.trim(),
      "\\begin{proof}\nLet \\textbf{x} be.\n\n\\begin{itemize}\n\\item 100\\%\n\\end{itemize}\n\\end{proof}",
    );
  });
});

describe("HTML blocks in Markdown", () => {
  it("are what their class says, with id and title, nested and on one line", () => {
    const text = `<div class="box theorem" id="thm-a" title="Euler">

Let $x$ be.

<div class="note">aside</div>

</div>

<div class='proof'>P <b>bold</b></div>

<div class="lemma">
b
</div>
<details>
<summary><b>Proof</b></summary>

Q

- one
</details>

Text.
`;
    const { statements } = check("markdown", text, ["theorem theorem [Euler] #thm-a <- P", "lemma lemma <- Q"]);
    assert.ok(text.slice(statements[0]!.start, statements[0]!.end).endsWith("aside</div>\n\n</div>"));
    assert.equal(text.slice(statements[0]!.proof!.body.start, statements[0]!.proof!.body.end), "P <b>bold</b>");
    assert.equal(text.slice(statements[1]!.proof!.body.start, statements[1]!.proof!.body.end), "Q\n\n- one");
  });

  it("are folded proofs and solutions of what stands above", () => {
    check(
      "markdown",
      `**Problem 1.** p

<details><summary>Click for the solution</summary>

S
</details>

**Theorem 2.** t

<details>
  <summary>Proof of Theorem 2</summary>
  P
</details>

<details><summary>Second proof</summary>Q</details>

<details><summary>Hint</summary>

**Lemma 3.** l

**Proof.** R ∎

</details>
`,
      ["problem Problem <- S", "theorem Theorem <- P <+ Q", "lemma Lemma <- R"],
    );
  });

  it("are nothing without a class or a summary that says so, and nothing in code", () => {
    check(
      "markdown",
      '<div class="note warning">a</div>\n\n<div>b</div>\n\n<details><summary>More</summary>c</details>\n',
      [],
    );
    check(
      "markdown",
      '<div class="property">a</div>\n\n<div class="ex def prop">b</div>\n\n<div class="thm">c</div>\n',
      ["theorem thm ? missing"],
    );
    check("markdown", '```html\n<div class="theorem">a</div>\n```\n\n<!-- <div class="theorem">b</div> -->\n', []);
  });

  it("end before the next thing where they are not closed", () => {
    check("markdown", '<div class="theorem">\na\n\n# Next\n\n**Lemma.** b\n', [
      "theorem theorem ? missing",
      "lemma Lemma ? missing",
    ]);
  });
});
