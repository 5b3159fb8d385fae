import assert from "node:assert/strict";
import { lenses } from "../../server/src/features/lenses.js";
import { outline } from "../../server/src/features/outline.js";
import { provePrompt } from "../../server/src/prompt/prove.js";
import { Workspace } from "./memory.js";

const MAIN = String.raw`\documentclass{book}\input{body}\appendix\input{appendix}`;
const BODY = String.raw`
\begin{theorem}\label{thm:x}X.\end{theorem}
\begin{lemma}\label{lem:y}Y.\end{lemma}
\begin{proof}Here.\end{proof}
`;

const book = (appendix: string, body = BODY) =>
  new Workspace({ "/p/main.tex": MAIN, "/p/body.tex": body, "/p/appendix.tex": appendix });

describe("a proof in another file of the project", () => {
  const titles: readonly (readonly [string, string])[] = [
    ["its title cites", String.raw`\begin{proof}[Proof of Theorem~\ref{thm:x}]There.\end{proof}`],
    ["its title cites by \\cref", String.raw`\begin{proof}[Proof of \cref{thm:x}]There.\end{proof}`],
    ["the heading above it cites", String.raw`\section{Proof of Theorem~\ref{thm:x}}\begin{proof}There.\end{proof}`],
    ["the sentence above it cites", "We now prove Theorem~\\ref{thm:x}.\n\n\\begin{proof}There.\\end{proof}"],
    [
      "it cites beside one that is here",
      String.raw`\begin{lemma}\label{lem:z}Z.\end{lemma}\begin{proof}[Proof of \cref{lem:z,thm:x}]There.\end{proof}`,
    ],
    [
      "a restatement cites",
      String.raw`\begin{theorem}[Theorem~\ref{thm:x}, restated]X.\end{theorem}\begin{proof}There.\end{proof}`,
    ],
    ["a restatement names", String.raw`\begin{reptheorem}{thm:x}X.\end{reptheorem}\begin{proof}There.\end{proof}`],
  ];
  for (const [how, appendix] of titles) {
    it(`belongs to the statement that ${how}`, () => {
      assert.deepEqual(book(appendix).proofOf("/p/body.tex", "thm:x"), ["/p/appendix.tex", "There."]);
    });
  }

  it("belongs to the restatable that is stated again above it, in this file or another", () => {
    const stated = String.raw`\begin{restatable}[Gold]{theorem}{gold}\label{thm:x}X.\end{restatable}`;
    const again = String.raw`\section{Details}\gold* % again
\begin{proof}There.\end{proof}`;
    assert.deepEqual(book(again, stated).proofOf("/p/body.tex", "thm:x"), ["/p/appendix.tex", "There."]);
    assert.deepEqual(book("", `${stated}${again}`).proofOf("/p/body.tex", "thm:x"), ["/p/body.tex", "There."]);
  });

  it("does not belong to what has one, to what it does not cite, or to what another corollary only mentions", () => {
    assert.equal(
      book(String.raw`\begin{proof}[Proof of \cref{lem:y}]There.\end{proof}`).proofOf("/p/body.tex", "lem:y"),
      null,
    );
    assert.equal(book(String.raw`\begin{proof}There.\end{proof}`).proofOf("/p/body.tex", "thm:x"), null);
    const general = String.raw`\begin{theorem}[Generalises Theorem~\ref{thm:x}]G.\end{theorem}\begin{proof}There.\end{proof}`;
    assert.equal(book(general).proofOf("/p/body.tex", "thm:x"), null);
    for (const title of ["of Theorem~\\ref{thm:x}", "Theorem~\\ref{thm:x}"]) {
      const corollary = `\\begin{corollary}[${title}]C.\\end{corollary}\\begin{proof}There.\\end{proof}`;
      assert.equal(book(corollary).proofOf("/p/body.tex", "thm:x"), null, title);
    }
  });

  it("is what the outline names, with its file, its steps and its holes", () => {
    const project = book(String.raw`\begin{proof}[Proof of \cref{thm:x}]There. \todo{rest}\end{proof}`);
    const nameOf = (path: string) => path.slice(3);
    const [entry, other] = outline(project.document("/p/body.tex"), {
      file: "body.tex",
      elsewhere: project.elsewhere("/p/body.tex"),
      nameOf,
    });
    const text = project.files.texts.get("/p/appendix.tex")!;
    assert.equal(entry?.proof?.file, "appendix.tex");
    assert.match(text.slice(entry?.proof?.start, entry?.proof?.end), /^\\begin\{proof\}[\s\S]*\\end\{proof\}$/);
    assert.equal(entry?.proof?.steps.length, 1);
    assert.deepEqual(
      entry?.holes.map(({ kind, file, start, end }) => [kind, file, text.slice(start, end)]),
      [["todo", "appendix.tex", "\\todo{rest}"]],
    );
    assert.equal(entry?.hole, true);
    assert.equal(other?.proof?.file, "body.tex");
  });

  it("leaves no lens above its statement, which stands there until the other file is read", () => {
    const project = book(String.raw`\begin{proof}[Proof of \cref{thm:x}]There.\end{proof}`);
    const document = project.document("/p/body.tex");
    const shown = () => {
      const elsewhere = project.index.elsewhere("/p/body.tex", document);
      return lenses(document, "holes", (statement) => elsewhere.proof(statement) !== null).length;
    };
    assert.equal(shown(), 1);
    project.elsewhere("/p/body.tex");
    assert.equal(shown(), 0);
  });

  it("is among the loose proofs of its own document, with the labels that it cites", () => {
    const project = book(
      String.raw`\begin{proof}[Proof of \cref{thm:x}]There.\end{proof}\begin{proof}Lost.\end{proof}`,
    );
    assert.deepEqual(
      project.document("/p/appendix.tex").looseProofs.map(({ labels }) => labels),
      [["thm:x"], []],
    );
    assert.deepEqual(project.document("/p/body.tex").looseProofs, []);
  });
});

