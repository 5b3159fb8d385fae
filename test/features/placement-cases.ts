import type { Syntax } from "../../server/src/document/types.js";

/** A text whose first open statement (or the one whose body begins with `which`) gets a proof. */
export interface Case {
  readonly what: string;
  readonly text: string;
  readonly which?: string;
  /** A line that the result has, exactly. */
  readonly line?: string;
}

const LATEX: readonly Case[] = [
  {
    what: "a theorem environment, with text after it",
    text: "A\n\\begin{theorem}\\label{t}\n  X is even.\n\\end{theorem}\n\nAfter it.\n\\begin{lemma}B\\end{lemma}\n",
  },
  {
    what: "an indented environment",
    text: "\\begin{document}\n  \\begin{theorem}\n    X is even.\n  \\end{theorem}\n  After.\n\\end{document}\n",
    line: "    which is even.",
  },
  {
    what: "text after the statement on its last line",
    text: "See \\begin{theorem}X is even.\\end{theorem} and then text.\n",
    line: "and then text.",
  },
  {
    what: "a comment after the statement on its last line",
    text: "\\begin{theorem}X is even.\\end{theorem} % \\begin{proof}\nNext.\n",
    line: "\\begin{theorem}X is even.\\end{theorem} % \\begin{proof}",
  },
  { what: "a statement at the end of the file, without a line end", text: "\\begin{theorem}X is even.\\end{theorem}" },
  {
    what: "a statement in a list",
    text: "\\begin{itemize}\n\\item \\begin{theorem}X is even.\\end{theorem}\n\\item two\n\\end{itemize}\n",
  },
  { what: "a bold run-in", text: "Text.\n\n\\textbf{Theorem 1.} The number $X$ is even.\n" },
  {
    what: "another name for proofs in the same document",
    text: "\\newtheorem{satz}{Satz}\n\\begin{satz}A\\end{satz}\n\\begin{beweis}Klar.\\end{beweis}\n\\begin{satz}B\\end{satz}\n",
    which: "B",
    line: "\\begin{beweis}",
  },
  { what: "an empty proof", text: "\\begin{theorem}X.\\end{theorem}\n\\begin{proof}\\end{proof}\nNext\n" },
  {
    what: "an empty proof on several lines",
    text: "  \\begin{theorem}X.\\end{theorem}\n  \\begin{proof}\n\n\n  \\end{proof}\nNext\n",
    line: "  \\end{proof}",
  },
  {
    what: "a todo",
    text: "\\begin{theorem}X.\\end{theorem}\n\\begin{proof}\n  \\todo{prove}\n\\end{proof}\nNext\n",
    line: "  which is even.",
  },
  {
    what: "a todo after the beginning of a proof",
    text: "\\begin{theorem}X.\\end{theorem}\n\\begin{proof}\n  First of all.\n  \\todo{prove}\n\\end{proof}\nNext\n",
    line: "  First of all.",
  },
  {
    what: "a todo between written sentences",
    text: "\\begin{theorem}X.\\end{theorem}\n\\begin{proof}\n  First. \\todo{prove} And last.\n\\end{proof}\nNext\n",
    line: "  And last.",
  },
  {
    what: "a todo on the line of a comment's end",
    text: "\\begin{theorem}X.\\end{theorem}\n\\begin{proof}\n  First. % note\n  \\todo{x}\n\\end{proof}\n",
    line: "  First. % note",
  },
  {
    what: "a marker",
    text: "\\begin{theorem}X.\\end{theorem}\n\\begin{proof}\n  First.\n  % qed: prove\n\\end{proof}\nNext\n",
  },
  {
    what: "a hole macro",
    text: "\\begin{theorem}X.\\end{theorem}\n\\begin{proof}First. \\qedhole\\end{proof}\nNext\n",
  },
  {
    what: "words that leave the proof out",
    text: "\\begin{theorem}X.\\end{theorem}\n\\begin{proof}\nThe proof is left to the reader.\n\\end{proof}\n",
  },
  {
    what: "a half-typed proof before a section",
    text: "\\begin{theorem}X.\\end{theorem}\n\\begin{proof}\n  First of all\n\n\\section{N}\n\\begin{lemma}Y.\\end{lemma}\n",
    which: "X.",
  },
  {
    what: "a half-typed proof at the end of the file",
    text: "\\begin{theorem}X.\\end{theorem}\n\\begin{proof}\n",
    which: "X.",
  },
  {
    what: "a half-typed statement",
    text: "\\begin{theorem}\n X is even.\n\n\\section{N}\n\\begin{lemma}Y.\\end{lemma}\n",
    line: "\\end{theorem}",
  },
];

