import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import { check } from "./check.js";

describe("LaTeX declarations", () => {
  it("takes what an environment is from its printed title, in the author's language", () => {
    check(
      "latex",
      String.raw`\newtheorem{satz}{Satz}[section] \newtheorem{hs}[satz]{Hilfssatz} \newtheorem*{thmf}{Th\'eor\`eme}
\newtheorem{prop}{Definition} \newtheorem{lyx}{\protect\lemmaname} \newtheorem{x}{Abracadabra} \newtheorem{law}{Law}
\begin{satz}a\end{satz}\begin{hs}b\end{hs}\begin{thmf}c\end{thmf}\begin{prop}d\end{prop}\begin{lyx}e\end{lyx}\begin{x}f\end{x}\begin{law}g\end{law}`,
      [
        "theorem satz ? missing",
        "lemma hs ? missing",
        "theorem thmf ? missing",
        "-definition prop",
        "lemma lyx ? missing",
        "-other x",
        "other law ? missing",
      ],
    );
  });

  it("reads thmtools, tcolorbox, mdframed, llncs and elsarticle declarations", () => {
    check(
      "latex",
      String.raw`\declaretheorem[name=Main Theorem,sibling=thm]{mt,mtb}
\newtcbtheorem[number within=section]{box}{My Lemma}{colback=green}{bx}
\newmdtheoremenv[a=b]{md}{Proposition} \spnewtheorem{sp}{Corollary}{\bfseries}{\itshape} \newdefinition{rmkk}{Remark}
\newproof{pot}{Proof of Theorem \ref{m}}
\begin{mt}\label{m}a\end{mt} \begin{mtb}b\end{mtb}
\begin{box}{Title}{foo}c\end{box} \begin{md}d\end{md} \begin{sp}e\end{sp} \begin{rmkk}f\end{rmkk} \begin{pot}Here\end{pot}`,
      [
        "theorem mt #m <- Here",
        "theorem mtb ? missing",
        "lemma box [Title] #bx:foo ? missing",
        "proposition md ? missing",
        "corollary sp ? missing",
        "-remark rmkk",
      ],
    );
  });

  it("follows a document's own macro that declares theorems", () => {
    check(
      "latex",
      String.raw`\def\defthm#1#2#3{%
  \newaliascnt{#1}{thm}
  \newtheorem{#1}[#1]{#2}
  \crefname{#1}{#2}{#3}}
\defthm{kr}{Corollary}{Corollaries}
\begin{kr}x\end{kr}`,
      ["corollary kr ? missing"],
    );
  });

  it("knows environments that wrap a theorem, a proof or a comment", () => {
    check(
      "latex",
      String.raw`\newenvironment{Arg}{\begin{proof}[Argument]}{\end{proof}} \newenvironment{slogan}{\comment}{\endcomment}
\newtcolorbox{tbox}[1][]{title={\bfseries Theorem~\thetcbcounter},#1}
\begin{tbox}[title={\bfseries AM--GM}]a\end{tbox}\begin{Arg}Because\end{Arg}\begin{slogan}\begin{lemma}no\end{lemma}\end{slogan}`,
      ["theorem tbox [AM--GM] <- Because"],
    );
  });

  it("knows the usual names without a declaration, and names from elsewhere", () => {
    check(
      "latex",
      String.raw`\begin{thm}a\end{thm}\begin{Lem*}b\end{Lem*}\begin{defn}c\end{defn}\begin{rmk}d\end{rmk}\begin{ex}e\end{ex}\begin{zzz}f\end{zzz}\begin{unknown}g\end{unknown}\begin{exercises}\end{exercises}`,
      [
        "theorem thm ? missing",
        "lemma Lem ? missing",
        "-definition defn",
        "-remark rmk",
        "-exercise ex",
        "claim zzz ? missing",
      ],
      { zzz: "claim" },
    );
  });

  it("does not take a theorem in a macro's body for a statement", () => {
    const document = check(
      "latex",
      String.raw`\newcommand{\bt}{\begin{theorem}} \newcommand\RR[1][x]{\mathbb{R}^{#1}} \def\f#1#2{#1+#2}
\DeclareMathOperator*{\argmax}{arg\,max} \NewDocumentCommand{\abs}{s O{x} m}{|#3|} \let\eps\varepsilon \newcommand{\half`,
      [],
    );
    assert.deepEqual(
      document.macros.map(({ name, arguments: count, body }) => [name, count, body]),
      [
        ["\\bt", 0, "\\begin{theorem}"],
        ["\\RR", 1, "\\mathbb{R}^{#1}"],
        ["\\f", 2, "#1+#2"],
        ["\\argmax", 0, "\\operatorname*{arg\\,max}"],
        ["\\abs", 3, "|#3|"],
        ["\\eps", 0, "\\varepsilon"],
      ],
    );
  });
});

