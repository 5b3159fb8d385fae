import type { Macro } from "../types.js";
import { isDefining, readDefinition, type TheoremDeclaration } from "./definitions.js";
import { type Fuel, groupEnd, LONGEST_TITLE, skipBlank } from "./groups.js";

/** A call of a macro that declares theorems, such as HoTT's `\\defthm`: what it declares, and the offset after it. */
interface Call {
  readonly theorems: readonly TheoremDeclaration[];
  readonly end: number;
}

/** Reads the arguments of a call after `at`, and what the macro's body declares with them; null if one is missing. */
export function readCall(text: string, at: number, declarer: Macro, fuel: Fuel): Call | null {
  const values: string[] = [];
  let end = at;
  for (let k = 0; k < declarer.arguments; k++) {
    const open = skipBlank(text, end);
    end = groupEnd(text, open, LONGEST_TITLE, fuel);
    if (end < 0) return null;
    values.push(text.slice(open + 1, end - 1));
  }
  const body = declarer.body.replace(/#([1-9])/g, (_, k: string) => values[Number(k) - 1] ?? "");
  const theorems: TheoremDeclaration[] = [];
  for (const match of body.matchAll(/\\([A-Za-z]+)(\*?)/g)) {
    if (!isDefining(match[1]!)) continue;
    const from = match.index + match[0].length;
    const definition = readDefinition(body, match[1]!, match.index, from, fuel, match[2] === "*");
    if (definition?.type === "theorem") theorems.push(...definition.theorems);
  }
  return { theorems, end };
}
