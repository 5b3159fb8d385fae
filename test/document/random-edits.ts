import assert from "node:assert/strict";
import { type LiveDocument, openDocument } from "../../server/src/document/live.js";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Syntax } from "../../server/src/document/types.js";

/** A change of a text: what stands in `[start, end)`, in UTF-16 units, gives way to `text`. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text after changes, each of which is to the text that those before it gave; ranges are cut to the text. */
export function changed(text: string, changes: readonly Change[]): string {
  return changes.reduce((now, change) => {
    const start = Math.min(change.start, now.length);
    return now.slice(0, start) + change.text + now.slice(Math.max(start, Math.min(change.end, now.length)));
  }, text);
}

/** A small seeded generator (mulberry32) of whole numbers below a bound, so that a failure can be seen again. */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** What may be typed or pasted to the worst effect, in either syntax. */
const HOSTILE = [
  ..."a \n$${}[]\\%#*_>-:`~^&|.",
  "\n\n",
  "\r\n",
  "$$",
  "\\[",
  "\\]",
  "\\begin{",
  "\\begin{proof}",
  "\\end{proof}",
  "\\begin{lemma}",
  "\\end{lemma}",
  "\\begin{lemma}[Gold]\\label{au}\nx\n\\end{lemma}\n",
  "\\begin{enumerate}\n",
  "\\end{enumerate}",
  "\\begin{restatable}{lemma}{x}",
  "\\begin{verbatim}",
  "\\end{verbatim}",
  "\\begin{tikzpicture}",
  "\\end{tikzpicture}",
  "\\iffalse",
  "\\fi",
  "\\else",
  "\\verb|",
  "\\item ",
  "\\qed\n",
  "\\hfill\n\\qed",
  "\\section{A}\n",
  "\\section{",
  "\\label{x}",
  "\\ref{x}",
  "{\\bf Theorem 3.} ",
  "\n\n\\textbf{Lemma 2.1.} So\n\n",
  "\n\n\\textit{Proof.} Clear. ",
  "\\begin{proof}[Proof of Lemma 2]\n",
  "\\begin{proof}[Proof of \\ref{au}]",
  "\\newtheorem{lemma}{Satz}",
  "\\newtheorem{foo}[lemma]{Proof}[section]",
  "\\newcommand{\\x}[1]{",
  "\\def\\defthm#1{\\newtheorem{#1}{Theorem}}",
  "\\defthm{enumerate}",
  "\\lstnewenvironment{lemma}{}{}",
  "\\newenvironment{Bew}{\\begin{proof}}{\\end{proof}}",
  "\\begin{Bew}",
  "\\begin{exercise}",
  "\\begin{ex}",
  "\\end{document}",
  "\\endinput",
  "\\todo{x}",
  "sorry",
  "% qed: hint x\n",
  "<!-- qed: prove -->",
  "<!--",
  "-->",
  "::: {.lemma #l}\n",
  "\n:::\n",
  "\n::::\n",
  "\n```\n",
  "\n```{prf:proof}\n",
  "\n~~~\n",
  "\n> ",
  "\n> [!lemma] A\n> b\n",
  "\n**Theorem 4.** If\n\n",
  "**Proof.** ",
  "\n\n*Proof of Theorem 4.* Yes. ∎\n\n",
  "∎",
  "\n---\n",
  "\n# B\n",
  "\n### Proof\n",
  "\n- one\n",
  "\n    code\n",
  "^id\n",
  "\ud83d",
  "\ude00",
  "😀",
  "\ud800",
];

/** A random change of a text: mostly one hostile piece, sometimes a deletion, a move of a passage or a long paste. */
export function hostileChange(text: string, below: (below: number) => number): Change {
  const start = below(text.length + 1);
  const kind = below(20);
  if (kind < 5) return { start, end: Math.min(text.length, start + 1 + below(kind < 4 ? 8 : 400)), text: "" };
  if (kind === 5) {
    const from = below(text.length + 1);
    return { start, end: Math.min(text.length, start + below(100)), text: text.slice(from, from + below(600)) };
  }
  return { start, end: start + (kind < 8 ? below(3) : 0), text: HOSTILE[below(HOSTILE.length)]! };
}

/**
 * Makes `edits` random changes and asserts after every `every`-th that the live document equals the one that is read
 * anew. The text goes back to what it was whenever it has grown or shrunk by a third, and every 60 edits, since a broken
 * text hides what comes after.
 */
export function editsEqual(
  original: string,
  syntax: Syntax,
  { edits, every, seed }: { readonly edits: number; readonly every: number; readonly seed: number },
): void {
  const below = random(seed);
  let live: LiveDocument = openDocument(original, syntax);
  let undone: Change[] = [];
  for (let k = 1; k <= edits; k++) {
    const { text } = live.document;
    const changes: Change[] = [];
    // An editor undoes the last change as often as not.
    if (undone.length > 0 && below(3) === 0) changes.push(undone.pop()!);
    else {
      const change = hostileChange(text, below);
      changes.push(change);
      undone.push({
        start: change.start,
        end: change.start + change.text.length,
        text: text.slice(change.start, change.end),
      });
    }
    if (below(10) === 0) {
      undone = [];
      changes.push(hostileChange(text.slice(0, text.length >> 1), below));
    }
    live = live.read(changed(text, changes));
    if (k % every === 0)
      try {
        assert.deepStrictEqual(live.document, parseDocument(live.document.text, syntax));
      } catch (error) {
        throw new Error(`seed ${seed}, edit ${k}: ${JSON.stringify(changes).slice(0, 500)}`, { cause: error });
      }
    if (k % 60 === 0 || Math.abs(live.document.text.length - original.length) * 3 > original.length) {
      live = k % 120 === 0 ? openDocument(original, syntax) : live.read(original);
      undone = [];
    }
  }
}
