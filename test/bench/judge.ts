/**
 * `npm run bench:judge`: the relations of the corpus and of the proofs beside the repository. How many are refuted (each
 * has to be a true slip of its source), how many of 500 planted slips are found, and how long a relation takes. Prints
 * tables; exits with 1 if a goal is missed.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Document, Syntax, TextRange } from "../../server/src/document/types.js";
import { checkRelations, type RelationReport } from "../../server/src/judge/relations/check-relations.js";
import { type Planting, plantings, SLIPS, type Slip, seeded } from "../judge/plant.js";

const SHARED = fileURLToPath(new URL("../../../shared", import.meta.url));
const PLANTED = 500;
const SEED = 20240611;
const GOAL_RECALL = 0.7;
const GOAL_MEAN_MS = 20;
const GOAL_WORST_MS = 2_000;
/** True slips of the sources, looked at by eye: the file ends so, and the relation contains this. */
const TRUE_SLIPS: readonly (readonly [file: string, text: string, why: string])[] = [
  [
    "HSC-Induction/problems/part1-medium.tex",
    "+ \\frac{1}{(k+1)^2} = \\frac{1}{(k+1)^2}",
    "1/k² − (1/k − 1/(k+1)) is not 0",
  ],
  [
    "HSC-Inequalities/problems/part2-basic-04.tex",
    "\\ge 2ab + 12bc + 3ac",
    "false at a = 11, b = 8, c = 7: 882 is not at least 1079",
  ],
  ["HSC-Induction/problems/part2-medium.tex", "+ 3 \\cdot 4^k + 21k", "4·4^k − 8 − 7k is 4(4^k − 1 − 7k) + 21k − 4"],
  [
    "HSC-Induction/problems/part2-advanced.tex",
    "\\frac{\\sin 2x}{\\sin 2x \\sin x}",
    "sin 2x cos x − cos 2x sin x is sin x, not sin 2x",
  ],
  [
    "HSC-Induction/problems/part2-advanced.tex",
    "\\frac{2k(k+1)+1}{2(k+1)^2 - k}",
    "clearing 2(k+1)³ gives (k+1)(2k²+2k+1) / (2(k+1)³ − k)",
  ],
];

if (!existsSync(SHARED)) {
  console.log("skipped: ../shared is not here");
  process.exit(0);
}

interface Source {
  readonly name: string;
  readonly document: Document;
  readonly report: RelationReport;
  readonly ms: number;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : /\.(?:tex|md)$/.test(path) ? [path] : [];
  });
}

function read(name: string, text: string, syntax: Syntax): Source {
  const document = parseDocument(text, syntax);
  const began = performance.now();
  const report = checkRelations(document);
  return { name, document, report, ms: performance.now() - began };
}

const sources: Source[] = filesIn(join(SHARED, "corpus")).map((path) =>
  read(path.slice(SHARED.length + 1), readFileSync(path, "utf8"), path.endsWith(".tex") ? "latex" : "markdown"),
);
for (const name of readdirSync(join(SHARED, "data", "proofs")).filter((file) => file.endsWith(".jsonl"))) {
  for (const line of readFileSync(join(SHARED, "data", "proofs", name), "utf8").split("\n")) {
    if (line === "") continue;
    const { problem_idx, question, model_prediction } = JSON.parse(line);
    sources.push(
      read(`${name}: ${problem_idx}`, `**Problem.** ${question}\n\n**Proof.** ${model_prediction.proof}\n`, "markdown"),
    );
  }
}

let missed = false;
const goal = (what: string, figure: string, met: boolean) => {
  missed ||= !met;
  console.log(`${what.padEnd(64)} ${figure.padStart(12)}  ${met ? "(goal met)" : "(goal MISSED)"}`);
};

// 1. Refutations of what the sources say.
const all = sources.flatMap(({ report }) => report.relations);
console.log(`${all.length} relations in ${sources.length} texts`);
let falseAlarms = 0;
const seen = new Set<string>();
for (const { name, document, report } of sources) {
  for (const finding of report.findings) {
    const text = document.text.slice(finding.start, finding.end).replace(/\s+/g, " ");
    const known = TRUE_SLIPS.find(([file, part]) => name.endsWith(file) && text.includes(part));
    if (known) seen.add(known[2]);
    else falseAlarms++;
    console.log(
      `  ${known ? `true slip (${known[2]})` : "FALSE ALARM"}: ${name}: ${text.slice(0, 160)}\n    ${finding.message}`,
    );
  }
}
goal("false refutations", String(falseAlarms), falseAlarms === 0);
goal("true slips of the sources found", `${seen.size} of ${TRUE_SLIPS.length}`, seen.size === TRUE_SLIPS.length);

// 2. Planted slips.
interface Site {
  readonly source: Source;
  readonly range: TextRange;
  readonly planting: Planting;
}

