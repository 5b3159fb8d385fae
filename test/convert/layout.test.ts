import assert from "node:assert/strict";
import MarkdownIt from "markdown-it";
import { convertProof, type Flavour } from "../../server/src/convert/convert.js";
import type { Layout, Lines } from "../../server/src/convert/layout.js";
import { teacherProofs } from "./proofs.js";

const filled = (width: number): Lines => ({ kind: "filled", width });
const to = (flavour: Flavour, markdown: string, layout: Partial<Layout>): string =>
  convertProof(markdown, { flavour, layout }).text;

const flavours: readonly Flavour[] = ["latex", "pandoc", "myst", "obsidian", "run-in"];

describe("The lines of a converted proof", () => {
  for (const flavour of flavours) {
    it(`are as the model broke them where nothing is known of the document (${flavour})`, () => {
      assert.equal(to(flavour, "One. Two\nthree.", { lines: { kind: "kept" } }), "One. Two\nthree.");
    });

    it(`are whole paragraphs in ${flavour} where the document has a line for each`, () => {
      assert.equal(
        to(flavour, "One. Two\nthree.\n\nFour", { lines: { kind: "paragraphs" } }),
        "One. Two three.\n\nFour",
      );
    });

    it(`are sentences in ${flavour} where the document has a line for each`, () => {
      const text =
        "Let \\(a. B\\) be so, e.g. Two. Then (cf. Lemma 2) it holds.\nBy J. Doe, $x$ is. *So.* \\(y\\) is ... No? Yes!";
      const lines = to(flavour, text, { lines: { kind: "sentences", width: null } }).split("\n");
      assert.equal(lines.length, 6);
      assert.match(lines[0]!, /^Let .a\. B. be so, e\.g\. Two\.$/);
      assert.match(lines[1]!, /it holds\.$/);
      assert.match(lines[2]!, /^By J\. Doe,/);
      assert.match(lines[4]!, /is .* No\?$/);
    });

    it(`break at the width in ${flavour}, in lists and quotes too, never inside a formula or code`, () => {
      const words = "some words and \\(a + b + c + d\\) with `code in one` and [a link](https://a.org/x) and ";
      for (const [lead, width] of [
        ["", 40],
        ["- ", 44],
        ["1. ", 44],
        ["> ", 44],
        ["- a\n  - ", 48],
      ] as const) {
        const text = to(flavour, lead + words.repeat(5), { lines: filled(width), lead: 4 });
        const lines = text.split("\n");
        assert.ok(lines.length > 5, text);
        for (const line of lines) {
          assert.ok(
            line.length <= width - 4 || !/\s\S+\s\S/.test(line.replace(/\$[^$]*\$|`[^`]*`|\\texttt\{.*?\}\)?/g, "x")),
            line,
          );
          assert.equal(line.split("$").length % 2, 1, line);
          assert.equal(line.split("`").length % 2, 1, line);
          assert.doesNotMatch(line, /\s$/);
        }
      }
    });

    it(`begin in ${flavour} where the document's own line has got to`, () => {
      const [first, second] = to(flavour, "word ".repeat(40), { lines: filled(60), first: 50, lead: 2 }).split("\n");
      assert.ok(first!.length <= 10);
      assert.ok(second!.length > 50 && second!.length <= 58);
    });
  }

  it("never begin with what Markdown takes for markup", () => {
    const signs = [
      "#",
      "##",
      "-",
      "+",
      "*",
      "1.",
      "2)",
      "a.",
      "(i)",
      "iv)",
      ">",
      ":::",
      "%",
      "|",
      "=",
      "---",
      "***",
      ":",
      "~",
      "```",
      "@x",
      "(#)",
      "#.",
      "^x",
      "<x",
      "+++",
      "(x)=",
    ];
    const plain = new MarkdownIt();
    for (const sign of signs) {
      for (let width = 20; width < 60; width++) {
        for (const flavour of ["pandoc", "myst", "obsidian", "run-in"] as const) {
          const text = to(flavour, `so we have some words ${sign} and then other words ${sign} more of them`, {
            lines: filled(width),
          });
          assert.doesNotMatch(plain.render(text), /<(?:ul|ol|h\d|hr|blockquote|pre|table)/, text);
          for (const line of text.split("\n").slice(1)) {
            assert.doesNotMatch(
              line,
              /^(?:#|[-+*] |\d+[.)] |[a-z]+[.)] |\([a-z#]+\)|>|:|%|\||=|---|`{3}|@|~|\^)/,
              `${text}\n(${sign}, ${width})`,
            );
          }
        }
      }
    }
  });

  it("leave tables, code, displays and rules alone", () => {
    const table = `| ${"a ".repeat(30)}| b |\n| --- | --- |\n| ${"c ".repeat(30)}| d |`;
    const code = `\`\`\`\n${"x ".repeat(50)}\n\`\`\``;
    const display = `$$\n${"x + ".repeat(30)}y\n$$`;
    for (const block of [table, code, display, "* * *"]) {
      const text = to("pandoc", `${"word ".repeat(20)}\n\n${block}\n\n${"word ".repeat(20)}`, { lines: filled(40) });
      assert.ok(text.includes(block), text);
    }
    const latex = to("latex", `${code}\n\n${table}\n\n\\[${"x + ".repeat(30)}y\\]`, { lines: filled(40) });
    assert.ok(latex.includes("x ".repeat(50).trimEnd()) && latex.includes(`${"x + ".repeat(30)}y`), latex);
  });

  it("keep the breaks that were forced", () => {
    assert.equal(to("latex", "a  \nb\nc", { lines: filled(60) }), "a\\\\\nb c");
    assert.equal(to("pandoc", "a  \nb\nc", { lines: filled(60) }), "a  \nb c");
    assert.equal(to("myst", "a\\\nb\nc", { lines: { kind: "paragraphs" } }), "a\\\nb c");
  });

  it("have the document's indentation in displays and lists", () => {
    const text = "So\n\\[x\\]\n\n- a\nb\n  \\[y\\]";
    assert.equal(
      to("latex", text, { display: "\t", item: "  ", hanging: "      " }),
      "So\n\\[\n\tx\n\\]\n\n\\begin{itemize}\n  \\item a\n        b\n        \\[\n        \ty\n        \\]\n\\end{itemize}",
    );
    assert.equal(to("latex", "\\[x\\]", { display: "" }), "\\[\nx\n\\]");
  });

  it("say the same words and formulas however they are broken: the 42 proofs", function () {
    this.timeout(60_000);
    const proofs = teacherProofs();
    if (proofs === null) this.skip();
    const plain = (text: string): string =>
      text
        .replace(/^[ \t>]+/gm, "")
        .replace(/\s+/g, " ")
        .trim();
    const styles: readonly Lines[] = [filled(80), { kind: "sentences", width: null }, { kind: "paragraphs" }];
    for (const proof of proofs) {
      for (const flavour of ["latex", "pandoc"] as const) {
        const kept = convertProof(proof, { flavour }).text;
        for (const lines of styles) {
          const text = to(flavour, proof, { lines });
          assert.equal(plain(text), plain(kept));
          if (flavour === "pandoc") assert.equal(shape(text), shape(kept));
          if (lines.kind !== "filled" || flavour === "latex") continue;
          const prose = text.replace(/^[ \t>]*\$\$$[\s\S]*?^[ \t>]*\$\$$/gm, "").split("\n");
          for (const line of prose) {
            const bare = line.trimEnd().replace(/\$[^$]*\$/g, "x");
            assert.ok(line.length <= 80 || bare.length <= 80 || line.includes("|"), line);
          }
        }
      }
    }
  });
});

/** The blocks of a Markdown text. */
function shape(text: string): string {
  return new MarkdownIt()
    .parse(text, {})
    .map(({ type }) => type)
    .join(" ");
}
