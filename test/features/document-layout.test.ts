import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import { layoutOf, linesOf } from "../../server/src/features/document-layout.js";
import { applyChanges, placeProof } from "../../server/src/features/placement.js";

/** Words of many lengths, the same every time. */
function prose(sentences: number, seed = 7): string {
  let state = seed;
  const next = (most: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return 1 + (state % most);
  };
  const word = (): string => "abcdefghijkl".slice(0, 1 + next(9));
  return Array.from({ length: sentences }, () => {
    const words = Array.from({ length: 8 + next(14) }, word);
    return `${words.join(" ").replace(/^./, (first) => first.toUpperCase())}.`;
  }).join(" ");
}

function fill(text: string, width: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1)!;
    if (last !== "" && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join("\n");
}

const linesIn = (text: string, syntax: "latex" | "markdown"): object => linesOf(parseDocument(text, syntax));

describe("the layout of a document", () => {
  for (const syntax of ["latex", "markdown"] as const) {
    for (const width of [66, 72, 80, 100, 120]) {
      it(`is seen to be filled at ${width} columns in ${syntax}`, () => {
        assert.deepEqual(linesIn([fill(prose(12), width), fill(prose(9, 3), width)].join("\n\n"), syntax), {
          kind: "filled",
          width,
        });
      });
    }

    it(`is seen to have a line for each sentence in ${syntax}, folded or not`, () => {
      const sentences = prose(14).split(/(?<=\.) /);
      assert.deepEqual(linesIn(sentences.join("\n"), syntax), { kind: "sentences", width: null });
      const folded = sentences.map((sentence) => fill(sentence, 80)).join("\n");
      assert.deepEqual(linesIn(`${folded}\n${prose(1, 99)}`, syntax), { kind: "sentences", width: 80 });
    });

    it(`is seen to have a line for each paragraph in ${syntax}`, () => {
      assert.deepEqual(linesIn([prose(5), prose(4, 3), prose(6, 2)].join("\n\n"), syntax), { kind: "paragraphs" });
    });

    it(`is unknown in ${syntax} where too little is written`, () => {
      assert.deepEqual(linesIn("A short line.\n\nAnother one\nof two lines.", syntax), { kind: "kept" });
      assert.deepEqual(linesIn("", syntax), { kind: "kept" });
    });
  }

  it("is not read from what is no prose", () => {
    const code = Array.from({ length: 30 }, (_, at) => `some code words ${at} here`).join("\n");
    const body = [fill(prose(8), 72), fill(prose(8, 5), 72)].join("\n\n");
    const latex = `\\documentclass{article}\n${code}\n\\begin{document}\n${body}\n\\begin{verbatim}\n${code}\n\\end{verbatim}\n\\begin{align}\n${code}\n\\end{align}\n\\[\n${code}\n\\]\n\\end{document}`;
    assert.deepEqual(linesIn(latex, "latex"), { kind: "filled", width: 72 });
    const markdown = `---\n${code}\n---\n\n${body}\n\n\`\`\`\n${code}\n\`\`\`\n\n\`\`\`python\n${code}\n\`\`\`\n\n$$\n${code}\n$$\n\n| a | b |\n`;
    assert.deepEqual(linesIn(markdown.replace("```\n", "```text\n"), "markdown"), { kind: "filled", width: 72 });
  });

  it("tells how displays and lists are indented", () => {
    const text = "\\begin{itemize}\n\t\\item a\n\t\tb\n\\end{itemize}\n\\[\n    x\n\\]\n";
    const { display, item, hanging } = layoutOf(parseDocument(text, "latex"));
    assert.deepEqual({ display, item, hanging }, { display: "    ", item: "\t", hanging: "\t" });
    assert.deepEqual(layoutOf(parseDocument("text", "latex")), { lines: { kind: "kept" } });
  });
});