describe("a statement in another file of the project", () => {
  const citing = String.raw`\begin{corollary}\label{c}By \cref{lem:y,thm:x} and \ref{c} it is \XX.\end{corollary}`;
  const project = new Workspace({
    "/p/main.tex": String.raw`\documentclass{book}\newcommand{\XX}{x}\input{body}\input{last}`,
    "/p/body.tex": String.raw`\newcommand{\YY}{y}\begin{theorem}\label{thm:x}X.\end{theorem}\begin{lemma}[Small]\label{lem:y}It is $\YY$.\end{lemma}`,
    "/p/last.tex": `${citing}\\begin{lemma}\\label{own}Own.\\end{lemma}`,
  });
  const prompt = (own = citing) => {
    project.change("/p/last.tex", own);
    const document = project.document("/p/last.tex");
    const elsewhere = project.elsewhere("/p/last.tex");
    const cited = (label: string) => elsewhere.statement(label);
    return provePrompt(document, document.statements[0]!, { macros: project.macroList("/p/last.tex"), cited }).message;
  };

  it("reaches the prompt where it is cited, with the macros of its file", () => {
    assert.equal(
      prompt(),
      [
        "Generate a rigorous proof to the following question:",
        "These macros are used:\n\\newcommand{\\XX}{x}\n\\newcommand{\\YY}{y}",
        "These statements may be used without proof:\nLemma (Small) [lem:y]. It is $\\YY$.",
        "Theorem [thm:x]. X.",
        "Prove this:\nBy \\cref{lem:y,thm:x} and \\ref{c} it is \\XX.",
      ].join("\n\n"),
    );
  });

  it("comes after those of the own document, and never instead of one with the same label", () => {
    const own = String.raw`\begin{corollary}By \ref{thm:x} and \ref{lem:y} and \ref{nowhere}.\end{corollary}\begin{lemma}\label{lem:y}Mine.\end{lemma}`;
    const message = prompt(own);
    assert.match(message, /Lemma \[lem:y\]\. Mine\.\n\nTheorem \[thm:x\]\. X\./);
    assert.doesNotMatch(message, /Small/);
  });
});
