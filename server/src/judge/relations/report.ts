import type { TextRange } from "../../document/types.js";
import type { Finding, Witness } from "../finding.js";
import { evaluate } from "./algebra/evaluate.js";
import { type Expression, partsOf } from "./algebra/expression.js";
import type { Verdict } from "./judging/verdicts.js";
import { textOf } from "./numbers/value.js";
import { environmentOf, type Link, lettersOfLink } from "./search/link.js";
import { plainName } from "./search/points.js";

/** The finding for a refuted link, with its witness in words. */
export function findingOf(
  verdict: Extract<Verdict, { kind: "refuted" }>,
  where: TextRange,
  step: TextRange | null,
): Finding {
  const { link } = verdict;
  const witness = witnessOf(link, verdict);
  const at = Object.entries(witness.values).map(([name, value]) => `${name} = ${value}`);
  return {
    ...where,
    code: "step.refuted",
    severity: "error",
    message: `This ${NAMES[link.relation] ?? "relation"} is false${at.length > 0 ? `. At ${at.join(", ")}` : ""}: left ${witness.left}, right ${witness.right}${modulusText(link, verdict)}.`,
    witness,
    step,
    source: { kind: "relations" },
  };
}

const NAMES: Readonly<Record<string, string>> = {
  "=": "equation",
  "==": "congruence",
  "|": "divisibility",
  "<": "inequality",
  ">": "inequality",
  "<=": "inequality",
  ">=": "inequality",
};

function modulusText(link: Link, { outcome }: Extract<Verdict, { kind: "refuted" }>): string {
  const modulus =
    link.relation === "==" && link.modulus
      ? evaluate(link.modulus, environmentOf(outcome.point, { left: 1_000 }))
      : null;
  return modulus ? ` modulo ${textOf(modulus)}` : "";
}

function witnessOf(link: Link, { outcome }: Extract<Verdict, { kind: "refuted" }>): Witness {
  const values: Record<string, string> = {};
  const own = new Set(lettersOfLink(link));
  for (const [name, value] of outcome.point.values)
    if (own.has(name)) values[plainName(name).replace(/^\\/, "")] = textOf(value);
  const environment = environmentOf(outcome.point, { left: 50_000 });
  const visit = (node: Expression) => {
    if (node.op === "call" && Object.keys(values).length < 12) {
      const args = node.args.map((part) => evaluate(part, environment));
      const value = evaluate(node, environment);
      if (value && args.every((part) => part !== null)) {
        const inside = args.map((part) => textOf(part!)).join(", ");
        const name = node.name.endsWith("_") ? `${node.name}${inside}` : `${node.name}(${inside})`;
        values[name.replace(/^\\/, "")] = textOf(value);
      }
    }
    partsOf(node).forEach(visit);
  };
  visit(link.left);
  visit(link.right);
  return { values, left: textOf(outcome.left), right: textOf(outcome.right) };
}
