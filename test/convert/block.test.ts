import assert from "node:assert/strict";
import { type BlockPlace, wrapProof } from "../../server/src/convert/block.js";
import { hasPdfLatex, latexError } from "./pdflatex.js";

const environment: BlockPlace = { markup: "environment", syntax: "latex" };
const markdown = (markup: BlockPlace["markup"], more: Partial<BlockPlace> = {}): BlockPlace => ({
  markup,
  syntax: "markdown",
  ...more,
});

describe("A proof as a block", () => {
  const cases: readonly (readonly [name: string, body: string, place: BlockPlace, expected: string])[] = [
    ["is an environment in LaTeX", "Clear.", environment, "\\begin{proof}\nClear.\n\\end{proof}"],
    [
      "uses the document's own environment",
      "Clear.",
      { ...environment, name: "beweis" },
      "\\begin{beweis}\nClear.\n\\end{beweis}",
    ],
    [
      "sets the tombstone beside a last display",
      "So\n\\[\n  x\n\\]",
      environment,
      "\\begin{proof}\nSo\n\\[\n  x \\qedhere\n\\]\n\\end{proof}",
    ],
    ...[
      ["equation*", "\\begin{equation*}\n  x\n\\end{equation*}", "\\begin{equation*}\n  x \\qedhere\n\\end{equation*}"],
      [
        "align*",
        "\\begin{align*}\n  a \\tag{1}\\\\ b\n\\end{align*}",
        "\\begin{align*}\n  a \\tag{1}\\\\ b \\qedhere\n\\end{align*}",
      ],
      ["$$", "$$\n  x\n$$", "\\[\n  x \\qedhere\n\\]"],
      [
        "aligned",
        "\\[\n  \\begin{aligned}\n  a\n  \\end{aligned}\n\\]",
        "\\[\n  \\begin{aligned}\n  a\n  \\end{aligned} \\qedhere\n\\]",
      ],
      [
        "cases",
        "\\[\n  \\begin{cases}\n  a\n  \\end{cases}\n\\]",
        "\\[\n  \\begin{cases}\n  a\n  \\end{cases} \\qedhere\n\\]",
      ],
      [
        "a list's display",
        "\\begin{itemize}\n\\item so\n  \\[\n    x\n  \\]\n\\end{itemize}",
        "\\begin{itemize}\n\\item so\n  \\[\n    x \\qedhere\n  \\]\n\\end{itemize}",
      ],
      [
        "a list in a list",
        "\\begin{itemize}\n\\item so\n  \\begin{enumerate}\n  \\item x.\n  \\end{enumerate}\n\\end{itemize}",
        "\\begin{itemize}\n\\item so\n  \\begin{enumerate}\n  \\item x. \\qedhere\n  \\end{enumerate}\n\\end{itemize}",
      ],
    ].map(([what, body, ended]) => {
      const block = (inner: string): string => `\\begin{proof}\nSo\n${inner}\n\\end{proof}`;
      return [`sets the tombstone into ${what} at the end`, `So\n${body}`, environment, block(ended!)] as const;
    }),
    [
      "leaves it to the environment after a numbered equation or a table in a list",
      "So\n\\begin{equation}\n  x\n\\end{equation}",
      environment,
      "\\begin{proof}\nSo\n\\begin{equation}\n  x\n\\end{equation}\n\\end{proof}",
    ],
    [
      "has no \\qedhere where it is not defined",
      "So\n\\[\n  x\n\\]",
      { ...environment, qedhere: false },
      "\\begin{proof}\nSo\n\\[\n  x\n\\]\n\\end{proof}",
    ],
    [
      "but not beside a tag",
      "\\[\n  x \\tag{1}\n\\]",
      environment,
      "\\begin{proof}\n\\[\n  x \\tag{1}\n\\]\n\\end{proof}",
    ],
    [
      "nor in another environment",
      "\\[\n  x\n\\]",
      { ...environment, name: "solution" },
      "\\begin{solution}\n\\[\n  x\n\\]\n\\end{solution}",
    ],
    [
      "takes a list from the word Proof",
      "\\begin{itemize}\n\\item a\n\\end{itemize}",
      environment,
      "\\begin{proof}\n\\leavevmode\n\\begin{itemize}\n\\item a \\qedhere\n\\end{itemize}\n\\end{proof}",
    ],
    ["keeps a bracket from being an option", "[a] b", environment, "\\begin{proof}\n{[}a] b\n\\end{proof}"],
    ["is a div in Pandoc", "Clear.", markdown("div"), "::: {.proof}\nClear.\n:::"],
    [
      "has a longer fence than what it holds",
      "```\n:::: x\n```",
      markdown("div", { fence: ":::" }),
      "::::: {.proof}\n```\n:::: x\n```\n:::::",
    ],
    ["is a directive in MyST", "Clear.", markdown("directive"), "```{prf:proof}\nClear.\n```"],
    [
      "uses the statement's kind of fence",
      "Clear.",
      markdown("directive", { fence: "::::" }),
      "::::{prf:proof}\nClear.\n::::",
    ],
    [
      "holds code in a longer fence",
      "```\nx\n```",
      markdown("directive", { fence: "```" }),
      "````{prf:proof}\n```\nx\n```\n````",
    ],
    ["is a callout in Obsidian", "a\n\nb", markdown("callout"), "> [!proof]\n> a\n>\n> b"],
    ["is a callout within a callout", "a", markdown("callout", { quotePrefix: "> > " }), "> > [!proof]\n> > a"],
    ["is run in, with a tombstone", "Clear.", markdown("run-in"), "**Proof.** Clear. ∎"],
    ["has no second tombstone", "Clear. ∎", markdown("run-in"), "**Proof.** Clear. ∎"],
    ["has its tombstone below a display", "$$\nx\n$$", markdown("run-in"), "**Proof.**\n\n$$\nx\n$$\n\n∎"],
  ];
  for (const [name, body, place, expected] of cases) it(name, () => assert.equal(wrapProof(body, place), expected));

  it("compiles with every ending that takes \\qedhere, and those that don't", function () {
    this.timeout(70_000);
    if (!hasPdfLatex()) this.skip();
    const endings = [
      "\\[\n  x\n\\]",
      "$$\n  x\n$$",
      "\\[\n  \\begin{aligned}\n  a&=b\\\\c&=d\n  \\end{aligned}\n\\]",
      "\\begin{align*}\n  a&=b \\tag{1}\\\\ c&=d\n\\end{align*}",
      "\\begin{align*}\n  a&=b \\\\ c&=d\\tag{1}\n\\end{align*}",
      "\\[\n  x \\tag{1}\n\\]",
      "\\begin{itemize}\n\\item \\[\n  x\n\\]\n\\end{itemize}",
      "\\begin{itemize}\n\\item a\n  \\begin{enumerate}\n  \\item b\n  \\[\n    x\n  \\]\n  \\end{enumerate}\n\\end{itemize}",
      "\\begin{enumerate}\n\\item[3.] words.\n\\end{enumerate}",
      "\\[\n  \\begin{cases}\n  a&b\\\\ c&d\n  \\end{cases}\n\\]",
      "\\begin{equation*}\n  x\n\\end{equation*}",
      "\\begin{equation}\\label{q}\n  x\n\\end{equation}",
      "\\begin{gather*}\n  a \\tag{1}\\\\ b\n\\end{gather*}",
    ];
    const blocks = endings.map((ending) => wrapProof(`So\n${ending}`, environment));
    assert.equal(latexError(blocks.join("\n\n")), null);
    assert.equal(latexError(wrapProof("\\[\n  x\n\\]", { markup: "run-in", syntax: "latex" })), null);
  });
});
