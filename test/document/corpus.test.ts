import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parseDocument } from "../../server/src/document/parse.js";
import { syntaxOf } from "../../server/src/document/syntax.js";
import { checkRanges } from "./check.js";

const CORPUS = new URL("../../../shared/corpus/", import.meta.url);

const STATEMENTS =
  /\\begin\{(theorem|lemma|proposition|corollary|definition|remark\*?|example|exercise|problem|sproblem|dproblem|claim|fact|axiom|conjecture|situation|thm|lem|cor|defn|rmk|egs?|ex|ques|(?:theorem|example|definition)box)\}/g;
const PROOFS = /\\begin\{(?:proof|solution|sol)\}/g;

/** Statements and proofs of a file by a plain search, comment lines left out. */
function grep(file: string, text: string): { statements: number; proofs: number } {
  if (file.endsWith(".tex")) {
    const source = text.replace(/^[ \t]*%.*$/gm, "").replace(/\\(?:re)?newenvironment\{[\s\S]*?\n\}\n/g, "");
    return { statements: source.match(STATEMENTS)?.length ?? 0, proofs: source.match(PROOFS)?.length ?? 0 };
  }
  // Only the outermost fence counts: what stands in a longer one shows how it is written.
  const names: string[] = [];
  let fence = "";
  for (const line of text.split("\n")) {
    const bars = /^`{3,}/.exec(line)?.[0];
    if (bars === undefined || (fence !== "" && (bars.length < fence.length || line.trim() !== bars))) continue;
    if (fence === "") names.push(/^`+\{prf:(\w+)\}/.exec(line)?.[1] ?? "");
    fence = fence === "" ? bars : "";
  }
  return {
    statements: names.filter((name) => name !== "proof" && name !== "").length,
    proofs: names.filter((name) => name === "proof").length,
  };
}

/** Why our count of statements or paired proofs is not that of the search. */
const DIFFERENCES: Readonly<Record<string, { statements?: number; proofs?: number; why: string }>> = {
  "hsc/HSC-Inequalities/HSC-Inequalities.tex": {
    proofs: 1,
    why: "\\noindent\\textbf{Proof outline (discriminant method).} is a run-in proof",
  },
  "myst/docs/source/syntax.md": { proofs: -1, why: "the page shows a {prf:proof} that proves nothing on it" },
  "stacks/more-algebra.tex": { proofs: -2, why: "two lemmas have a \\begin{proof}[Second proof] after the first" },
};

function files(folder = ""): string[] {
  return readdirSync(new URL(folder, CORPUS), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory()) return files(`${path}/`);
    return syntaxOf(path) === null || /LICENSE|README/.test(path) ? [] : [path];
  });
}

describe("the corpus", () => {
  it("has as many statements and paired proofs as a search finds, but for differences that are explained", function () {
    this.timeout(60_000);
    if (!existsSync(CORPUS)) {
      console.log("      skipped: ../shared/corpus is not here");
      this.skip();
    }
    const found: Record<string, { statements: number; proofs: number }> = {};
    const expected: Record<string, { statements: number; proofs: number }> = {};
    for (const file of files()) {
      const text = readFileSync(new URL(file, CORPUS), "utf8");
      const document = parseDocument(text, syntaxOf(file)!);
      checkRanges(document);
      const proofs = new Set(document.statements.flatMap(({ proof }) => (proof ? [proof.start] : []))).size;
      found[file] = { statements: document.statements.length, proofs };
      const count = grep(file, text);
      const difference = DIFFERENCES[file];
      expected[file] = {
        statements: count.statements + (difference?.statements ?? 0),
        proofs: count.proofs + (difference?.proofs ?? 0),
      };
    }
    assert.deepEqual(found, expected);
  });
});
