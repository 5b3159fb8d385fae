import { DECLARES, type TheoremDeclaration } from "./latex/definitions.js";
import { environmentTable } from "./latex/environments.js";
import { lex } from "./latex/lex.js";
import type { Lexed } from "./latex/tokens.js";
import { type Reads, readsOf } from "./reads.js";
import type { Macro, StatementKind } from "./types.js";

/** The environments that LaTeX files declare, in the order in which TeX reads them. */
export interface DeclaredEnvironments {
  readonly theorems: readonly TheoremDeclaration[];
  /** Environments with the text that begins them: those that wrap a theorem-like one or a proof are of interest. */
  readonly environments: Lexed["environments"];
}

/** What a LaTeX file declares for the other files of its project, and which files it reads. */
export interface Declarations extends Reads, DeclaredEnvironments {
  /** Ranges are into this file's text. */
  readonly macros: readonly Macro[];
  /** Those of the macros that declare theorems, such as HoTT's `\defthm`. */
  readonly declarers: readonly Macro[];
}

/** A file without declarations. */
export const NOTHING_DECLARED: DeclaredEnvironments = { theorems: [], environments: [] };

/**
 * Reads the declarations of a LaTeX file. Pure and total.
 * @param declarers macros of other files that declare theorems where this file calls them
 */
export function declarationsOf(text: string, declarers: readonly Macro[] = []): Declarations {
  const before = declarers.map(({ declaration }) => `${declaration}\n`).join("");
  const { theorems, environments, macros } = lex(before + text);
  const own = macros
    .filter(({ start }) => start >= before.length)
    .map((macro) => ({ ...macro, start: macro.start - before.length, end: macro.end - before.length }));
  return {
    theorems,
    environments,
    macros: own,
    declarers: own.filter(({ body }) => DECLARES.test(body)),
    ...readsOf(text, own),
  };
}

/** What the declared environments are to a reader, by name; proofs are left out. */
export function declaredKinds(declared: DeclaredEnvironments): Readonly<Record<string, StatementKind>> {
  const table = environmentTable({ ...lex(""), ...declared }, {});
  const names = [...declared.theorems, ...declared.environments].map(({ name }) => name);
  const kinds = names.flatMap((name) => {
    const use = table(name);
    return use && use.role !== "proof" ? [[name, use.kind] as const] : [];
  });
  return Object.fromEntries(kinds);
}
