/** Texts with every construct that the scanners know, for tests that cut and mutate them. */
export const LATEX = String.raw`\documentclass{article}
\newtheorem{satz}{Satz}[section] \declaretheorem[name=Lemma,sibling=satz]{lm}
\newtcbtheorem{box}{Claim}{colback=green}{bx}
\def\defthm#1#2{\newtheorem{#1}[satz]{#2}} \defthm{kor}{Korollar}
\newcommand{\RR}[1][x]{\mathbb{R}^{#1}} \let\eps\varepsilon \NewDocumentCommand{\abs}{s m}{|#2|}
\newenvironment{Bew}{\begin{proof}[Beweis]}{\end{proof}}
\begin{document}
\section{A}\label{sec:a}
\begin{satz}[Euler {[1]}]\label{a} If $x>0$ then % comment
\[ x^2 > 0. \]
\end{satz}
\begin{Bew} Klar. \begin{enumerate}\item eins \item zwei\end{enumerate} \end{Bew}
\begin{box}{Title}{b} c \end{box}
\begin{restatable}[Gold]{lm}{again} d \end{restatable}
\begin{verbatim}\begin{satz}\end{verbatim} \verb|\end{satz}| \iffalse \begin{lm} \fi
\begin{proof}[Proof of \cref{a,bx:b}] We have $$a=b$$ where $b$. \begin{kor} e \end{kor}\begin{proof} sorry \end{proof} \todo{more} \end{proof}
\newcommand{\pf}{\noindent\textbf{Proof. }} \def\eop{\hfill$\Box$} \if0 \begin{lm} \else x\fi
\begin{block}<1->{Lemma A} g\footnote{One.

Two.} \end{block} \begin{block}{Second proof} h \end{block}

\pf i \eop

\textbf{Theorem 7 (Big).} Let.

{\it Proof.} Done. \qed
% qed: hint try
\begin{problem} f \begin{solution} g \end{solution}\end{problem}
\end{document}
`;

/** The same for Markdown. */
export const MARKDOWN = `---
title: x
---

# Notes {#sec}

::: {.theorem #thm-a name="Euler"}
Let $x$ be.
:::

::: {.proof}
Since
$$
x = 1
$$
so it is. <!-- qed: hint try -->
:::

\`\`\`\`{prf:lemma} Title
:label: lem-b

Text \`code\`
\`\`\`{math}
x
\`\`\`
\`\`\`\`

:::{prf:proof}
- one
- two

**Step 1.** three
:::

> [!theorem]- Pythagoras
> Let $a$.
> > [!claim] Inner
> > b
> ^pyth

> [!proof] Proof of [[#^pyth]]
> left to the reader

**Theorem 3 (Fermat).** If *p* is prime.

**Proof.** Trivial.

*Claim.* foo.

*Proof.* Sure. $\\square$

Done. ∎

### Lemma 4

All.

### Proof

\\[ \\def\\x{1} \\] see @thm-a, {prf:ref}\`lem-b\` and [x](#sec).

\\begin{claim}[A]\\label{c}
j
\\end{claim}

<div class="proof">k</div>

<details><summary>Second proof</summary>

l <!-- qed: hnit
</details>

\`\`\`md
**Lemma.** no
\`\`\`
`;
