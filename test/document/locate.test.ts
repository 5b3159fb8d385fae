import assert from "node:assert/strict";
import { normalise, plainText } from "../../server/src/document/body.js";
import { firstOpenStatement, statementAt } from "../../server/src/document/locate.js";
import { parseDocument } from "../../server/src/document/parse.js";
import { syntaxOf } from "../../server/src/document/syntax.js";
import type { Syntax } from "../../server/src/document/types.js";

/** The name of the statement at each `|` of a text. */
function at(marked: string, syntax: Syntax = "latex"): (string | null)[] {
  const offsets: number[] = [];
  let text = "";
  for (const part of marked.split("|")) {
    text += part;
    offsets.push(text.length);
  }
  const document = parseDocument(text, syntax);
  return offsets.slice(0, -1).map((offset) => statementAt(document, offset)?.name ?? null);
}

describe("the statement at an offset", () => {
  it("is found in the block, its proof, the gap between and the rest of the line", () => {
    assert.deepEqual(at("|x\n\n|\\begin{lemma}a|\\end{lemma}| |\n|\n\\begin{proof}b|\\end{proof}| % |c\n\n|y"), [
      null,
      "lemma",
      "lemma",
      "lemma",
      "lemma",
      "lemma",
      "lemma",
      "lemma",
      "lemma",
      null,
    ]);
  });

  it("is the claim inside a proof, inside itself", () => {
    assert.deepEqual(
      at(
        "\\begin{lemma}a\\end{lemma}\\begin{proof}|b \\begin{claim}c|\\end{claim}\\begin{proof}d|\\end{proof} e|\\end{proof}",
      ),
      ["lemma", "claim", "claim", "lemma"],
    );
  });

  it("is the one that begins there where two touch, and that of a proof far away", () => {
    assert.deepEqual(
      at(
        "\\begin{lemma}\\label{a}a\\end{lemma}|\\begin{claim}b|\\end{claim}\ntext|\n\\begin{proof}[Proof of \\ref{a}]c|\\end{proof}",
      ),
      ["claim", "claim", null, "lemma"],
    );
  });

  it("is found in run-in Markdown", () => {
    assert.deepEqual(at("**Lemma 1.** a|\n\n**Proof.** b|. ∎\n\nText|\n", "markdown"), ["Lemma", "Lemma", null]);
  });

  it("that is open first is provable and has a hole", () => {
    const text =
      "\\begin{definition}a\\end{definition}\\begin{lemma}b\\end{lemma}\\begin{proof}c\\end{proof}\\begin{claim}d\\end{claim}";
    assert.equal(firstOpenStatement(parseDocument(text, "latex"))?.name, "claim");
    assert.equal(firstOpenStatement(parseDocument("", "latex")), null);
  });
});

describe("plain text", () => {
  const body = (text: string, syntax: Syntax) => {
    const document = parseDocument(text, syntax);
    return plainText(document, document.statements[0]!.body);
  };

  it("has no comments and labels in LaTeX", () => {
    assert.equal(
      body(
        "\\begin{lemma}\\label{a} % c\n  50\\% of $x$ % d\n% whole line\n is so.\\thlabel{b}\n\\end{lemma}",
        "latex",
      ),
      "50\\% of $x$ \n is so.",
    );
  });

  it("has no quote marks, options, ids and comments in Markdown", () => {
    assert.equal(
      body("> [!lemma] T\n> Let $a$.\n>\n> > quoted <!-- c -->\n>\n> $$\n> a > b\n> $$\n> ^id\n", "markdown"),
      "Let $a$.\n\n> quoted\n\n$$\na > b\n$$",
    );
    assert.equal(body("> > [!lemma] T\n> > Let\n> > $a$.\n", "markdown"), "Let\n$a$.");
    assert.equal(body("```{prf:lemma}\n:label: a\n\nLet $a$. ∎ {#x}\n```\n", "markdown"), "Let $a$. ∎");
  });

  it("collapses white space on demand", () => {
    assert.equal(normalise("  a \n\t b "), "a b");
  });
});

describe("the syntax of a file", () => {
  it("follows language ids and extensions", () => {
    assert.deepEqual(
      ["latex", "tex", "markdown", "quarto", "a/b.TEX", "x.sty", "file:///a.qmd", "b.Rmd", "c.py", "README"].map(
        syntaxOf,
      ),
      ["latex", "latex", "markdown", "markdown", "latex", "latex", "markdown", "markdown", null, null],
    );
  });
});
