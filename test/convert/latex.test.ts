import assert from "node:assert/strict";
import katex from "katex";
import { wrapProof } from "../../server/src/convert/block.js";
import { bigs, delimiters, renamed, shapes, symbols } from "../../server/src/convert/commands.js";
import { convertProof } from "../../server/src/convert/convert.js";
import { convertFormula } from "../../server/src/convert/formula.js";
import { BARE_ARTICLE, hasPdfLatex, latexError } from "./pdflatex.js";

const latex = (markdown: string): string => convertProof(markdown, { flavour: "latex" }).text;
const labelled = (text: string): string => text.replace(/eq:qed-\w+-/g, "L");

describe("Markdown to LaTeX", () => {
  const cases: readonly (readonly [name: string, markdown: string, expected: string])[] = [
    [
      "escapes what TeX takes for its own",
      "100% & #1 a_b {x} ~ ^ \\$5",
      "100\\% \\& \\#1 a\\_b \\{x\\} \\textasciitilde{} \\textasciicircum{} \\$5",
    ],
    ["leaves prices alone", "costs $5 or $6", "costs \\$5 or \\$6"],
    ["leaves prices alone beside formulas", "costs $5 and $10, while $x$ is 3", "costs \\$5 and \\$10, while $x$ is 3"],
    [
      "lets dollars in the words of a formula stay inside it",
      "$f \\text{ if $n$ odd}$.",
      "$f {\\text{ if } n \\text{ odd}}$.",
    ],
    [
      "reads delimiters that were escaped twice",
      "Thus \\\\( a_1 \\\\), but \\\\(x",
      "Thus $a_1$, but \\textbackslash{}(x",
    ],
    ["keeps a comparison that has the look of a tag", "if a<b and c>d so", "if a$<$b and c$>$d so"],
    ["takes a tie before a reference or a formula for a space", "Theorem~$3$", "Theorem~$3$"],
    ["makes straight quotes typographic", 'the "wider" one isn\'t', "the ``wider'' one isn't"],
    [
      "writes symbols in prose as mathematics",
      "x² ≤ y₁₂ → ℝ, 𝑥 ∈ 𝔸",
      "x$^{2}$ $\\le$ y$_{12}$ $\\to$ $\\mathbb{R}$, $x$ $\\in$ $\\mathbb{A}$",
    ],
    ["writes the dashes and spaces of print", "a–b — non‑zero §\u202f3 …", "a--b --- non-zero \\S{}~3 \\dots{}"],
    [
      "keeps Latin letters, and accents those that need it",
      "Poincaré, Erdős, Łoś",
      "Poincaré, Erd\\H{o}s, \\L{}o\\'{s}",
    ],
    ["shows what no Latin font has", "中", "[U+4E2D]"],
    ["sets bold and italics", "**a** and *b* and ***c***", "\\textbf{a} and \\emph{b} and \\emph{\\textbf{c}}"],
    [
      "makes headings bold lines",
      "a\n\n### 1.  On \\(x\\) **now**\n\nb",
      "a\n\n\\medskip\\noindent\\textbf{1. On $x$ now}\n\nb",
    ],
    ["takes a bold line for a heading", "a\n\n**1. Set-up**\n\nb", "a\n\n\\medskip\\noindent\\textbf{1. Set-up}\n\nb"],
    [
      "makes rules space, and drops them at headings and ends",
      "---\n\na\n\n---\n\nb\n\n---\n\n### c\n\nd\n\n---",
      "a\n\n\\medskip\nb\n\n\\medskip\\noindent\\textbf{c}\n\nd",
    ],
    [
      "breaks lines only within a paragraph",
      "**Step.**  \nWe have  \n\\[x\\]",
      "\\textbf{Step.}\\\\\nWe have\n\\[\n  x\n\\]",
    ],
    ["keeps a display in its sentence", "so\n\n\\[\nx\n\\]\n\nand\n\nThen", "so\n\\[\n  x\n\\]\nand\n\nThen"],
    ["takes blank lines and a last row end from formulas", "\\[\na\n\nb \\\\\n\\]", "\\[\n  a\n  b\n\\]"],
    [
      "aligns rows that stand in no environment",
      "\\[a &= b \\\\ c &= d\\]",
      "\\[\n  \\begin{aligned}\n  a &= b \\\\ c &= d\n  \\end{aligned}\n\\]",
    ],
    [
      "takes an align out of brackets",
      "\\[\\begin{align}a&=b\\end{align}\\]",
      "\\[\n  \\begin{aligned}\n  a&=b\n  \\end{aligned}\n\\]",
    ],
    [
      "knows displays without delimiters",
      "so\n\\begin{align*}\na&=b\n\\end{align*}",
      "so\n\\[\n  \\begin{aligned}\n  a&=b\n  \\end{aligned}\n\\]",
    ],
    ["keeps code as code", "`a_b  c`", "\\texttt{a\\_b\\  c}"],
    ["drops a proof's own head and tombstone", "**Proof.** Clear. \\(\\blacksquare\\)\n\n---", "Clear."],
    ["drops a tombstone from a last display", "\\[x\\qquad\\blacksquare\\]", "\\[\n  x\n\\]"],
    ["reads TeX's own fonts in prose", "\\textbf{Case 1} \\emph{now}", "\\textbf{Case 1} \\emph{now}"],
    ["sets notes as footnotes", "a[^1] b\n\n[^1]: see \\(x\\)", "a\\footnote{see $x$} b"],
    ["shows a link's address", "[here](https://a.org/x_y)", "here (\\texttt{https://a.org/x\\_y})"],
    [
      "guards brackets from rows and items",
      "- [y] a\n\n| a |\n|---|\n| [1] |",
      "\\begin{itemize}\n\\item {[}y] a\n\\end{itemize}\n\n\\begin{center}\n\\begin{tabular}{l}\na \\\\\n\\hline\n{[}1] \\\\\n\\end{tabular}\n\\end{center}",
    ],
    [
      "keeps the numbers of a list that goes on",
      "3. a\n4. b",
      "\\begin{enumerate}\n\\item[3.] a\n\\item[4.] b\n\\end{enumerate}",
    ],
  ];
  for (const [name, markdown, expected] of cases) it(name, () => assert.equal(latex(markdown), expected));

  it("keeps tags and points references to them with fresh labels", () => {
    assert.equal(
      labelled(latex("\\[a \\tag{1}\\]\n\nBy (1) and (2) and \\((∗)\\).\n\n\\[b \\tag{∗}\\]\n\n\\[c \\tag{3}\\]")),
      "\\[\n  a \\tag{1}\\label{L1}\n\\]\n\nBy \\eqref{L1} and (2) and \\eqref{L2}.\n\\[\n  b \\tag{$\\ast$}\\label{L2}\n\\]\n\\[\n  c \\tag{3}\n\\]",
    );
  });

  it("takes a tag used twice for the nearest one before the reference", () => {
    const text = labelled(latex("\\[a\\tag{1}\\]\n\nA (1).\n\n\\[b\\tag{1}\\]\n\nB (1)."));
    assert.match(text, /A \\eqref\{L1\}[\s\S]*B \\eqref\{L2\}/);
  });

  it('reads "(*) … (*)" as names of an equation, not as emphasis', () => {
    assert.match(
      labelled(latex("\\[a\\tag{*}\\]\n\nFrom (*) and (*) again")),
      /From \\eqref\{L1\} and \\eqref\{L1\} again/,
    );
  });

  it("gives labels that the document doesn't have, and other labels to other proofs", () => {
    const one = "\\[a\\tag{1}\\] so (1)";
    const label = /\\label\{(.*?)\}/.exec(latex(one))![1]!;
    assert.doesNotMatch(
      convertProof(one, { flavour: "latex", labels: new Set([label]) }).text,
      new RegExp(`${label}\\}`),
    );
    assert.notEqual(/\\label\{(.*?)\}/.exec(latex(`${one}.`))![1], label);
  });

  it("puts tags of several rows into an align*, and joins two tags of one line", () => {
    assert.match(
      latex("\\[\\begin{aligned}a&=b\\tag{1}\\\\c&=d\\tag{2}\\end{aligned}\\]"),
      /^\\begin\{align\*\}\n {2}a&=b \\tag\{1\}\\\\ *c&=d \\tag\{2\}\n\\end\{align\*\}$/,
    );
    assert.match(latex("\\[a \\tag{1'}, (2')\\]"), /\\tag\*\{\(1\$'\$\), \(2\$'\$\)\}/);
    assert.match(latex("\\[a \\tag{1} \\tag{2}\\]"), /\\tag\*\{\(1\), \(2\)\}/);
  });

  it("uses the document's delimiters, line length and macros", () => {
    const math = { inline: "\\(", display: "$$" } as const;
    assert.equal(
      convertProof("a \\(x\\)\n\n\\[y\\]\n\n\\[z\\tag{1}\\]", { flavour: "latex", math }).text,
      "a \\(x\\)\n$$\n  y\n$$\n\\begin{equation*}\n  z \\tag{1}\n\\end{equation*}",
    );
    const long = convertProof("word ".repeat(60), {
      flavour: "latex",
      layout: { lines: { kind: "filled", width: 72 } },
    }).text;
    assert.ok(long.split("\n").length > 3 && long.split("\n").every((line) => line.length <= 72));
    assert.equal(
      convertProof("\\(\\PP + \\lcm\\)", { flavour: "latex", macros: new Set(["\\PP"]) }).text,
      "$\\PP + \\operatorname{lcm}$",
    );
  });

  it("maps commands of other packages, and shows a formula that can't compile as its source", () => {
    assert.equal(latex("\\(\\bm{x}\\coloneqq\\mathbbm 1 \\textcolor{red}{y}\\)"), "$\\boldsymbol{x}:=\\mathbf 1 {y}$");
    assert.equal(latex("\\(\\frac{a}\\)"), "\\texttt{\\textbackslash{}frac\\{a\\}}");
    assert.equal(latex("\\(\\left( a\\) b"), "$( a$ b");
    assert.equal(latex("\\(x^a^b\\)"), "$x^a{}^b$");
    assert.equal(latex("\\(a \\over b\\)"), "$\\frac{a}{b}$");
    assert.equal(latex("\\(\\text{if $x_1$ is 5% of a_b}\\)"), "\u0024{\\text{if } x_1 \\text{ is 5\\% of a\\_b}}$");
  });

  it("knows no command that LaTeX with amsmath and amssymb, or KaTeX, does not", function () {
    this.timeout(70_000);
    const shaped = [...shapes].map(
      ([name, shape]) => `\\${name}${Array.from(shape, (kind) => (kind === "o" ? "[x]" : "{A}")).join("")}`,
    );
    const formulas = [...symbols, ...renamed.keys()]
      .map((name) => `a \\${name} b`)
      .concat(
        shaped,
        [...bigs].map((name) => `\\${name}(`),
        [...delimiters].map((name) => `\\left\\${name} x \\right\\${name}`),
      );
    for (const formula of formulas) {
      const { body } = convertFormula(formula, { dialect: "katex", display: false })!;
      katex.renderToString(body, { throwOnError: true });
    }
    if (!hasPdfLatex()) this.skip();
    const bodies = formulas.map(
      (formula) => `$${convertFormula(formula, { dialect: "latex", display: false })!.body}$`,
    );
    assert.equal(latexError(bodies.join("\n")), null);
  });

  it("knows a plain way for every command where amsmath and amssymb, or only one of them, are missing", function () {
    this.timeout(70_000);
    if (!hasPdfLatex()) this.skip();
    const shaped = [...shapes].map(
      ([name, shape]) => `\\${name}${Array.from(shape, (kind) => (kind === "o" ? "[x]" : "{A}")).join("")}`,
    );
    const formulas = [
      ...[...symbols, ...renamed.keys()].map((name) => `a \\${name} b`),
      ...shaped,
      ...shaped.map((formula) => `x_{${formula}}`),
      ...[...bigs].map((name) => `\\${name}(`),
      ...[...delimiters].map((name) => `\\left\\${name} x \\right\\${name}`),
      "{n \\choose k} {a \\atop b} \\operatorname*{argmax}_{x} \\sum_{\\substack{i<j\\\\j<k\\\\k<l}} \\underset{x}{=} \\foo \\RR",
    ];
    for (const [amsmath, amssymb] of [
      [false, false],
      [true, false],
      [false, true],
    ] as const) {
      const packages = { amsmath, amssymb, amsfonts: amssymb };
      const bodies = formulas.map(
        (formula) => `$${convertFormula(formula, { dialect: "latex", display: false, packages })!.body}$`,
      );
      const loads = `${amsmath ? "\\usepackage{amsmath}\n" : ""}${amssymb ? "\\usepackage{amssymb}\n" : ""}`;
      assert.equal(latexError(bodies.join("\n"), BARE_ARTICLE + loads), null);
    }
  });

  const bare = { amsmath: false, amssymb: false, amsfonts: false };
  const plainCases: readonly (readonly [name: string, markdown: string, expected: string])[] = [
    [
      "prints tags with TeX's own numbers and refers to them in plain text",
      "\\[a \\tag{1'}\\]\n\nBy (1') and \\eqref{x}: \\[b\\label{x}\\tag{2}\\]",
      "$$\n  a \\eqno\\mbox{(1$'$)}\n$$\n\nBy (1$'$) and (2):\n$$\n  b \\eqno\\mbox{(2)}\n$$",
    ],
    [
      "aligns with an array",
      "\\[\\begin{align*}a&=b\\\\&\\le c\\end{align*}\\]",
      "\\[\n  \\begin{array}{r@{}l}\n  \\displaystyle a&\\displaystyle{}=b\\\\[1ex] &\\displaystyle{}\\le c\n  \\end{array}\n\\]",
    ],
    [
      "writes cases, matrices, words and binomials with what TeX has",
      "\\(\\begin{cases}1&\\text{if }x\\\\0\\end{cases} \\binom{n}{k} y_{\\text{max}} \\tfrac12 \\mathbb{R}\\)",
      "$\\left\\{\\begin{array}{ll} 1&\\mbox{if }x\\\\ 0 \\end{array}\\right. {n \\choose k} y_{\\mbox{\\scriptsize max}} {\\textstyle\\frac{1}{2}} \\mathbf{R}$",
    ],
    [
      "replaces symbols in prose",
      "x ∤ ½ ∈ ℝ ∅",
      "x $\\not\\mid$ \u0024{\\textstyle\\frac{1}{2}}$ $\\in$ $\\mathbf{R}$ $\\emptyset$",
    ],
  ];
  for (const [name, markdown, expected] of plainCases)
    it(`without amsmath ${name}`, () =>
      assert.equal(convertProof(markdown, { flavour: "latex", packages: bare }).text, expected));

  it("compiles every construct at once", function () {
    this.timeout(70_000);
    if (!hasPdfLatex()) this.skip();
    const nested =
      "- a\n  - b\n    - c\n      - d\n        - e\n          - f\n            1. g\n\n               > q\n";
    const table =
      "| a | b | c |\n|:--|:-:|--:|\n| \\(|x|\\) | & % | [x] |\n| long long long long long long long long long long | more and more and more and more | z |";
    const odd =
      "\\[\\begin{pmatrix}1&2&3&4&5&6&7&8&9&10&11&12\\end{pmatrix}\\begin{cases}a&b&c\\\\ [d]&e\\end{cases}\\begin{array}{c}a&b\\end{array}\\]";
    const code = "```\nplain \\ code\n```\n\n```\n\\end{verbatim} é ≤\n```\n\n- ```\n  x\n  ```";
    const text = "“é” ‘ñ’ ‑ – — … ½ ² ₂ ∎ ≤ Γ 中 Ł đ ﬁ € « » „ † ‡ 𝔸 ☃ \u00a0\u2009 ı";
    const all = [
      ...cases.map(([, markdown]) => markdown),
      nested,
      table,
      odd,
      code,
      text,
      `\\(${text}\\)`,
      `\\(\\text{${text}}\\)`,
      `\\[x\\tag{${text}}\\]`,
      "> [a]\n>\n> \\[x\\]",
      "**a \\[x\\] b**",
      "1. \\[x\\]\n2. | a |\n   |---|\n   | b |",
    ];
    const bodies = all.map((markdown) => wrapProof(latex(markdown), { markup: "environment", syntax: "latex" }));
    assert.equal(latexError(bodies.join("\n\n")), null);
    const plain = all.map((markdown) =>
      wrapProof(convertProof(markdown, { flavour: "latex", packages: bare }).text, {
        markup: "run-in",
        syntax: "latex",
        amssymb: false,
      }),
    );
    assert.equal(latexError(plain.join("\n\n"), BARE_ARTICLE), null);
  });
});
