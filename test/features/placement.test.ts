import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Syntax } from "../../server/src/document/types.js";
import { applyChanges, placeProof } from "../../server/src/features/placement.js";
import { provePrompt } from "../../server/src/prompt/prove.js";
import { CASES } from "./placement-cases.js";
import { PROOF, place } from "./placing.js";

const root = join(import.meta.dirname, "..", "..");
const SAMPLES = ["article.tex", "note.md", "myst.md", "quarto.qmd"].map((name) => ({
  name,
  text: readFileSync(join(root, "samples", name), "utf8"),
  syntax: (name.endsWith(".tex") ? "latex" : "markdown") as Syntax,
}));

describe("placing a proof", () => {
  for (const { what, text, which, line, syntax } of CASES) {
    it(`goes into ${syntax === "latex" ? "LaTeX" : "Markdown"}: ${what}`, () => {
      const lf = place(text, syntax, which ?? null);
      assert.equal(lf.to.hole, false, lf.text);
      if (line !== undefined) assert.ok(lf.text.split("\n").includes(line), `${line}\n--- not in\n${lf.text}`);
      const crlf = place(text.replaceAll("\n", "\r\n"), syntax, which ?? null);
      assert.equal(crlf.text, lf.text.replaceAll("\n", text.includes("\n") ? "\r\n" : "\n"));
    });
  }

  for (const { name, text, syntax } of SAMPLES) {
    it(`goes to every open statement of samples/${name}, one after another`, () => {
      let current = text;
      const open = parseDocument(text, syntax).statements.filter(({ hole }) => hole).length;
      assert.ok(open > 0);
      for (let k = 0; k < open; k++) current = place(current, syntax).text;
      assert.equal(parseDocument(current, syntax).statements.filter(({ hole }) => hole).length, 0);
    });

    it(`keeps what is written of samples/${name} cut off anywhere`, () => {
      for (let cut = 0; cut < text.length; cut += 37) {
        const document = parseDocument(text.slice(0, cut), syntax);
        for (const statement of document.statements.filter(({ hole }) => hole).slice(-2)) {
          const { prefix } = provePrompt(document, statement);
          const answer = `${prefix}\n\n${PROOF}`;
          const { changes } = placeProof(document, statement, answer, prefix);
          assert.equal(changes.length, 1);
          const [{ start, end, text: added }] = changes as [(typeof changes)[0]];
          assert.ok(added.includes("a+b=2(m+n)"));
          const holes = statement.holes.map((hole) => document.text.slice(hole.start, hole.end)).join("|");
          const gone = document.text.slice(start, end).replace(/[\s>]/g, "");
          assert.ok(gone === "" || holes.replace(/[\s>]/g, "").includes(gone), `${cut}: ${gone}`);
        }
      }
    });
  }

  it("sets the tombstone beside a display that ends the proof, in a new proof and in a continued one", () => {
    const answer = "Then\n\\[\na+b=2(m+n). \\blacksquare\n\\]";
    const open = "\\begin{theorem}X.\\end{theorem}\n";
    const begun = `${open}\\begin{proof}\n  First.\n  % qed: prove\n\\end{proof}\n`;
    for (const text of [open, begun])
      assert.match(place(text, "latex", null, answer).text, /\\qedhere\s*\\\]\s*\\end\{proof\}/);
    const between = `${open}\\begin{proof}\n  First.\n  \\todo{a}\n  Last.\n\\end{proof}\n`;
    assert.doesNotMatch(place(between, "latex", null, answer).text, /qedhere/);
  });

  it("begins a line of its own with a block behind the words of a proof that is run in", () => {
    const blocks = ["- a\n- b", "1. a\n2. b", "```\nx\n```", "| a | b |\n|---|---|\n| 1 | 2 |", "> q", "$$\nx\n$$"];
    for (const block of blocks) {
      for (const hole of ["", "**Proof.** TODO\n"]) {
        const { text } = place(`**Theorem.** X\n\n${hole}`, "markdown", null, block);
        assert.ok(text.includes(`**Proof.**\n\n${block}\n`), text);
      }
    }
  });

  it("indents all but verbatim", () => {
    const text = "  \\begin{theorem}\n  X\n  \\end{theorem}\n";
    const placed = place(text, "latex", null, "We run\n\n```\nx\n  y\n```");
    const proof = "  \\begin{proof}\n  We run\n\n  \\begin{verbatim}\nx\n  y\n\\end{verbatim}\n  \\end{proof}\n";
    assert.equal(placed.text, text + proof);
  });

  for (const [note, comment] of [
    [null, ""],
    ["% qed: by m", "% qed: by m\n"],
  ] as const) {
    it(`keeps a bracket from being the option of \\begin, and a list from the word Proof${note === null ? "" : ", behind a comment too"}`, () => {
      for (const proof of ["", "\\begin{proof}\n\\todo{x}\n\\end{proof}\n"]) {
        const text = `\\begin{theorem}X\\end{theorem}\n${proof}`;
        const bracket = place(text, "latex", null, "[a] is so.", note).text;
        assert.ok(bracket.includes(`\\begin{proof}\n${comment}{[}a] is so.\n`), bracket);
        const list = place(text, "latex", null, "1. a\n2. b", note).text;
        assert.ok(list.includes(`\\begin{proof}\n${comment}\\leavevmode\n\\begin{enumerate}\n`), list);
      }
    });
  }

  it("fills the first hole only, and says that there is another", () => {
    const text =
      "\\begin{theorem}X.\\end{theorem}\n\\begin{proof}\n  First.\n  \\todo{a}\n  Then.\n  \\todo{b}\n\\end{proof}\n";
    const { to, text: result } = place(text, "latex");
    assert.match(result, /First\.[\s\S]*which is even\.\n {2}Then\.\n {2}\\todo\{b\}\n\\end\{proof\}/);
    assert.deepEqual(
      to.holes.map(({ kind }) => kind),
      ["todo"],
    );
  });

  it("adds to a proof without a hole what the model goes on with", () => {
    const { text } = place(
      "\\begin{theorem}\\label{t}X.\\end{theorem}\n\\begin{proof}\n  First.\n\\end{proof}\n",
      "latex",
      "t",
    );
    assert.match(text, /\\begin\{proof\}\n {2}First\.\n\n {2}Let \$a=2m\$/);
  });

  describe("in the middle of a sentence", () => {
    const begun = (written: string) =>
      `\\begin{theorem}X.\\end{theorem}\n\\begin{proof}\n  ${written}\n  \\todo{x}\n\\end{proof}\n`;
    const continued = (text: string, continuation: string) => {
      const document = parseDocument(text, "latex");
      const statement = document.statements[0]!;
      const { prefix } = provePrompt(document, statement);
      return applyChanges(text, placeProof(document, statement, prefix + continuation, prefix).changes);
    };

    it("goes on in the same line", () => {
      assert.match(continued(begun("We have"), " that \\(a=b\\)."), /\n {2}We have that \$a=b\$\.\n\\end\{proof\}/);
    });

    it("joins punctuation without a space", () => {
      assert.match(continued(begun("We have $a=b$"), ", so all is clear."), /\$a=b\$, so all is clear\./);
    });

    it("never goes on inside a comment", () => {
      assert.match(continued(begun("We have % why?"), " that \\(a=b\\)."), /% why\?\n {2}that \$a=b\$/);
    });

    it("gives the new part in a document that holds the written part already", () => {
      const result = continued(begun("We have"), " that \\(a=b\\).");
      assert.equal(result.split("We have").length, 2);
    });
  });

  it("goes on below a display, not behind its fence", () => {
    const text = "::: {.theorem}\nX.\n:::\n\n::: {.proof}\nWe have\n$$\na=b\n$$\nTODO\n:::\n";
    const document = parseDocument(text, "markdown");
    const statement = document.statements[0]!;
    const { prefix } = provePrompt(document, statement);
    const result = applyChanges(text, placeProof(document, statement, `${prefix} so all is clear.`, prefix).changes);
    assert.match(result, /\n\$\$\nso all is clear\.\n:::\n/);
  });

  describe("of a hostile model", () => {
    const hostile =
      "Clear.\n\n\\end{proof}\\end{document}\n\n:::\n\n# Heading\n\n```{=latex}\n\\input{x}\n```\n\nDone.";
    for (const { what, text, which, syntax } of CASES.filter(
      ({ what }) => !/half-typed statement|between|^a bold run-in$/.test(what),
    )) {
      it(`stays inside its block: ${syntax}, ${what}`, () => {
        const { to, after, text: result } = place(text, syntax, which ?? null, hostile);
        const proof = after.text.slice(to.proof!.start, to.proof!.end);
        assert.ok(proof.includes("Done."), result);
        const running = proof.replace(/(```|~~~)\n[\s\S]*?\1/g, "");
        assert.doesNotMatch(running, /(?<!\\)\\(?:input\{|end\{document\})/);
      });
    }

    it("can't close the directive that the author has opened", () => {
      const text = "```{prf:theorem} T\nX.\n```\n\n```{prf:proof}\nTODO\n```\n";
      const { to, after } = place(text, "markdown", null, "First.\n\n```text\ncode\n```\n\nDone.");
      assert.match(after.text.slice(to.proof!.start, to.proof!.end), /code[\s\S]*Done\.\n```$/);
    });
  });

  it("names the pieces that were taken out", () => {
    const { placement } = place("\\begin{theorem}X.\\end{theorem}\n", "latex", null, "Clear \\(a \\input{x}\\).");
    assert.ok(placement.removed.length > 0);
  });
});
