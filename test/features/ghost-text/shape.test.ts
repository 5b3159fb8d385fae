import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "../../../server/src/document/parse.js";
import { syntaxOf } from "../../../server/src/document/syntax.js";
import type { Document } from "../../../server/src/document/types.js";
import {
  convertFormulaRest,
  convertRest,
  type WritingStyle,
  writingAt,
  writingStyle,
} from "../../../server/src/features/ghost-text/convert-rest.js";
import { afterTyped, heal } from "../../../server/src/features/ghost-text/healing.js";
import { scanMarkup } from "../../../server/src/features/ghost-text/markup.js";
import { type WritingPlace, writingPlace } from "../../../server/src/features/ghost-text/place.js";
import { shape } from "../../../server/src/features/ghost-text/shape.js";
import { standingAlone } from "../../../server/src/features/surroundings.js";
import { teacherProofs } from "../../align/replay.js";
import { random } from "../../gguf/values.js";

const CORPUS = join(import.meta.dirname, "..", "..", "..", "..", "shared", "corpus");

const paper = (proof: string) =>
  `\\begin{theorem}\nAll is well.\n\\end{theorem}\n\\begin{proof}\n${proof}\n\\end{proof}\n`;

/** The place of `|` in a text. */
function at(marked: string, syntax: "latex" | "markdown" = "latex"): { document: Document; place: WritingPlace } {
  const offset = marked.indexOf("|");
  const document = parseDocument(marked.slice(0, offset) + marked.slice(offset + 1), syntax);
  const place = writingPlace(document, offset);
  assert.ok("proof" in place, JSON.stringify(place));
  return { document, place };
}

const shaped = (marked: string, text: string, syntax: "latex" | "markdown" = "latex") => {
  const { place } = at(marked, syntax);
  return shape(text, place, syntax, true);
};