describe("a placed proof", () => {
  const PROOF = `${"We have many words to say about \\(a + b\\), and more. ".repeat(12)}\n\n- ${"item words ".repeat(20)}`;
  const inserted = (text: string, syntax: "latex" | "markdown", prefix = ""): string => {
    const document = parseDocument(text, syntax);
    const statement = document.statements.find(({ hole }) => hole)!;
    const { changes } = placeProof(document, statement, `${prefix}${PROOF}`, prefix);
    return applyChanges(text, changes);
  };
  const added = (before: string, after: string): string[] => {
    const old = new Set(before.split("\n"));
    return after.split("\n").filter((line) => !old.has(line));
  };

  const statements: readonly (readonly [what: string, syntax: "latex" | "markdown", text: string])[] = [
    ["an environment", "latex", "\\begin{theorem}\n  X is even.\n\\end{theorem}"],
    ["an indented environment", "latex", "    \\begin{theorem}\n      X is even.\n    \\end{theorem}"],
    ["a run-in", "latex", "\\textbf{Theorem 1.} X is even."],
    ["a div", "markdown", "::: {.theorem #t}\nX is even.\n:::"],
    ["a directive", "markdown", "```{prf:theorem} T\nX is even.\n```"],
    ["a callout", "markdown", "> [!theorem] T\n> X is even."],
    ["a callout in a callout", "markdown", "> [!note]\n> > [!theorem] T\n> > X is even."],
    ["a bold head", "markdown", "**Theorem 1 (A).** X is even."],
  ];
  for (const [what, syntax, statement] of statements) {
    it(`keeps to the width of its document, prefixes included: ${what}`, () => {
      const body = [fill(prose(12), 72), fill(prose(9, 3), 72)].join("\n\n");
      const text = `${body}\n\n${statement}\n\n# End\n`.replace(syntax === "latex" ? "# End\n" : "", "");
      const lines = added(text, inserted(text, syntax));
      assert.ok(lines.length > 12, lines.join("\n"));
      for (const line of lines) assert.ok(line.length <= 72 || / ∎$/.test(line), line);
      assert.ok(lines.filter((line) => line.length > 60).length > 5);
    });

    it(`is a line for each paragraph if its document is so: ${what}`, () => {
      const text = `${[prose(5), prose(4, 3), prose(6, 2)].join("\n\n")}\n\n${statement}\n`;
      assert.ok(added(text, inserted(text, syntax)).some((line) => line.length > 600));
    });

    it(`has a line for each sentence if its document has: ${what}`, () => {
      const text = `${prose(14).replace(/\. /g, ".\n")}\n\n${statement}\n`;
      const lines = added(text, inserted(text, syntax));
      const head = /^(?:\\noindent)?(?:\\textbf\{Proof\.\}|\*\*Proof\.\*\*) /;
      const found = lines.filter((line) =>
        /^[ \t>]*We have many words to say about \$a \+ b\$, and more\.$/.test(line.replace(head, "")),
      );
      // Set filters the equal ones of the document, not of the proof.
      assert.equal(found.length, 12, lines.join("\n"));
    });
  }

  it("goes on in the author's line up to the width", () => {
    const body = [fill(prose(12), 72), fill(prose(9, 3), 72)].join("\n\n");
    const text = `${body}\n\n\\begin{theorem}X.\\end{theorem}\n\\begin{proof}\n  First of all we note, with the words of the author, that \\todo{x}\n\\end{proof}\n`;
    const result = inserted(text, "latex", "First of all we note, with the words of the author, that ").split("\n");
    const at = result.findIndex((line) => line.startsWith("  First of all"));
    assert.ok(result[at]!.length > 60 && result[at]!.length <= 72, result[at]);
    assert.match(result[at + 1]!, /^ {2}\S/);
  });

  it("stands as deep inside as the document's other proofs, not as its statements", () => {
    const text =
      "\\begin{lemma}\n  A.\n\\end{lemma}\n\\begin{proof}\nClear.\n\\end{proof}\n\\begin{theorem}\n  X is even.\n\\end{theorem}\n";
    assert.match(inserted(text, "latex"), /\\begin\{proof\}\nWe have/);
  });

  it("has the callouts' own quote mark", () => {
    assert.match(inserted(">[!theorem] T\n>X is even.\n", "markdown"), /\n>\[!proof\]\n>We have/);
  });
});
