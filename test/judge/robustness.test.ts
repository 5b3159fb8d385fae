import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import { checkRelations } from "../../server/src/judge/relations/check-relations.js";
import { formula } from "../soak/formulas.js";
import { FALSE_TEXTS } from "./false-texts.js";
import { seeded } from "./plant.js";
import { TRUE_TEXTS } from "./true-texts.js";

describe("the relation checker", () => {
  it("never throws on random and truncated formulas, and gives ranges inside the text", function () {
    this.timeout(60_000);
    const random = seeded(11);
    const whole = [...TRUE_TEXTS, ...FALSE_TEXTS].map(([, text]) => text);
    for (let k = 0; k < 1_000; k++) {
      const text = formula(random, whole);
      const { relations, findings } = checkRelations(parseDocument(text, k % 2 === 0 ? "latex" : "markdown"));
      for (const { start, end } of [...relations, ...findings]) {
        assert.ok(0 <= start && start <= end && end <= text.length, JSON.stringify(text));
      }
    }
  });

  it("gives the same answer every time", () => {
    for (const [, text] of FALSE_TEXTS) {
      const document = parseDocument(text, "latex");
      assert.deepEqual(checkRelations(document), checkRelations(document));
    }
  });

  it("checks only what a range asks for", () => {
    const text = String.raw`\[ 1 + 1 = 3. \] Then \[ 2 + 2 = 5. \]`;
    const document = parseDocument(text, "latex");
    assert.equal(checkRelations(document).findings.length, 2);
    const { findings } = checkRelations(document, { range: { start: text.indexOf("2 + 2"), end: text.length } });
    assert.deepEqual(
      findings.map(({ start, end }) => text.slice(start, end)),
      ["2 + 2 = 5"],
    );
  });

  it("ends on formulas that would take for ever", () => {
    const towers = [
      String.raw`\[ 9^{9^{9^{9}}} = 9^{9^{9^{8}}} \]`,
      String.raw`\[ \sum_{k=1}^{10^9} k = \prod_{k=1}^{10^9} (k + 1) \]`,
      String.raw`\[ (x+y+z+w)^{60} = (x+y+z)^{60} + w \]`,
      String.raw`\[ ((((a+b)^9+c)^9+d)^9+e)^9 = (((a+b)^9+c)^9+d)^9 + 1 \]`,
      String.raw`\[ \sum_{i=1}^{n}\sum_{j=1}^{n}\sum_{k=1}^{n}\sum_{l=1}^{n} ijkl = n^4 \]`,
      String.raw`\[ \sum_{i=1}^{150}\sum_{j=1}^{150}\sum_{k=1}^{150} ijk = 7 + 1 \]`,
      `\\[ ${"(".repeat(500)}x${")".repeat(500)} = ${"\\frac{1}{".repeat(200)}x${"}".repeat(200)} \\]`,
      `\\[ ${Array.from({ length: 800 }, (_, k) => `x_{${k}}`).join(" + ")} = 1 + y \\]`,
      "\\newcommand{\\a}{\\a\\a}\\newcommand{\\b}[1]{\\b{#1#1}} \\[ \\a + \\b{x} = 1 \\]",
    ];
    for (const text of towers) checkRelations(parseDocument(text, "latex"));
  });
});

describe("where mathematics is", () => {
  const WRONG = "1 + 1 = 3";
  const counts: readonly [what: string, text: string, syntax: "latex" | "markdown", findings: number][] = [
    ["a display of dollars", `$$ ${WRONG} $$`, "markdown", 1],
    ["a display of dollars over lines", `$$\n${WRONG}\n$$`, "markdown", 1],
    ["brackets", `\\[ ${WRONG} \\]`, "markdown", 1],
    ["a fence of mathematics", `\`\`\`{math}\n\\begin{align}\n${WRONG}\n\\end{align}\n\`\`\``, "markdown", 1],
    ["a quotation", `> We have\n>\n> $$\n> 1 + 1\n> = 3\n> $$\n`, "markdown", 1],
    ["a callout", `> [!theorem]\n> $$ ${WRONG} $$\n`, "markdown", 1],
    ["code in Markdown", `\`$$ ${WRONG} $$\``, "markdown", 0],
    ["a fence of code", `\`\`\`tex\n\\[ ${WRONG} \\]\n\`\`\``, "markdown", 0],
    ["a comment in Markdown", `<!-- $$ ${WRONG} $$ -->`, "markdown", 0],
    ["a comment in LaTeX", `% \\[ ${WRONG} \\]\n`, "latex", 0],
    ["a comment inside a display", `\\[ 1 + 1 = 2 % + 7\n \\]`, "latex", 0],
    ["verbatim", `\\begin{verbatim}\\[ ${WRONG} \\]\\end{verbatim}`, "latex", 0],
    ["a listing in a box", `\\begin{tcblisting}{}\\[ ${WRONG} \\]\\end{tcblisting}`, "latex", 0],
    ["code between braces", `\\lstinline[language=TeX]{$2 = ${WRONG}$}`, "latex", 0],
    ["what TeX skips", String.raw`\iffalse \[ (a+b)^2 = a^2 + b^2 + ab. \] \fi`, "latex", 0],
    ["what stands after the document", `\\end{document} \\[ ${WRONG} \\]`, "latex", 0],
    ["an escaped dollar", `It costs \\$1 + 1 = \\$3.`, "latex", 0],
    ["one relation in running text", `So $${WRONG}$ holds.`, "latex", 0],
    ["a chain in running text", `So $2 = 1 + 1 = 3$ holds.`, "latex", 1],
    ["an unclosed display", `\\[ ${WRONG} `, "latex", 0],
    ["an alignment of two columns", `\\begin{align} ${WRONG.replace("=", "&=")} & 2 + 2 &= 5 \\end{align}`, "latex", 2],
    ["words between", `\\[ ${WRONG} \\quad\\text{and}\\quad 2 + 2 = 5 \\]`, "latex", 2],
    ["words between rows", `\\begin{align} a &= a \\\\ \\intertext{and so} ${WRONG} \\end{align}`, "latex", 1],
    ["brackets by name", "\\[ \\lparen x + 1 \\rparen^2 = x^2 + 1. \\]", "latex", 1],
    ["a tag and a label", `\\begin{equation} ${WRONG} \\tag{3} \\label{eq:3} \\end{equation}`, "latex", 1],
    ["a continued chain that begins with its relation", `Then\n\\[ = 1 + 1 = 3 \\]`, "latex", 1],
  ];
  for (const [what, text, syntax, expected] of counts) {
    it(`reads ${what} as ${expected} wrong relations`, () => {
      const { findings } = checkRelations(parseDocument(text, syntax));
      assert.equal(findings.length, expected, JSON.stringify(findings));
    });
  }

  it("takes macros of the project from outside", () => {
    const text = String.raw`\[ \sq{a+b} = \sq a + \sq b + ab. \]`;
    const document = parseDocument(text, "latex");
    assert.equal(checkRelations(document).findings.length, 0);
    const [macro] = parseDocument("\\newcommand{\\sq}[1]{(#1)^2}", "latex").macros;
    const { findings } = checkRelations(document, { macros: [macro!] });
    assert.deepEqual(
      findings.map(({ start, end }) => text.slice(start, end)),
      ["\\sq{a+b} = \\sq a + \\sq b + ab"],
    );
  });
});
