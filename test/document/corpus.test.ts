import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parseDocument } from "../../server/src/document/parse.js";
import { syntaxOf } from "../../server/src/document/syntax.js";
import type { Proof, Statement } from "../../server/src/document/types.js";
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
};

const proofsOf = ({ proof, otherProofs }: Statement): readonly Proof[] => (proof ? [proof, ...otherProofs] : []);

/**
 * Which statement each proof of a LaTeX file proves, by a rule that knows nothing of our own: the one that its title
 * cites by `\\ref`, else the last statement that begins before it, passing over what a reader doesn't expect a proof of.
 * From the start of the proof to that of its statement.
 */
function pairsByRule(text: string): Map<number, number> {
  const source = text
    .replace(/(?<!\\)%[^\n]*/g, (comment) => " ".repeat(comment.length))
    .replace(/\\(?:re)?newenvironment\{[\s\S]*?\n\}\n/g, (definition) => " ".repeat(definition.length));
  const labels = new Map<string, number>();
  const pairs = new Map<number, number>();
  let last = -1;
  for (const match of source.matchAll(
    /\\begin\{(?:(proof|solution|sol)|(theorem|lemma|proposition|corollary|exercise|[sd]?problem|claim|fact|thm|lem|cor|ex|(?:theorem|example)box))\}(?:\s*\[([^\]]*)\])?(?:\s*\\label\{([^{}]*)\})?/g,
  )) {
    const [, proof, , title, label] = match;
    if (proof === undefined) {
      last = match.index;
      if (label !== undefined) labels.set(label, last);
      continue;
    }
    const cited = /^\s*(?:Proof )?of .*?ref\{([^{}]*)\}/.exec(title ?? "")?.[1];
    pairs.set(match.index, (cited === undefined ? undefined : labels.get(cited)) ?? last);
  }
  return pairs;
}

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
      const proofs = new Set(document.statements.flatMap((one) => proofsOf(one).map(({ start }) => start))).size;
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

  it("pairs every proof of a LaTeX file as a plain rule does that knows nothing of ours", function () {
    this.timeout(60_000);
    if (!existsSync(CORPUS)) {
      console.log("      skipped: ../shared/corpus is not here");
      this.skip();
    }
    const differences: string[] = [];
    let proofs = 0;
    for (const file of files().filter((name) => name.endsWith(".tex"))) {
      const text = readFileSync(new URL(file, CORPUS), "utf8");
      const { statements } = parseDocument(text, "latex");
      const ours = new Map(statements.flatMap((one) => proofsOf(one).map(({ start }) => [start, one.start] as const)));
      const rule = pairsByRule(text);
      const wrong = [...rule].filter(([proof, statement]) => ours.get(proof) !== statement);
      const line = (offset: number | undefined) =>
        offset === undefined ? "none" : text.slice(0, offset).split("\n").length;
      for (const [proof, statement] of wrong)
        differences.push(`${file}:${line(proof)}: ${line(ours.get(proof))}, by the rule ${line(statement)}`);
      proofs += rule.size;
    }
    assert.deepEqual(differences, []);
    assert.equal(proofs, 1_277);
  });
});