/** What holds whatever its letters are: a slip in it makes it false. */
const isEligible = (kind: string) => kind === "proved" || kind === "agrees";
/** "n ≥ 1" and "x = 3" are hypotheses: with another number they are others. */
const isClaim = ({ text }: Document, { start, end }: TextRange) => {
  const sides = text.slice(start, end).split(/[<>=]|\\(?:le|ge|leq|geq|equiv|leqslant|geqslant)(?![a-z])/);
  return sides.some((side) =>
    /[-+^!]|\\[a-z]|\d[a-z]|[a-z]\s*[a-z(]/i.test(
      side
        .replace(/&|\\[\\,;! ]|_\{[^{}]*\}/g, "")
        .trim()
        .slice(1),
    ),
  );
};

function sample(eligible: boolean): Site[] {
  const random = seeded(SEED);
  const pool = sources.flatMap((source) =>
    source.document.text.length > 400_000
      ? []
      : source.report.relations
          .filter((relation) =>
            eligible
              ? isEligible(relation.verdict.kind) && isClaim(source.document, relation)
              : relation.verdict.kind !== "refuted",
          )
          .map((range) => ({ source, range })),
  );
  const sites: Site[] = [];
  const taken = new Set<string>();
  for (let tries = 0; sites.length < PLANTED && tries < 20_000; tries++) {
    const { source, range } = pool[random(pool.length)]!;
    const options = plantings(source.document.text, range.start, range.end);
    const kinds = SLIPS.filter((slip) => options.some((option) => option.slip === slip));
    if (kinds.length === 0) continue;
    const kind = kinds[random(kinds.length)]!;
    const choices = options.filter((option) => option.slip === kind);
    const site = { source, range, planting: choices[random(choices.length)]! };
    const key = `${source.name} ${site.planting.start} ${site.planting.by}`;
    if (taken.has(key)) continue;
    taken.add(key);
    // A slip that leaves the relation true is none.
    if (!eligible || !holdsStill(site)) sites.push(site);
  }
  return sites;
}

function check({ source, planting }: Site): { readonly report: RelationReport; readonly at: TextRange } {
  const { text, syntax } = source.document;
  const changed = text.slice(0, planting.start) + planting.by + text.slice(planting.end);
  const report = checkRelations(parseDocument(changed, syntax), {
    range: { start: planting.start, end: planting.start + 1 },
  });
  return { report, at: { start: planting.start, end: planting.start + Math.max(1, planting.by.length) } };
}

const touches = (one: TextRange, other: TextRange) => one.start <= other.end && other.start <= one.end;

/** Whether every relation that the slip touches still holds, as far as it can be read: then nothing is false. */
function holdsStill(site: Site): boolean {
  const { report, at } = check(site);
  const touched = report.relations.filter((relation) => touches(relation, at));
  return touched.filter(({ read }) => read).every(({ verdict }) => isEligible(verdict.kind));
}

for (const eligible of [true, false]) {
  const sites = sample(eligible);
  const byKind = new Map<Slip, [found: number, of: number]>(SLIPS.map((slip) => [slip, [0, 0]]));
  let found = 0;
  for (const site of sites) {
    const { report, at } = check(site);
    const hit = report.findings.some((finding) => touches(finding, at));
    const tally = byKind.get(site.planting.slip)!;
    tally[1]++;
    if (hit) {
      tally[0]++;
      found++;
    } else if (process.argv.includes("--missed") && eligible) {
      const { text } = site.source.document;
      const { start, end } = site.range;
      const changed = `${text.slice(start, site.planting.start)}⟦${site.planting.by}⟧${text.slice(site.planting.end, end)}`;
      const why = report.relations
        .filter((relation) => touches(relation, at))
        .map(({ verdict }) => (verdict.kind === "silent" ? verdict.reason : verdict.kind));
      console.log(
        `  missed (${site.planting.slip}; ${why.join(" | ")}): ${changed.replace(/\s+/g, " ").slice(0, 220)}`,
      );
    }
  }
  const share = found / sites.length;
  const label = eligible ? "in relations that were read and hold" : "in all relations, read or not";
  console.log(`\n${sites.length} slips planted ${label} (seed ${SEED})`);
  for (const [slip, [hits, of]] of byKind)
    if (of > 0) console.log(`  ${slip.padEnd(14)} ${String(hits).padStart(4)} of ${String(of).padStart(4)}`);
  if (eligible) goal("recall", `${(100 * share).toFixed(1)} %`, share >= GOAL_RECALL);
  else console.log(`${"recall".padEnd(64)} ${`${(100 * share).toFixed(1)} %`.padStart(12)}`);
}

// 3. Time.
const total = sources.reduce((sum, { ms }) => sum + ms, 0);
console.log("");
goal("milliseconds a relation, mean", (total / all.length).toFixed(2), total / all.length <= GOAL_MEAN_MS);
const slowest = [...sources]
  .sort((a, b) => b.ms / Math.max(1, b.report.relations.length) - a.ms / Math.max(1, a.report.relations.length))
  .slice(0, 12);
let worst = 0;
for (const { document, report } of slowest) {
  for (const { start, end } of report.relations.slice(0, 400)) {
    const began = performance.now();
    checkRelations(document, { range: { start, end } });
    worst = Math.max(worst, performance.now() - began);
  }
}
goal("milliseconds of the slowest relation, its place read anew", worst.toFixed(0), worst <= GOAL_WORST_MS);
process.exitCode = missed ? 1 : 0;
