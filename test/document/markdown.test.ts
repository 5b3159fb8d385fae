import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import { check } from "./check.js";

describe("Markdown divs", () => {
  it("reads Pandoc's and Quarto's divs with ids, names, headings and nesting", () => {
    check(
      "markdown",
      `::: {.theorem #thm-line name="Euler"}
Let $x$.

::: {.note}
inner
:::
:::

::: {.proof}
Body.
:::

::::: {#lem-a .callout-note}
## Zorn
All of it.
:::::

::: proof
sorry
:::
`,
      ["theorem theorem [Euler] #thm-line <- Body.", "lemma lemma [Zorn] #lem-a <- sorry ? marker"],
    );
  });

  it("ends a div that is not closed before the next thing", () => {
    check("markdown", "::: {.lemma}\nopen\n\n# Next\n\n::: {.theorem}\nx\n:::\n", [
      "lemma lemma ? missing",
      "theorem theorem ? missing",
    ]);
  });
});

describe("MyST directives", () => {
  it("reads backtick and colon fences, nested by length, with options", () => {
    check(
      "markdown",
      `\`\`\`\`{prf:theorem} Title $x$
:label: thm-a
:class: dropdown

Text
\`\`\`{math}
x
\`\`\`
\`\`\`\`

\`\`\`{prf:proof}
P
\`\`\`

::::{prf:lemma}
---
label: lem-b
---
Text
:::{prf:proof}
Q
:::
::::

\`\`\`{note}
**Lemma.** inside a note
\`\`\`
`,
      ["theorem theorem [Title $x$] #thm-a <- P", "lemma lemma #lem-b <- Q", "lemma Lemma ? missing"],
    );
  });

  it("sees no structure in code that shows directives, comments and front matter", () => {
    check(
      "markdown",
      "---\ntitle: |\n  **Lemma.** x\n---\n\n``````md\n````{prf:proof}\nx\n````\n**Theorem.** no\n``````\n\n<!--\n**Theorem 1.** no\n-->\n\n    **Theorem 2.** code\n",
      [],
    );
  });

  it("takes a `%` comment that asks for a proof", () => {
    const text = ":::{prf:lemma}\nx\n:::\n\n:::{prf:proof}\nBegin.\n\n% qed: prove\n:::\n";
    const { directives, statements } = check("markdown", text, ["lemma lemma <- Begin. ? marker"]);
    assert.deepEqual(
      directives.map(({ verb }) => verb),
      ["prove"],
    );
    assert.equal(statements[0]!.proof!.steps.length, 1);
  });
});

describe("Obsidian callouts", () => {
  it("reads titles, folding, nesting and block ids, and leaves alerts alone", () => {
    check(
      "markdown",
      `> [!theorem]- Pythagoras
> Let $a$.
>
> $$
> a^2
> $$
> ^pyth

> [!proof]
> P
> > [!claim] Inner
> > foo
>
> > [!proof]-
> > Q
>
> done.

> [!NOTE]
> hello

> [!Lemma] Euclid
> text

^euclid

> [!proof] Proof of [[#^pyth]]
> second
`,
      [
        "theorem theorem [Pythagoras] #pyth <- P <+ second",
        "claim claim [Inner] <- Q",
        "lemma Lemma [Euclid] #euclid ? missing",
      ],
    );
  });

  it("takes two callouts without a blank line between them for two", () => {
    check("markdown", "> [!lemma] A\n> x\n> [!proof]\n> y\n", ["lemma lemma [A] <- y"]);
  });
});

describe("run-in heads", () => {
  it("reads numbers and names, and a proof to its end mark", () => {
    const text = `**Theorem 3 (Fermat).** If $p$ is prime,
then so.

$$
a^p
$$

**Proof.** Trivial: as

$$ x = 1 $$

*Claim.* foo is bar.

*Proof.* Sure. $\\square$

Therefore done. ∎

Commentary here.

**Lemma 4.** Every thing.

**Theorem 3** shows that life.

*Proof of Lemma 4.* left to the reader.
`;
    const { statements } = check("markdown", text, [
      "theorem Theorem [Fermat] <- Trivial:",
      "claim Claim <- Sure.",
      "lemma Lemma <-! left ? omitted",
    ]);
    assert.equal(text.slice(statements[0]!.proof!.body.end, statements[0]!.proof!.end).trim(), "∎");
    assert.equal(text.slice(statements[2]!.body.start, statements[2]!.body.end), "Every thing.");
  });

  it("reads headings as heads, and ends a proof under one at the next of its rank", () => {
    check(
      "markdown",
      "### Theorem 5 (Big)\n\nAll $x$.\n\n### Proof\n\nWe do.\n\n#### Step 1\n\nfoo\n\n### Notes\n\nprose\n\n### Theorems\n\nprose\n",
      ["theorem Theorem [Big] <-! We"],
    );
  });

  it("keeps claims apart where proofs have no end marks", () => {
    check("markdown", "**Claim 1.** a\n\n**Proof.** P\n\n**Claim 2.** b\n\n**Proof.** Q\n\n**Theorem.** c\n", [
      "claim Claim <-! P",
      "claim Claim <-! Q",
      "theorem Theorem ? missing",
    ]);
  });

  it("reads other emphasis, other languages and heads alone on their line", () => {
    check(
      "markdown",
      "__Corollary__: yes\n\n_Proof_. Q.E.D.\n\n**Satz 1** (Euler). Es gilt.\n\n*Beweis.* Klar. ∎\n\n**Conjecture**\n\nEvery even number.\n\n**Problem 1.** Find.\n\n**Solution.** Three.\n",
      [
        "corollary Corollary <- ? empty",
        "theorem Satz [Euler] <- Klar.",
        "-conjecture Conjecture",
        "problem Problem <-! Three.",
      ],
    );
  });
});

describe("Markdown references and macros", () => {
  it("finds each flavour's references, but none in code", () => {
    const text =
      "{prf:ref}`a`, {ref}`Text <b>`, [x](#c), @thm-d, [[#^e]], [[Other#^f|g]], $\\eqref{h}$ `@thm-no`\n\n```\n@thm-no\n```\n";
    assert.deepEqual(
      parseDocument(text, "markdown").references.map(({ labels, start, end }) => [labels[0], text.slice(start, end)]),
      [
        ["a", "{prf:ref}`a`"],
        ["b", "{ref}`Text <b>`"],
        ["c", "[x](#c)"],
        ["thm-d", "@thm-d"],
        ["e", "[[#^e]]"],
        ["f", "[[Other#^f|g]]"],
        ["h", "\\eqref{h}"],
      ],
    );
  });

  it("finds macros in mathematics and front matter, and the delimiters in use", () => {
    const document = parseDocument(
      "---\nh: \\newcommand{\\NN}{\\mathbb N}\n---\n\n\\[ \\def\\x{1} \\]\n\n\\(a\\) and\n\n```\n\\def\\no{1}\n```\n",
      "markdown",
    );
    assert.deepEqual(
      document.macros.map(({ name }) => name),
      ["\\NN", "\\x"],
    );
    assert.deepEqual(document.mathStyle, { inline: "\\(", display: "\\[" });
  });
});
