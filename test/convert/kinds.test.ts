import assert from "node:assert/strict";
import { convertProof, type Flavour } from "../../server/src/convert/convert.js";
import { BARE_ARTICLE, hasPdfLatex, latexError } from "./pdflatex.js";

const bare = { amsmath: false, amssymb: false, amsfonts: false };

const cases: readonly (readonly [what: string, markdown: string, expected: Partial<Record<Flavour, string>>])[] = [
  [
    "definition lists",
    "Term \\(x\\)\n: What it is,\n  and more.\n\nOther:\n\n: Second.",
    {
      latex:
        "\\begin{itemize}\n\\item \\textbf{Term $x$:} What it is,\n  and more.\n\\item \\textbf{Other:} Second.\n\\end{itemize}",
      obsidian: "- **Term $x$:** What it is,\n  and more.\n\n- **Other:** Second.",
      pandoc: "Term $x$\n: What it is,\n  and more.\n\nOther:\n\n: Second.",
    },
  ],
  [
    "task lists",
    "- [ ] open\n- [x] done",
    {
      latex: "\\begin{itemize}\n\\item[$\\square$] open\n\\item[$\\checkmark$] done\n\\end{itemize}",
      pandoc: "- [ ] open\n- [x] done",
    },
  ],
  [
    "lists in lists with displays",
    "1. a\n   - b \\[x\\]\n     so",
    {
      latex:
        "\\begin{enumerate}\n\\item a\n\n  \\begin{itemize}\n  \\item b\n    \\[\n      x\n    \\]\n    so\n  \\end{itemize}\n\\end{enumerate}",
      myst: "1. a\n   - b\n\n     $$\n     x\n     $$\n     so",
    },
  ],
  [
    "bars in the formulas and the code of tables",
    "| a | \\(|x|\\) |\n|--|--|\n| `a|b` | \\(\\|v\\|\\) \\| c |",
    {
      latex:
        "\\begin{center}\n\\begin{tabular}{ll}\na & $|x|$ \\\\\n\\hline\n\\texttt{a|b} & $\\|v\\|$ $|$ c \\\\\n\\end{tabular}\n\\end{center}",
      "run-in": "| a | $\\vert x\\vert$ |\n|--|--|\n| `a\\|b` | $\\Vert v\\Vert$ \\| c |",
    },
  ],
  [
    "code with backticks and backslashes",
    "``a ` b`` and `C:\\dir`",
    {
      latex: "\\texttt{a \\textasciigrave{} b} and \\texttt{C:\\textbackslash{}dir}",
      obsidian: "``a ` b`` and `C:\\dir`",
    },
  ],
  [
    "links as their addresses, without images",
    "[text](https://a.org/p?q=1&r=2#s), <https://b.org/x_y>, ![alt](http://t/x.png)",
    {
      latex: "text (\\texttt{https://a.org/p?q=1\\&r=2\\#s}), \\texttt{https://b.org/x\\_y}, alt",
      pandoc: "[text](https://a.org/p?q=1&r=2#s), <https://b.org/x_y>, alt",
    },
  ],
  [
    "what was struck out",
    "~~gone~~ H~2~O x^2^",
    {
      latex: "(struck out: gone) H\\textasciitilde{}2\\textasciitilde{}O x\\textasciicircum{}2\\textasciicircum{}",
      pandoc: "~~gone~~ H\\~2\\~O x\\^2\\^",
    },
  ],
  [
    "a list and a quote right below text",
    "We have:\n- a\n- b\n\nso\n> q\n\nand\n1. c\n   more\n   - d",
    {
      pandoc: "We have:\n\n- a\n- b\n\nso\n\n> q\n\nand\n\n1. c\n   more\n\n   - d",
      obsidian: "We have:\n- a\n- b\n\nso\n> q\n\nand\n1. c\n   more\n   - d",
    },
  ],
  [
    "letters and signs that fonts lack",
    "Чебышёв ế x̂ \u2126 ∛ ẞ ␣ ′″ Øø №",
    {
      latex: "Chebysh\\\"{e}v \\'{\\^{e}} \\^{x} $\\Omega$ $\\sqrt[3]{\\ }$ SS [U+2423] $'$$''$ \\O{}\\o{} No.",
      myst: "Чебышёв ế x̂ Ω ∛ ẞ ␣ ′″ Øø №",
    },
  ],
  [
    "accents over letters of formulas",
    "\\(x̂+v⃗\\)",
    { latex: "\u0024{\\hat x}+{\\vec v}$", myst: "\u0024{\\hat x}+{\\vec v}$" },
  ],
  [
    "lists in TeX's own words",
    "So\n\\begin{itemize}\n\\item one \\(x\\)\n  more\n\\item two\n\\begin{enumerate}[(a)]\n\\item in\n\\end{enumerate}\n\\end{itemize}\nThen",
    {
      latex:
        "So\n\n\\begin{itemize}\n\\item one $x$\n  more\n\\item two\n\n  \\begin{enumerate}\n  \\item[1.] in\n  \\end{enumerate}\n\\end{itemize}\n\nThen",
      myst: "So\n\n- one $x$\n  more\n- two\n  1. in\n\nThen",
    },
  ],
  [
    "blocks, headings and quotation marks in TeX's own words",
    "\\begin{proof}\n\\section*{Set-up}\nWe ``know'' \\cite{a}.\n\\begin{lemma}[Key]\nX.\n\\end{lemma}\n\\end{proof}",
    {
      latex: "\\noindent\\textbf{Set-up}\n\nWe ``know'' [a].\n\n\\textbf{Lemma (Key).} X.",
      obsidian: "**Set-up**\n\nWe “know” [a].\n\n**Lemma (Key).** X.",
    },
  ],
];

describe("Every kind of Markdown that a model may write", () => {
  for (const [what, markdown, expected] of cases) {
    for (const [flavour, text] of Object.entries(expected)) {
      it(`${what}, in ${flavour}`, () => {
        assert.equal(convertProof(markdown, { flavour: flavour as Flavour }).text, text);
      });
    }
  }

  it("compiles, with packages and without", function () {
    this.timeout(70_000);
    if (!hasPdfLatex()) this.skip();
    const bodies = (packages?: typeof bare): string =>
      cases
        .map(([, markdown]) => convertProof(markdown, { flavour: "latex", ...(packages ? { packages } : {}) }).text)
        .join("\n\n");
    assert.equal(latexError(bodies()), null);
    assert.equal(latexError(bodies(bare), BARE_ARTICLE), null);
  });

  it("compiles any character below U+3000, as prose, in a formula, in its words and as code", function () {
    this.timeout(120_000);
    if (!hasPdfLatex()) this.skip();
    const chars = Array.from({ length: 0x3000 - 0x21 }, (_, at) => String.fromCharCode(0x21 + at)).filter(
      (char) => !/[\s`$\\*_{}[\]<>#&^~]/.test(char),
    );
    const lines: string[] = [];
    for (let at = 0; at < chars.length; at += 60) lines.push(chars.slice(at, at + 60).join(" "));
    const body = lines
      .map((line) => `a ${line}\n\n\\(x ${line}\\)\n\n\\(\\text{${line}}\\)\n\n\`${line}\``)
      .join("\n\n");
    assert.equal(latexError(convertProof(body, { flavour: "latex" }).text), null);
    assert.equal(latexError(convertProof(body, { flavour: "latex", packages: bare }).text, BARE_ARTICLE), null);
  });
});
