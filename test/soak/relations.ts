/**
 * 10,000 random and truncated formulas through the relation checker: none may throw, and none may take longer than its
 * box. Started with `node --import tsx`; a number as argument sets how many.
 */
import { parseDocument } from "../../server/src/document/parse.js";
import { checkRelations } from "../../server/src/judge/relations/check-relations.js";
import { FALSE_TEXTS } from "../judge/false-texts.js";
import { seeded } from "../judge/plant.js";
import { TRUE_TEXTS } from "../judge/true-texts.js";
import { formula } from "./formulas.js";

const COUNT = Number(process.argv[2] ?? 10_000);
/** For one text; the machine may be busy. */
const BOX_MS = 2_000;
const random = seeded(7);
const whole = [...TRUE_TEXTS, ...FALSE_TEXTS].map(([, text]) => text);
let thrown = 0;
let late = 0;
let worst = 0;
let relations = 0;
for (let k = 0; k < COUNT; k++) {
  const text = formula(random, whole);
  const began = performance.now();
  try {
    const report = checkRelations(parseDocument(text, k % 2 === 0 ? "latex" : "markdown"));
    relations += report.relations.length;
    const outside = report.relations.some(({ start, end }) => start < 0 || end > text.length || start > end);
    if (outside) throw new Error("a range outside the text");
  } catch (error) {
    thrown++;
    console.log(`thrown: ${JSON.stringify(text)}: ${error instanceof Error ? error.stack : String(error)}`);
  }
  const ms = performance.now() - began;
  worst = Math.max(worst, ms);
  if (ms > BOX_MS) {
    late++;
    console.log(`late (${ms.toFixed(0)} ms): ${JSON.stringify(text)}`);
  }
}
console.log(
  `${COUNT} formulas, ${relations} relations: ${thrown} thrown, ${late} late, the longest ${worst.toFixed(0)} ms`,
);
process.exitCode = thrown + late > 0 ? 1 : 0;
