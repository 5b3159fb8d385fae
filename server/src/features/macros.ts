import type { Macro } from "../document/types.js";

/** Macros as a page renders them: name with its backslash → body with `#1` … `#9`. */
export function macrosOf(macros: readonly Macro[]): Readonly<Record<string, string>> {
  return Object.fromEntries(macros.map(({ name, body }) => [name, body]));
}
