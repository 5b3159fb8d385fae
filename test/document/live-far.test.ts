import assert from "node:assert/strict";
import { openDocument } from "../../server/src/document/live.js";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Document } from "../../server/src/document/types.js";

/** More text than a scan looks ahead, so that nothing is read again only because it is near. */
const FAR = "\\begin{fact}\na\n\\end{fact}\n\n".repeat(2_000);

/** More text than is looked at above a proof for what it proves. */
const NEAR = "words\n".repeat(100);

/** The text of the proof of each lemma and theorem, in order; null for one without. */
function proofs(document: Document): (string | null)[] {
  return document.statements
    .filter(({ kind }) => kind === "lemma" || kind === "theorem")
    .map(({ proof }) => proof && document.text.slice(proof.body.start, proof.body.end));
}

/** Asserts what a text says, and what it says after `from` has become `to`, read anew and from what it was. */
function becomes(
  text: string,
  [from, to]: readonly [string, string],
  before: readonly (string | null)[],
  after: readonly (string | null)[],
): void {
  assert.equal(text.split(from).length, 2, "what is edited stands there once");
  const live = openDocument(text, "latex");
  assert.deepEqual(proofs(live.document), before);
  const edited = live.read(text.replace(from, () => to)).document;
  assert.deepEqual(proofs(edited), after);
  assert.deepStrictEqual(edited, parseDocument(edited.text, "latex"));
}

describe("an edit that matters far from where it is", () => {
  const lemmas = "\\begin{lemma}\\label{a}\nA\n\\end{lemma}\n\\begin{lemma}\\label{b}\nB\n\\end{lemma}\n";

  it("ends a heading that began many lines above", () => {
    const title = "words of a title that goes on\n".repeat(60);
    const text = `${FAR}\\begin{lemma}\nA\n\\end{lemma}\n\\section{${title}HERE\n\\begin{proof}\np\n\\end{proof}\n${FAR}`;
    becomes(text, ["HERE", "}"], ["p"], [null]);
  });

  it("closes a picture that nothing closed", () => {
    const text = `\\begin{tikzpicture}\n\\begin{lemma}\nA\n\\end{lemma}\n${FAR}\\begin{lemma}\nB\n\\end{lemma}\nHERE\n`;
    becomes(text, ["HERE", "\\end{tikzpicture}"], [null, null], []);
  });

  for (const [what, declaration, rest, before, after] of [
    ["makes an environment a comment", "\\excludecomment{lemma}", lemmas, [null, null], []],
    [
      "names a macro that begins a proof",
      "\\newcommand{\\pf}{\\noindent\\textbf{Proof. }}",
      `${lemmas}\n\\pf p \\qed\n`,
      [null, null],
      [null, "p"],
    ],
    [
      "names a macro that opens an environment",
      "\\newcommand{\\bpf}{\\begin{proof}}\\newcommand{\\epf}{\\end{proof}}",
      `${lemmas}\\bpf p\\epf\n`,
      [null, null],
      [null, "p"],
    ],
    [
      "names a macro that declares theorems",
      "\\newcommand{\\defthm}[2]{\\newtheorem{#1}{#2}}",
      "\\defthm{thing}{Theorem}\n\\begin{thing}\nA\n\\end{thing}\n",
      [],
      [null],
    ],
    [
      "prints numbers in letters",
      "\\renewcommand{\\thelemma}{\\Alph{lemma}}",
      `\\newtheorem{lemma}{Lemma}\n${lemmas}${lemmas}\\section{S}\n\\begin{proof}[Proof of Lemma B]\np\n\\end{proof}\n`,
      [null, null, null, null],
      [null, "p", null, null],
    ],
    [
      "counts one more",
      "\\begin{lemma}\nZ\n\\end{lemma}",
      `${lemmas}${FAR}\\section{S}\n\\begin{proof}[Proof of Lemma 2]\np\n\\end{proof}\n`,
      [null, "p"],
      [null, "p", null],
    ],
  ] as const) {
    it(`${what}, for all that follows`, () => becomes(`HERE\n${FAR}${rest}`, ["HERE", declaration], before, after));
  }

  it("changes what the sentence above a proof cites", () => {
    const text = `${FAR}${lemmas}We now prove Lemma~\\ref{a HERE}.\n\\begin{proof}\np\n\\end{proof}\n${FAR}`;
    becomes(text, ["a HERE", "a"], [null, null], ["p", null]);
    becomes(text.replace("a HERE", "a"), ["\\ref{a}", "\\ref{b}"], ["p", null], [null, "p"]);
  });

  it("changes what the title of a proof cites", () => {
    const text = `${lemmas}${FAR}\\begin{proof}[Proof of \\ref{a}]\np\n\\end{proof}\n${NEAR}${FAR}`;
    becomes(text, ["\\ref{a}", "\\ref{b}"], ["p", null], [null, "p"]);
  });

  it("gives a label to another statement", () => {
    const apart = lemmas.replace("A\n", `A\n${NEAR}`);
    const text = `${apart}${FAR}\\section{S}\n\\begin{proof}[Proof of \\ref{c}]\np\n\\end{proof}\n${FAR}`;
    becomes(text, ["\\label{a}", "\\label{c}"], [null, null], ["p", null]);
  });

  it("takes a heading out of the count", () => {
    const declared = "\\newtheorem{lemma}{Lemma}[section]\n\\section{Z}\n";
    const proof = "\\section{S}\n\\begin{proof}[Proof of Lemma 2.1]\np\n\\end{proof}\n";
    const text = `${declared}${lemmas}${FAR}\\section{HERE}\n${NEAR}${lemmas}${FAR}${proof}${FAR}`;
    becomes(text, ["\\section{HERE", "\\section*{HERE"], [null, null, "p", null], [null, null, null, null]);
  });
});