const MARKDOWN: readonly Case[] = [
  { what: "a Pandoc div", text: "# A\n\n::: {.theorem #thm-x}\nX is even.\n:::\n\nNext.\n", line: "::: {.proof}" },
  { what: "a div with text directly below it", text: "::: {.theorem #thm-x}\nX is even.\n:::\nNext.\n", line: "Next." },
  { what: "a div in a div", text: ":::: {.section}\n\n::: {.theorem #thm-x}\nX is even.\n:::\n\n::::\n", line: "::::" },
  {
    what: "a div that holds a div",
    text: ":::::: {.theorem}\nX is even.\n\n::: {.note}\nhm\n:::\n::::::\n\nNext\n",
    line: ":::::: {.proof}",
  },
  { what: "a div at the end of the file", text: "::: {.theorem}\nX is even.\n:::" },
  {
    what: "a div in a quote",
    text: "> ::: {.theorem}\n> X is even.\n> :::\n>\n> Next.\n\nOut.\n",
    line: "> ::: {.proof}",
  },
  { what: "a half-typed div", text: "::: {.theorem}\nX is even.\n\n# Next\n\n::: {.lemma}\nY.\n:::\n" },
  {
    what: "a div proof with a marker",
    text: "::: {.theorem}\nX is even.\n:::\n\n::: {.proof}\n<!-- qed: prove -->\n:::\n\nNext\n",
  },
  { what: "an empty div proof", text: "::: {.theorem}\nX is even.\n:::\n\n::: {.proof}\n\n\n:::\n\nNext\n" },
  {
    what: "a div proof that has begun",
    text: "::: {.theorem}\nX is even.\n:::\n\n::: {.proof}\nFirst.\n\nTODO\n:::\n\nNext\n",
    line: "First.",
  },
  {
    what: "a hole between written sentences",
    text: "::: {.theorem}\nX is even.\n:::\n\n::: {.proof}\nFirst. TODO\nAnd last.\n:::\n\nNext\n",
    line: "And last.",
  },
  {
    what: "a half-typed div proof",
    text: "::: {.theorem}\nX is even.\n:::\n\n::: {.proof}\nFirst.\n\n# Next\n\n::: {.lemma}\nY.\n:::\n",
    which: "X is",
  },
  {
    what: "a MyST backtick fence",
    text: "```{prf:theorem} T\n:label: t\n\nX is even.\n```\n\nNext.\n",
    line: "```{prf:proof}",
  },
  {
    what: "a MyST colon fence",
    text: ":::{prf:theorem} T\n:label: t\nX is even.\n:::\nNext.\n",
    line: ":::{prf:proof}",
  },
  {
    what: "a MyST fence in a directive",
    text: "::::{tip}\n:::{prf:theorem} T\n:label: t\nX is even.\n:::\n::::\nNext.\n",
    line: "::::",
  },
  { what: "a MyST tilde fence", text: "~~~{prf:theorem} T\nX is even.\n~~~\nNext.\n", line: "~~~{prf:proof}" },
  {
    what: "a MyST proof with a marker",
    text: "```{prf:theorem} T\nX is even.\n```\n\n```{prf:proof}\n% qed: prove\n```\nNext\n",
  },
  {
    what: "a MyST proof with options that has begun",
    text: "```{prf:theorem} T\nX is even.\n```\n\n```{prf:proof}\n:label: p\nFirst.\n% qed: prove\n```\nNext\n",
    line: ":label: p",
  },
  { what: "an empty MyST proof", text: "```{prf:theorem} T\nX is even.\n```\n\n```{prf:proof}\n```\nNext\n" },
  {
    what: "a half-typed MyST proof",
    text: "```{prf:theorem} T\nX is even.\n```\n\n```{prf:proof}\nFirst.\n",
    which: "X is",
  },
  { what: "an Obsidian callout", text: "> [!theorem] T\n> X is even. ^x\n\nNext.\n", line: "> [!proof]" },
  {
    what: "a callout directly above another",
    text: "> [!theorem] T\n> X is even.\n> [!lemma] L\n> Y.\n\nNext.\n",
    line: "> [!lemma] L",
  },
  { what: "a callout whose id stands below it", text: "> [!theorem] T\n> X is even.\n\n^xx\n\nNext.\n", line: "^xx" },
  {
    what: "a callout in a list",
    text: "- item\n\n  > [!theorem] T\n  > X is even.\n\n  more\n- two\n",
    line: "  > [!proof]",
  },
  {
    what: "a callout in a callout",
    text: "> [!note]\n> Hm\n>\n> > [!theorem] T\n> > X is even.\n>\n> after\n\nNext.\n",
    line: "> > [!proof]",
  },
  { what: "a callout in a quote", text: "> > [!theorem] T\n> > X is even.\n\nNext.\n", line: "> > [!proof]" },
  { what: "a callout at the end of the file", text: "> [!theorem] T\n> X is even." },
  { what: "callouts without a space", text: ">[!theorem] T\n>X is even.\n\n>[!proof]\n>TODO\n", line: ">[!proof]" },
  { what: "an empty callout proof", text: "> [!theorem] T\n> X is even.\n\n> [!proof]\n\nNext\n" },
  { what: "an empty folded callout proof", text: "> [!theorem] T\n> X is even.\n\n> [!proof]-\n>\n>\n\nNext\n" },
  {
    what: "a callout proof that has begun",
    text: "> [!theorem] T\n> X is even.\n\n> [!proof]\n> First we note.\n>\n> <!-- qed: prove -->\n\nNext\n",
    line: "> First we note.",
  },
  {
    what: "a callout proof in its statement",
    text: "> [!theorem] T\n> X is even.\n>\n> > [!proof]\n> > TODO\n\nNext\n",
    line: "> > which is even. ∎",
  },
  { what: "a bold run-in", text: "Text.\n\n**Theorem 1 (A).** X is even.\n\n**Lemma 2.** Y is odd.\n" },
  { what: "a bold run-in at the end of the file", text: "**Theorem 1 (A).** X is even." },
  {
    what: "a run-in proof with a hole",
    text: "**Theorem 1 (A).** X is even.\n\n**Proof.** TODO\n\n**Lemma 2.** Y is odd.\n",
    line: "**Proof.** Let $a=2m$ and $b=2n$.",
  },
  {
    what: "a run-in proof with a hole and its ∎",
    text: "**Theorem 1 (A).** X is even.\n\n**Proof.** TODO ∎\n\n**Lemma 2.** Y is odd.\n",
    line: "which is even. ∎",
  },
  {
    what: "a run-in proof that has begun",
    text: "**Theorem 1 (A).** X is even.\n\n*Proof.* First.\n<!-- qed: prove -->\n\n**Lemma 2.** Y is odd.\n",
    line: "*Proof.* First.",
  },
  {
    what: "a run-in proof that has begun, with its own mark",
    text: "**Theorem 1 (A).** X is even.\n\n*Proof.* First. TODO $\\square$\n\n**Lemma 2.** Y is odd.\n",
    line: "which is even. $\\square$",
  },
  { what: "a run-in in a quote", text: "> **Theorem 1 (A).** X is even.\n>\n> More text here.\n\nout\n" },
  { what: "a heading run-in", text: "### Theorem 1\n\nX is even.\n\n### Lemma 2\n\nY is odd.\n" },
];

/** Every markup, every kind of place for a proof. */
export const CASES: readonly (Case & { readonly syntax: Syntax })[] = [
  ...LATEX.map((one) => ({ ...one, syntax: "latex" as const })),
  ...MARKDOWN.map((one) => ({ ...one, syntax: "markdown" as const })),
];
