import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import { check } from "./check.js";

const block = (name: string, body: string, title = "") =>
  `\\begin{${name}}${title && `[${title}]`}${body}\\end{${name}}\n`;

describe("pairing proofs with statements", () => {
  it("gives a proof to the nearest statement, over remarks and text", () => {
    check(
      "latex",
      `${block("theorem", "a") + block("lemma", "b") + block("remark", "c")}Some text.\n${block("proof", "P1")}`,
      ["theorem theorem ? missing", "lemma lemma <- P1", "-remark remark"],
    );
  });

  it("goes back to a theorem whose lemma was proved in between", () => {
    check("latex", block("theorem", "a") + block("lemma", "b") + block("proof", "P1") + block("proof", "P2"), [
      "theorem theorem <- P2",
      "lemma lemma <- P1",
    ]);
  });

  it("keeps a question between theorem and proof from taking the proof", () => {
    check("latex", block("theorem", "a") + block("question", "q") + block("proof", "P"), [
      "theorem theorem <- P",
      "-question question",
    ]);
  });

  it("follows references in the title, also to several statements and from an appendix", () => {
    check(
      "latex",
      `${block("theorem", "\\label{a}")}${block("lemma", "\\label{b}")}\\appendix\\section{Proofs}${block("proof", "P", "Proof of \\cref{a,b}")}`,
      ["theorem theorem #a <- P", "lemma lemma #b <- P"],
    );
  });

  it("leaves out a proof of something in another file, and one that only uses a reference", () => {
    check("latex", block("lemma", "x") + block("proof", "P", "Proof of Theorem~\\ref{elsewhere}"), [
      "lemma lemma ? missing",
    ]);
    check("latex", block("lemma", "x") + block("proof", "P", "Proof using Theorem~\\ref{elsewhere}"), [
      "lemma lemma <- P",
    ]);
  });

  it("follows numbers, kinds and names in the title", () => {
    const declare = "\\newtheorem{theorem}{Theorem}[section]\\newtheorem{lemma}[theorem]{Lemma}\\section{A}";
    const text = declare + block("theorem", "a", "Dirichlet") + block("lemma", "b") + block("theorem", "c");
    check(
      "latex",
      text +
        block("proof", "P", "Proof of Lemma 1.2") +
        block("proof", "Q", "Proof of Dirichlet's theorem") +
        block("proof", "R", "Proof of the theorem"),
      ["theorem theorem [Dirichlet] <- Q", "lemma lemma <- P", "theorem theorem <- R"],
    );
  });

  it("gives a proof of several statements to each of them", () => {
    const three = block("lemma", "a") + block("lemma", "b") + block("lemma", "c") + block("theorem", "t");
    const paired = (title: string) =>
      parseDocument(three + block("proof", "P", title), "latex")
        .statements.map(({ proof }) => (proof ? "P" : "-"))
        .join("");
    const expected: Readonly<Record<string, string>> = {
      "Proof of Lemmas 2 and 3": "-PP-",
      "Proof of Lemmas~1, 2, and~3": "PPP-",
      "Proof of Lemmas 1--3": "PPP-",
      "Proof of Lemmas 2 to 3.": "-PP-",
      "Proofs of Lemma 1 and Theorem 1": "P--P",
      "Proof of Lemma 2 and Lemma 3": "-PP-",
      "Proof of both lemmas": "-PP-",
      "Proof of the two lemmas": "-PP-",
      "Proof of the above lemmas": "PPP-",
      "Proof of the lemmas": "PPP-",
      "Proof of all three lemmas": "PPP-",
      "Proof of Lemma 1, second part": "P---",
      "Proof of the lemma": "--P-",
    };
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((title) => [title, paired(title)])), expected);
    check("markdown", "**Lemma 1.** a\n\n**Lemma 2.** b\n\n**Proof of both lemmas.** P ∎\n", [
      "lemma Lemma <- P",
      "lemma Lemma <- P",
    ]);
  });

  it("knows letters and Roman numerals for numbers, however they come about", () => {
    check(
      "latex",
      `\\newtheorem*{thmA}{Theorem A}\\newtheorem{mthm}{Theorem}\\renewcommand{\\themthm}{\\Alph{mthm}}
\\newtheorem{rthm}{Theorem}\\def\\therthm{\\Roman{rthm}}
\\newtheorem{inner}{Lemma}\\newenvironment{my}[1]{\\renewcommand{\\theinner}{#1}\\inner}{\\endinner}
${block("mthm", "a") + block("mthm", "b") + block("rthm", "c") + block("rthm", "d")}\\begin{my}{$5'$}e\\end{my}
${["Theorem B", "Theorem II", "Lemma 5'", "Theorem~I", "Theorem A"].map((what, k) => block("proof", `P${k}`, `Proof of ${what}`)).join("")}`,
      ["theorem mthm <- P4", "theorem mthm <- P0", "theorem rthm <- P3", "theorem rthm <- P1", "lemma my <- P2"],
    );
    check(
      "latex",
      `\\newtheorem*{thmA}{Theorem A}\\newtheorem*{thmB}{Theorem B}
${block("thmA", "a") + block("thmB", "b") + block("proof", "P", "Proof of Theorem A") + block("proof", "Q", "of Theorem B")}`,
      ["theorem thmA <- P", "theorem thmB <- Q"],
    );
    check(
      "markdown",
      "**Theorem A.** a\n\n**Theorem B.** b\n\n**Proof of Theorem A.** P ∎\n\n**Proof of Theorem B.** Q ∎\n",
      ["theorem Theorem <- P", "theorem Theorem <- Q"],
    );
  });

  it("takes a heading or a sentence above a proof for its title", () => {
    const text = block("theorem", "\\label{a}") + block("lemma", "\\label{b}");
    check("latex", `${text}\\section{Proof of Theorem~\\ref{a}}${block("proof", "P")}`, [
      "theorem theorem #a <- P",
      "lemma lemma #b ? missing",
    ]);
    check("latex", `${text}Now we prove Theorem~\\ref{a}.\n${block("proof", "P")}`, [
      "theorem theorem #a <- P",
      "lemma lemma #b ? missing",
    ]);
  });

  it("does not pair across a section without a citation", () => {
    check("latex", `${block("theorem", "a")}\\section{B}${block("proof", "P")}`, ["theorem theorem ? missing"]);
  });

  it("pairs claims inside a proof with the proofs inside it", () => {
    check(
      "latex",
      `${block("theorem", "t")}\\begin{proof}P ${block("claim", "c")}${block("proof", "Q")} end\\end{proof}`,
      ["theorem theorem <- P", "claim claim <- Q"],
    );
  });

  it("gives a second proof to what was proved just before, and not to an older statement", () => {
    const proved = block("lemma", "x") + block("lemma", "a") + block("proof", "P");
    for (const title of ["Second proof", "Alternative proof", "Another proof", "Proof 2", "Second proof of the lemma"])
      check("latex", proved + block("proof", "Q", title), ["lemma lemma ? missing", "lemma lemma <- P <+ Q"]);
    check("latex", `${proved}Prose.\n${block("proof", "Q", "Second proof")}${block("proof", "R", "Third proof")}`, [
      "lemma lemma ? missing",
      "lemma lemma <- P <+ Q <+ R",
    ]);
  });

  it("gives a second proof to what it cites", () => {
    check(
      "latex",
      block("theorem", "\\label{t}", "Gauss") +
        block("proof", "P") +
        block("lemma", "l") +
        block("proof", "Q") +
        block("proof", "R", "Alternative proof of Theorem \\ref{t}") +
        block("proof", "S", "Another proof of Gauss") +
        block("proof", "T", "Third proof of Theorem 1"),
      ["theorem theorem [Gauss] #t <- P <+ R <+ S <+ T", "lemma lemma <- Q"],
    );
  });

  it("takes a proof that follows a proof directly for a second one, if nothing else is left to prove", () => {
    check("latex", block("lemma", "a") + block("proof", "P") + block("proof", "Q"), ["lemma lemma <- P <+ Q"]);
    check("latex", `${block("lemma", "a") + block("proof", "P")}Of the above:\n${block("proof", "Q")}`, [
      "lemma lemma <- P",
    ]);
    check("markdown", "**Lemma.** a\n\n**Proof.** P ∎\n\n**Second proof.** Q ∎\n", ["lemma Lemma <- P <+ Q"]);
  });

  it("gives several solutions to one problem, and numbered ones to theirs", () => {
    const inside = `\\begin{problem}p ${block("sol", "A")}${block("sol", "B")}\\end{problem}`;
    check("latex", inside, ["problem problem <- A <+ B"]);
    check("latex", block("problem", "p") + block("solution", "A") + block("solution", "B"), [
      "problem problem <- A <+ B",
    ]);
    check("markdown", "**Problem 7.** p\n\n**Solution 1.** A\n\nA2\n\n**Solution 2.** B\n", [
      "problem Problem <-! A <+! B",
    ]);
    check("markdown", "**Problem 1.** p\n\n**Problem 2.** q\n\n**Solution 1.** A\n\n**Solution 2.** B\n", [
      "problem Problem <-! A",
      "problem Problem <-! B",
    ]);
    check(
      "latex",
      block("exercise", "x") + block("exercise", "y") + block("solution", "A", "1") + block("solution", "B", "2"),
      ["-exercise exercise <- A", "-exercise exercise <- B"],
    );
    const headings =
      "### Problem 1\n\np\n\n### Problem 2\n\nq\n\n### Solution to Problem 2\n\nB\n\n### Solution to Problem 1\n\nA\n";
    check("markdown", headings, ["problem Problem <-! A", "problem Problem <-! B"]);
    check("markdown", "### Problem 1\n\np\n\n### Solution to the heat equation\n\nB\n", ["problem Problem ? missing"]);
  });

  it("gives solutions to problems, beside or inside them, and lists one that answers nothing", () => {
    check(
      "latex",
      block("solution", "S0") +
        block("exercise", "e") +
        block("solution", "S1") +
        block("problem", `p ${block("hint", "h")}${block("sol", "S2")}`),
      ["-solution solution", "-exercise exercise <- S1", "problem problem <- S2"],
    );
  });
});