describe("LaTeX statements", () => {
  it("reads titles with brackets, comments, labels and options", () => {
    check(
      "latex",
      String.raw`\begin{theorem} % note
  [Euler [1] and {]} brace]\label{t}a\end{theorem}
\begin{lemma}[Has \label{l} a label]b\end{lemma}
\begin{theorem}[name=Foo,label=f]c\end{theorem}
\begin{restatable}[Gold, label=g]{theorem}{again}d\end{restatable}
\begin{theorem}<1->[Beamer]e\end{theorem}
\begin{theorem}\thlabel{h}f\begin{equation}\label{eq}x\end{equation}\end{theorem}
\begin{theorem}\begin{equation}\label{eq2}x\end{equation}\end{theorem}`,
      [
        "theorem theorem [Euler [1] and {]} brace] #t ? missing",
        "lemma lemma [Has  a label] #l ? missing",
        "theorem theorem [Foo] #f ? missing",
        "theorem theorem [Gold] #g ? missing",
        "theorem theorem [Beamer] ? missing",
        "theorem theorem #h ? missing",
        "theorem theorem ? missing",
      ],
    );
  });

  it("sees no structure in comments, verbatim text, pictures, false branches or after the end", () => {
    check(
      "latex",
      String.raw`% \begin{theorem}
\begin{verbatim}\begin{theorem}\end{verbatim}\begin{lstlisting}\begin{lemma}\end{lstlisting}\verb|\begin{lemma}|
\begin{comment}\begin{lemma}x\end{lemma}\end{comment}\begin{tikzpicture}\begin{lemma}x\end{lemma}\end{tikzpicture}
\iffalse \ifx a b \begin{lemma}x\end{lemma} \fi \begin{lemma}y\end{lemma} \fi
\begin{lemma}50\% yes\end{lemma}
\begin{document}\end{document}
\begin{lemma}z\end{lemma}`,
      ["lemma lemma ? missing"],
    );
  });

  it("ends what is not closed where the next thing begins", () => {
    const text = String.raw`\begin{lemma}\label{a} open
\section{B}
\begin{theorem}t\end{theorem}
\begin{proof} unclosed
\begin{corollary}c\end{corollary}`;
    const document = check("latex", text, [
      "lemma lemma #a ? missing",
      "theorem theorem <-! unclosed",
      "corollary corollary ? missing",
    ]);
    assert.equal(
      text.slice(document.statements[1]!.proof!.start, document.statements[1]!.proof!.end),
      "\\begin{proof} unclosed",
    );
  });

  it("reads run-in heads, but not a mention", () => {
    check(
      "latex",
      String.raw`\noindent\textbf{Theorem 7 (Big).} Let $x$ be.

\textbf{Proof.} Done. \qed

After.

{\bf Lemma 8} We have.

{\it Proof.} Ok $\square$

\textbf{Theorem 7} shows that.`,
      ["theorem Theorem [Big] <- Done.", "lemma Lemma <- Ok"],
    );
  });

  it("finds references and directives with their ranges", () => {
    const text = String.raw`\cref{a,b} \hyperref[c]{x} % qed: hint try $n=2$
\begin{lemma}x\end{lemma}`;
    const { references, directives } = parseDocument(text, "latex");
    assert.deepEqual(
      references.map(({ labels, start, end }) => [labels, text.slice(start, end)]),
      [
        [["a", "b"], "\\cref{a,b}"],
        [["c"], "\\hyperref[c]"],
      ],
    );
    assert.deepEqual(
      directives.map(({ verb, text: what, start, end }) => [verb, what, text.slice(start, end)]),
      [["hint", "try $n=2$", "% qed: hint try $n=2$"]],
    );
  });
});
