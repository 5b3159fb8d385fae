import assert from "node:assert/strict";
import { check } from "./check.js";

/** What authors outside of the corpus write: each case was found by reading files as a stranger would write them. */
describe("LaTeX as authors write it", () => {
  it("allows blanks, tabs, line ends and comments between a command and its braces", () => {
    const text = "\\begin\t{theorem}\t[T]\t\\label\t{x}\r\na\r\n\\end\r\n\t{theorem}\n\\begin%\n{lemma}b\\end{lemma}";
    const { statements } = check("latex", text, ["theorem theorem [T] #x ? missing", "lemma lemma ? missing"]);
    assert.equal(text.slice(statements[0]!.start, statements[0]!.end), text.slice(0, text.indexOf("\n\\begin%")));
  });

  it("reads beamer's overlays in angle brackets and in square ones", () => {
    check("latex", "\\begin{lemma}<1->[A]x\\end{lemma}\\begin{lemma}[<+->][B]y\\end{lemma}", [
      "lemma lemma [A] ? missing",
      "lemma lemma [B] ? missing",
    ]);
  });

  it("takes a box of beamer's for what its title says", () => {
    const text = String.raw`\begin{frame}{Results}
\begin{block}<2->{Theorem 1 (Euler)}\label{e} a \begin{itemize}\item\label{i}\end{itemize} \end{block}
\begin{alertblock}{Lemma}<3-> b \end{alertblock}
\begin{block}{Proof} Of the lemma. \end{block}
\begin{exampleblock}{Example} c \end{exampleblock}
\begin{block}{Proof of Theorem 1} Of the theorem. \end{block}
\begin{block}{Plan} First. \end{block}
\begin{block}{} Second. \end{block}
\end{frame}`;
    const { statements } = check("latex", text, [
      "theorem block [Euler] #e <- Of",
      "lemma alertblock <- Of",
      "-example exampleblock",
    ]);
    const [theorem, lemma] = statements;
    assert.equal(text.slice(lemma!.body.start, lemma!.body.end), "b");
    assert.match(
      text.slice(theorem!.proof!.start, theorem!.proof!.end),
      /^\\begin\{block\}\{Proof of[\s\S]*\\end\{block\}$/,
    );
  });

  it("skips what \\if0 leaves out, to its \\else or \\fi", () => {
    check(
      "latex",
      String.raw`\if0 \begin{lemma}a\end{lemma} \ifx\a\b x\else y\fi \fi\begin{lemma}b\end{lemma}
\if0\begin{claim}c\end{claim}\else\begin{fact}d\end{fact}\fi
\if00\begin{theorem}e\end{theorem}\fi`,
      ["lemma lemma ? missing", "fact fact ? missing", "theorem theorem ? missing"],
    );
  });

  it("knows macros that print a head or an end mark", () => {
    const text = String.raw`\newcommand{\pf}{\noindent\textbf{Proof. }}
\def\eop{\hfill$\blacksquare$\par}
\newcommand{\pfof}[1]{\medskip\noindent{\bf Proof of #1.}\hspace{1ex}}
\newcommand{\thmhead}[1]{\par\noindent{\bfseries Theorem #1.}\ \itshape}
\newcommand{\Thm}{\textbf{Theorem}}
\begin{lemma}\label{l}a\end{lemma}
\pf By $x$. \eop

Prose, and \pf in a line.

\thmhead{A} All is well.

\begin{claim}c\end{claim}

\Thm 3 is a mention.

\pfof{Theorem A} So
it is.

So \eop

After.
`;
    const { statements } = check("latex", text, [
      "lemma lemma #l <- By",
      "theorem Theorem <- So",
      "claim claim ? missing",
    ]);
    const proofs = statements.flatMap(({ proof }) => (proof ? [text.slice(proof.start, proof.end)] : []));
    assert.deepEqual(proofs, ["\\pf By $x$. \\eop", "\\pfof{Theorem A} So\nit is.\n\nSo \\eop"]);
    assert.ok(statements.every(({ proof }) => proof === null || proof.closed));
  });

  it("ends a proof whose head a macro prints at the next thing, if no mark ends it", () => {
    check(
      "latex",
      String.raw`\newcommand\pf{\textit{Proof:}}
\begin{lemma}a\end{lemma}
\pf P.

\begin{lemma}b\end{lemma}
\pf Q.
\section{Next}`,
      ["lemma lemma <-! P.", "lemma lemma <-! Q."],
    );
  });

  it("takes a macro that opens or ends an environment for that, from its backslash on", () => {
    const text = String.raw`\newcommand{\bthm}{\begin{theorem}}\newcommand\ethm{\end{theorem}}\def\bpf{\begin{proof}}\def\epf{\end{proof}}
\newcommand{\be}{\begin{equation}}\newcommand{\ee}{\end{equation}}\newcommand{\vect}[1]{\begin{pmatrix}#1\end{pmatrix}}
\bthm[T] \be\label{e} \vect{x} \ee \label{t} \ethm \bpf p \epf`;
    const [statement] = check("latex", text, ["theorem theorem [T] #t <- p"]).statements;
    assert.equal(statement!.start, text.indexOf("\\bthm["));
    assert.equal(statement!.end, text.lastIndexOf("\\ethm") + 5);
    assert.equal(statement!.proof!.start, text.lastIndexOf("\\bpf"));
  });

  it("sees no environment in what is printed with a backslash", () => {
    check("latex", "\\texttt{\\string\\begin{theorem}} \\begin{lemma}x\\end{lemma}", ["lemma lemma ? missing"]);
  });

  it("reads the arguments of the document's own environments", () => {
    const text = String.raw`\newtheorem{inner}{Theorem}\newenvironment{customthm}[1]{\renewcommand\theinner{#1}\inner}{\endinner}
\newenvironment{key}[1][]{\begin{lemma}[#1]\itshape}{\end{lemma}}
\NewDocumentEnvironment{fancy}{O{} m}{\begin{theorem}[#1]\label{thm:#2}}{\end{theorem}}
\begin{customthm}{5'}\label{five}X\end{customthm}\begin{key}[Key]K\end{key}\begin{fancy}[Nice]{n}F\end{fancy}\begin{customthm}{A}[B]Y\end{customthm}`;
    const { statements } = check("latex", text, [
      "theorem customthm #five ? missing",
      "lemma key [Key] ? missing",
      "theorem fancy [Nice] #thm:n ? missing",
      "theorem customthm [B] ? missing",
    ]);
    assert.deepEqual(
      statements.map(({ body }) => text.slice(body.start, body.end)),
      ["\\label{five}X", "K", "F", "Y"],
    );
  });

  it("takes a box for a statement only if its title names one", () => {
    check(
      "latex",
      "\\newtcolorbox{ideabox}{title=Idea}\\newtcolorbox{res}{title=Theorem}\\begin{ideabox}x\\end{ideabox}\\begin{res}y\\end{res}",
      ["theorem res ? missing"],
    );
  });

  it("ends a run-in statement without a proof with its paragraph, and before the spacing of the next head", () => {
    const text =
      "\\textbf{Theorem 1.} A.\n\nProse.\n\n\\textbf{Lemma 2.} We have\n\\[ x \\]\n\nwhere $x$.\n\n\\bigskip\\noindent\\textbf{Claim 3.} B.\n\nC.\n\n\\noindent\\textit{Proof.} D. $\\square$\n";
    const { statements } = check("latex", text, [
      "theorem Theorem ? missing",
      "lemma Lemma ? missing",
      "claim Claim <- D.",
    ]);
    assert.deepEqual(
      statements.map(({ body }) => text.slice(body.start, body.end)),
      ["A.", "We have\n\\[ x \\]\n\nwhere $x$.", "B.\n\nC."],
    );
  });

  it("believes the sentence above a proof more than the heading above that", () => {
    check(
      "latex",
      "\\begin{lemma}\\label{a}A\\end{lemma}\\begin{lemma}\\label{b}B\\end{lemma}\n\\subsection{Proof of Lemma~\\ref{b}}\n\\begin{proof}two\\end{proof}\nWe now prove \\cref{a}.\n\\begin{proof}one\\end{proof}",
      ["lemma lemma #a <- one", "lemma lemma #b <- two"],
    );
  });

  it("takes dots, question marks and a lone word for a hole", () => {
    const hole = (body: string) => `\\begin{lemma}x\\end{lemma}\\begin{proof}${body}\\end{proof}`;
    for (const body of ["...", "\\dots", "???", "…"]) check("latex", hole(body), [`lemma lemma <- ${body} ? empty`]);
    check("latex", hole("Exercise."), ["lemma lemma <- Exercise. ? omitted"]);
    check("latex", hole("To be written."), ["lemma lemma <- To ? omitted"]);
    check("latex", hole("Exercise 3 says so."), ["lemma lemma <- Exercise"]);
  });
});

describe("Markdown as authors write it", () => {
  it("begins a statement or a proof on the next line, without a blank one between", () => {
    check("markdown", "Text.\n**Corollary 4:** C.\n*Proof:* same paragraph. ■\n\nSee\n**Theorem** here.\n", [
      "corollary Corollary <- same",
    ]);
  });

  it("finds statements in lists: named or numbered heads, divs and directives, but no word that is explained", () => {
    const text =
      "- **Definition**: a word\n- **Theorem 2 (Foo).** A.\n  more\n- **Lemma 3:** B\n\n1. Item\n\n   ::: {.theorem #li}\n   c\n   :::\n\n- ```{prf:lemma} T\n  :label: q\n  d\n  ```\n\n* item\n\n      ::: {.theorem}\n      code\n      :::\n";
    const { statements } = check("markdown", text, [
      "theorem Theorem [Foo] ? missing",
      "lemma Lemma ? missing",
      "theorem theorem #li ? missing",
      "lemma lemma [T] #q ? missing",
    ]);
    assert.equal(text.slice(statements[0]!.body.start, statements[0]!.body.end), "A.\n  more");
    assert.deepEqual(
      statements.slice(2).map(({ start }) => text.slice(start, start + 3)),
      [":::", "```"],
    );
  });

  it("ends a proof at a mark with space before it, or inside its last display", () => {
    for (const end of ["x. $\\qquad\\blacksquare$", "\n$$x = y \\quad \\blacksquare$$"]) {
      const text = `**Lemma 1.** L\n\n**Proof.** ${end}\n\nAfter.\n`;
      const { proof } = check("markdown", text, [`lemma Lemma <- ${end.trim().split(" ")[0]}`]).statements[0]!;
      assert.equal(proof!.closed, true);
      assert.equal(text.slice(proof!.end), "\n\nAfter.\n");
      assert.equal((text.slice(proof!.body.start, proof!.body.end).match(/\$\$/g) ?? []).length % 2, 0);
    }
  });

  it("labels a run-in statement by the block id on a line of its own", () => {
    check("markdown", "**Theorem 1.** A\n\n^one\n\n**Theorem 2.** B\n^two\n", [
      "theorem Theorem #one ? missing",
      "theorem Theorem #two ? missing",
    ]);
  });

  it("sees no structure in TOML front matter and Obsidian's comments, and reads on after a MyST comment", () => {
    check(
      "markdown",
      '+++\ntitle = "x"\n**Theorem 1.** front\n+++\n%% note\n\n**Theorem 2.** hidden\n\n%%\n\n% comment\n% qed: prove\n**Theorem 3 (C).** D\n\n%% never closed\n\n**Lemma.** Open.\n',
      ["theorem Theorem [C] ? missing", "lemma Lemma ? missing"],
    );
  });
});