/** What is wrong with the balance of a text that stands alone, by counting; null if nothing is. */
function unbalanced(item: string, syntax: "latex" | "markdown"): string | null {
  const bare = (syntax === "markdown" ? item.replace(/(`+)[^`]*\1/g, "") : item).replace(/\\\\|\\[${}%&#_]/g, "");
  if (syntax === "latex" && bare.includes("%")) return "a comment";
  let depth = 0;
  for (const char of bare) {
    depth += char === "{" ? 1 : char === "}" ? -1 : 0;
    if (depth < 0) return "a brace closes what it did not open";
  }
  if (depth !== 0) return "a brace is open";
  if ((bare.match(/\$/g) ?? []).length % 2 !== 0) return "a dollar is open";
  const open: string[] = [];
  for (const [token, begun, ended] of bare.matchAll(
    /\\begin\{(\w+\*?)\}|\\end\{(\w+\*?)\}|\\[[\]()]|\\left(?![A-Za-z])|\\right(?![A-Za-z])/g,
  )) {
    if (begun !== undefined) open.push(begun);
    else if (/^\\(?:\[|\(|left)$/.test(token)) open.push(token);
    else {
      const wanted = ended ?? { "\\]": "\\[", "\\)": "\\(", "\\right": "\\left" }[token];
      if (open.pop() !== wanted) return `${token} closes what it did not open`;
    }
  }
  return open.length > 0 ? `${open.join(" ")} is open` : null;
}

describe("the place of ghost text", () => {
  const why = (marked: string, syntax: "latex" | "markdown" = "latex") => {
    const offset = marked.indexOf("|");
    const document = parseDocument(marked.slice(0, offset) + marked.slice(offset + 1), syntax);
    const place = writingPlace(document, offset);
    return "why" in place ? place.why : null;
  };
  const inside: readonly [string, string, "latex" | "markdown"][] = [
    ["an empty proof", paper("|"), "latex"],
    ["behind the last word and its space", paper("Let $x$ be given. |"), "latex"],
    ["a new line", paper("Let $x$ be given.\n  |"), "latex"],
    ["a formula", paper("Let $x + |$ be given."), "latex"],
    ["a proof that nobody has closed", "\\begin{lemma}A.\\end{lemma}\n\\begin{proof}\nLet |", "latex"],
    ["a run-in proof", "**Theorem 1.** A is B.\n\n*Proof.* Let |", "markdown"],
    ["a callout", "> [!theorem] T\n> A is B.\n\n> [!proof]\n> Let |\n", "markdown"],
    ["before the mark of a gap", paper("Let $x$ be given. |\\todo{the rest}"), "latex"],
  ];
  for (const [name, marked, syntax] of inside) {
    it(`is in ${name}`, () => assert.equal(why(marked, syntax), null));
  }
  const outside: readonly [string, string, "latex" | "markdown"][] = [
    ["prose", `Some |prose.\n${paper("Done.")}`, "latex"],
    ["the preamble", `\\documentclass{article}|\n\\begin{document}\n${paper("Done.")}\\end{document}`, "latex"],
    ["a statement", paper("Done.").replace("well", "we|ll"), "latex"],
    ["a statement inside a proof", paper("\\begin{claim}\nA |is.\n\\end{claim}\nSo it is."), "latex"],
    ["a comment", paper("Let $x$ be. % to |do\nDone."), "latex"],
    ["verbatim text", paper("\\begin{verbatim}\na |b\n\\end{verbatim}\nDone."), "latex"],
    ["a word in verb", paper("See \\verb+a |b+ there."), "latex"],
    ["the name of a label", paper("By \\ref{le|m} done."), "latex"],
    ["the mark of a gap", paper("Let it. \\todo{the |rest}"), "latex"],
    ["behind a proof", `${paper("Done.")}|`, "latex"],
    ["code in Markdown", "**Theorem 1.** A.\n\n*Proof.* Let `a |b` be it. ∎\n", "markdown"],
    ["a comment in Markdown", "**Theorem 1.** A.\n\n*Proof.* Let <!-- a |b --> be it. ∎\n", "markdown"],
  ];
  for (const [name, marked, syntax] of outside) {
    it(`is not in ${name}`, () => assert.match(why(marked, syntax) ?? "nothing", /^The cursor .*\. \S.*\.$/));
  }
});

describe("the shape of ghost text", () => {
  it("ends with the sentence, and the whole rest is a second item", () => {
    const { first, whole } = shaped(paper("Let it. |"), "Then $a.b$ holds, i.e. it is. So we are done.");
    assert.equal(first, "Then $a.b$ holds, i.e. it is.");
    assert.equal(whole, "Then $a.b$ holds, i.e. it is. So we are done.");
  });

  it("ends with a display that the sentence runs into", () => {
    const { first } = shaped(paper("Let it. |"), "Then\n\\[\n  a = b.\n\\]\nSo we are done.");
    assert.equal(first, "Then\n\\[\n  a = b.\n\\]");
  });

  it("never leaves open what it opens, however the text is cut off", () => {
    const text = "Then $a$ is.\nNow \\begin{align*} a &= \\left( b \\right) \\end{align*} and \\emph{so $x$} it ends.";
    for (let length = 1; length <= text.length; length++) {
      const { first, whole } = shaped(paper("Let it. |"), text.slice(0, length));
      for (const item of [first, whole]) if (item !== null) assert.equal(unbalanced(item, "latex"), null, item);
    }
  });

  it("never closes what the author opened", () => {
    assert.deepEqual(shaped(paper("So $x + |$ is."), "y$ and more."), { first: null, whole: null });
    assert.deepEqual(shaped(paper("So \\emph{it |} is."), "is} so."), { first: null, whole: null });
  });

  it("stops before what stands after the cursor", () => {
    const { first, whole } = shaped(paper("Let it. |\nHence $n$ is even."), "Then so. Hence $n$ is even. Done.");
    assert.equal(first, "Then so.");
    assert.equal(whole, null);
  });

  it("offers nothing that is only what stands after the cursor", () => {
    assert.equal(shaped(paper("Let it. |Hence $n$ is even."), "Hence $n$ is even.").first, null);
  });

  it("gives the first line of a sentence that is not complete yet", () => {
    const { place } = at(paper("Let it. |"));
    assert.equal(shape("Then it holds\nthat so", place, "latex", false).first, "Then it holds");
    assert.equal(shape("Then it holds $a\n+ b", place, "latex", false).first, null);
    assert.equal(shape("Then it holds.", place, "latex", false).first, null);
  });

  it("heals a half-typed word and a half-typed macro", () => {
    assert.deepEqual(heal("Let it be poss"), { given: "Let it be", typed: " poss" });
    assert.deepEqual(heal("so $x \\al"), { given: "so $x", typed: " \\al" });
    assert.deepEqual(heal("Let it. "), { given: "Let it.", typed: " " });
    assert.deepEqual(heal("Done.\n  Th"), { given: "Done.\n  ", typed: "Th" });
    assert.deepEqual(afterTyped(" possible.", " poss"), { rest: "ible." });
    assert.equal(afterTyped(" impossible.", " poss"), null);
    assert.equal(afterTyped(" po", " poss"), "more");
  });

  it("writes a rest in the file's own delimiters and goes on in the line", () => {
    const { document, place } = at(paper("Let \\(a\\) and \\(b\\) be even. Then we |"));
    const writing = writingAt(document, place.proof, place.offset, writingStyle(document, standingAlone(document)));
    assert.equal(convertRest(" see that $a+b$ is **even**.", true, writing), " see that \\(a+b\\) is \\textbf{even}.");
    assert.equal(convertFormulaRest(" + b^2", "a^2", false, writing), " + b^2");
    assert.equal(convertFormulaRest("b}", "\\frac{a}", false, writing), null);
  });

  it("keeps balance and place at 2,000 random places of the corpus, whatever the text", function () {
    this.timeout(120_000);
    const proofs = teacherProofs();
    if (!existsSync(CORPUS) || !proofs) {
      console.log("skipped: ../shared/corpus or ../shared/data is missing");
      this.skip();
    }
    const next = random(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
    const files = (readdirSync(CORPUS, { recursive: true }) as string[]).filter((name) => syntaxOf(name) !== null);
    const documents = files.map((name) => parseDocument(readFileSync(join(CORPUS, name), "utf8"), syntaxOf(name)!));
    const withProofs = documents.filter(({ statements }) => statements.some(({ proof }) => proof !== null));
    const styles = new Map<Document, WritingStyle>();
    const nasty = [
      "a} b.",
      "\\] and.",
      "x $ y.",
      "\\end{proof} So.",
      "% no.\nSo.",
      "\\left( a.",
      "``` a.",
      "\\begin{align} a.",
      "<!-- b.",
    ];
    let places = 0;
    let items = 0;
    let outside = 0;
    while (places < 2_000) {
      places++;
      const document = pick(next() < 0.2 ? documents : withProofs);
      const { text, syntax } = document;
      // Anywhere, and in proofs: a random place of a book is rarely in one.
      const statement = pick(document.statements.filter(({ proof }) => proof !== null));
      const range = statement?.proof && next() < 0.8 ? statement.proof : { start: 0, end: text.length };
      const offset = range.start + Math.floor(next() * (range.end - range.start + 1));
      const place = writingPlace(document, offset);
      if ("why" in place) {
        outside++;
        continue;
      }
      const from = { start: place.proof.start, end: place.proof.closed ? place.proof.end : text.length };
      assert.ok(offset >= from.start && offset <= from.end);
      if (!styles.has(document)) styles.set(document, writingStyle(document, standingAlone(document)));
      const writing = writingAt(document, place.proof, offset, styles.get(document)!);
      const teacher = pick(proofs).proof;
      const cut = Math.floor(next() * teacher.length);
      const source =
        next() < 0.2
          ? pick(nasty) + teacher.slice(cut, cut + 300)
          : teacher.slice(cut, cut + 100 + Math.floor(next() * 600));
      const converted = next() < 0.3 ? source : convertRest(source, next() < 0.5, writing);
      if (converted === null) continue;
      const { first, whole } = shape(converted, place, syntax, next() < 0.5);
      for (const item of [first, whole]) {
        if (item === null) continue;
        items++;
        assert.equal(unbalanced(item, syntax), null, `at ${offset}: ${item}`);
        const was = scanMarkup(place.before + place.after, syntax);
        const is = scanMarkup(place.before + item + place.after, syntax);
        assert.deepEqual([is.open, is.broken], [was.open, was.broken], item);
        const after = parseDocument(text.slice(0, offset) + item + text.slice(offset), syntax);
        if (items % 10 === 0)
          assert.equal(after.statements.length, document.statements.length, `at ${offset}: ${item}`);
      }
    }
    console.log(`      ${places} places, ${outside} outside proofs, ${items} items`);
    assert.ok(items > 500);
  });
});