describe("holes", () => {
  it("finds each way of asking for a proof", () => {
    const proof = (body: string) => block("lemma", "x") + block("proof", body);
    check("latex", proof(" % nothing\n \\qed"), ["lemma lemma <- % ? empty"]);
    check("latex", proof("Clearly \\todo{add {more}} so."), ["lemma lemma <- Clearly ? todo"]);
    check("latex", proof("Let. \\qedhole"), ["lemma lemma <- Let. ? marker"]);
    check("latex", proof("First.\n % qed: prove the rest\n"), ["lemma lemma <- First. ? marker"]);
    check("latex", proof("sorry"), ["lemma lemma <- sorry ? marker"]);
    check("latex", proof("\nOmitted.\n"), ["lemma lemma <- Omitted. ? omitted"]);
    check("latex", proof("The rest is left to the reader."), ["lemma lemma <- The ? omitted"]);
    check("latex", proof("Left as an exercise."), ["lemma lemma <- Left ? omitted"]);
  });

  it("finds none in an apology, a comment, the statement itself or a claim's own proof", () => {
    check("latex", block("lemma", "sorry") + block("proof", "Sorry about that. % TODO left to the reader\n"), [
      "lemma lemma <- Sorry",
    ]);
    check(
      "latex",
      `${block("lemma", "a")}\\begin{proof}P ${block("claim", "c")}${block("proof", "sorry")} so.\\end{proof}`,
      ["lemma lemma <- P", "claim claim <- sorry ? marker"],
    );
  });
});
