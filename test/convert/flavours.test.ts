import assert from "node:assert/strict";
import MarkdownIt from "markdown-it";
import { convertProof, type Flavour } from "../../server/src/convert/convert.js";
import { parseMarkdown, renderHtml } from "../../server/src/convert/markdown.js";

const to = (flavour: Flavour, markdown: string): string => convertProof(markdown, { flavour }).text;

describe("The model's Markdown to Markdown flavours", () => {
  const cases: readonly (readonly [name: string, flavour: Flavour, markdown: string, expected: string])[] = [
    ["swaps delimiters and takes spaces from their insides", "obsidian", "a \\( x \\) b", "a $x$ b"],
    ["leaves code spans alone", "run-in", "`\\(x\\)` and \\(y\\)", "`\\(x\\)` and $y$"],
    [
      "sets displays apart, with the indentation of their item",
      "pandoc",
      "- so \\[x\\] then",
      "- so\n\n  $$\n  x\n  $$\n\n  then",
    ],
    ["keeps displays in quotes", "obsidian", "> a\n> \\[\n> x\n> \\]", "> a\n> $$\n> x\n> $$"],
    ["demotes headings to bold", "myst", "# A **b**\ntext", "**A b**\n\ntext"],
    ["writes rules that are neither front matter nor headings", "run-in", "a\n---\nb", "a\n\n* * *\n\nb"],
    ["escapes dollars that are no mathematics", "pandoc", "costs $5 or $6", "costs \\$5 or \\$6"],
    ["keeps bars in tables", "pandoc", "| a |\n|---|\n| \\(|x|\\) |", "| a |\n|---|\n| $\\vert x\\vert$ |"],
    ["keeps displays in bold in their line", "pandoc", "**a \\[x\\] b**", "**a $\\displaystyle x$ b**"],
    ["leaves a line of colons as text", "pandoc", "a\n\n:::\n\nb", "a\n\n\\:::\n\nb"],
    ["closes a code block that was not closed", "myst", "```\nx", "```\nx\n```"],
    [
      "keeps a tag at the top, and writes several as text",
      "myst",
      "\\[\\begin{aligned}a&=b\\tag{1}\\\\c&=d\\tag{2}\\end{aligned}\\]",
      "$$\n\\begin{aligned}\na&=b \\qquad\\text{(1)}\\\\ c&=d \\qquad\\text{(2)}\n\\end{aligned}\n$$",
    ],
    ["numbers what a label asks for", "run-in", "\\[a\\label{x}\\] by \\eqref{x}", "$$\na \\tag{1}\n$$\n\nby (1)"],
    ["lets no line of a formula begin a list", "pandoc", "\\[\na\n- b\n\\]", "$$\na - b\n$$"],
    ["lets no formula look like a tag or a link", "run-in", "\\(i<j\\) and \\(f[x](y)\\)", "$i< j$ and $f[x] (y)$"],
    ["keeps comparisons in prose", "run-in", "if i <j and k> 0", "if i &lt;j and k> 0"],
    ["keeps figures from undoing a formula", "pandoc", "\\(x\\)2", "$x$ 2"],
    ["keeps stars that name an equation", "obsidian", "(*) and (*)", "(\\*) and (\\*)"],
    ["keeps the tombstone where the block prints none", "obsidian", "Done. \\(\\blacksquare\\)", "Done. ∎"],
    ["drops the tombstone where the block prints one", "myst", "Done. Q.E.D.", "Done."],
  ];
  for (const [name, flavour, markdown, expected] of cases)
    it(name, () => assert.equal(to(flavour, markdown), expected));

  it("renames footnotes so that they can't meet the document's", () => {
    assert.match(to("pandoc", "a[^1]\n\n[^1]: b"), /^a\[\^(qed-\w+-1)\]\n\n\[\^\1\]: b$/);
  });

  it("wraps at the document's line length without making new blocks", () => {
    const source = `${"word - and + or 1. and # then > x ".repeat(12)}`;
    const { text } = convertProof(source, { flavour: "run-in", layout: { lines: { kind: "filled", width: 60 } } });
    const html = new MarkdownIt().render(text);
    assert.ok(text.split("\n").length > 5);
    assert.doesNotMatch(html, /<(?:ul|ol|h\d|blockquote)/);
  });

  it("reads formulas before Markdown does, wherever they stand", () => {
    const inline = (text: string): string[] =>
      parseMarkdown(text).flatMap((token) =>
        (token.children ?? [])
          .filter(({ type }) => type.startsWith("math_"))
          .map(({ type, content }) => `${type} ${content.trim()}`),
      );
    assert.deepEqual(inline("a \\(x_1*y_2*z\\) $a_b$ $$c$$"), [
      "math_inline x_1*y_2*z",
      "math_inline a_b",
      "math_display c",
    ]);
    assert.deepEqual(inline("- a\n\n  \\[\n  - x\n\n  = y\n  \\]"), ["math_display - x\n\n  = y"]);
    assert.deepEqual(inline("| a |\n|--|\n| \\(|x|\\) |"), ["math_inline |x|"]);
    assert.deepEqual(inline("> \\[\n> a > b\n> \\]"), ["math_display a > b"]);
    assert.deepEqual(inline("```math\nx\n```"), ["math_display x"]);
    assert.deepEqual(inline("\\begin{align}a\\end{align}"), ["math_display \\begin{align}a\\end{align}"]);
    assert.deepEqual(inline("```\n\\(x\\)\n```\n\n`\\(y\\)` \\\\(z) costs $5, then $6"), []);
  });

  it("renders HTML without inline styles, with everything escaped", () => {
    const html = renderHtml(
      "| a |\n|--:|\n| <b> \\(x<y\\) |\n\n[l](https://a.b/?x=1&y=2)",
      (tex, display) => `[${display}:${tex}]`,
    );
    assert.doesNotMatch(html, /style=|<b>/);
    assert.match(html, /<th class="align-right">/);
    assert.match(html, /&lt;b&gt; \[false:x<y\]/);
    assert.match(html, /<a href="https:\/\/a.b\/\?x=1&amp;y=2" rel="noreferrer noopener">/);
  });

  it("shows what a stream has not finished as text", () => {
    assert.equal(renderHtml("so \\[\na + <b", () => "!").trim(), "<p>so \\[\na + &lt;b</p>");
  });
});
