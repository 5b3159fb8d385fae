import type { PlatformPath } from "node:path";
import { type DeclaredEnvironments, NOTHING_DECLARED } from "../document/declarations.js";
import type { Macro } from "../document/types.js";
import { pathKey } from "./files.js";
import type { Load, RootReading } from "./reading.js";

/** What the other files of a LaTeX project tell about one of them. */
export interface ProjectContext {
  /** The document that this file belongs to first: itself, or null if none is known. */
  readonly root: string | null;
  /** Absolute paths of the other files of its projects, those of its own root first, in the order TeX reads them. */
  readonly files: readonly string[];
  readonly declared: DeclaredEnvironments;
  /** Tells two values of `declared` apart. */
  readonly declaredKey: string;
  /** The macros that are read before this file ends; a number stands for the file's own macro of that index. */
  readonly before: readonly (Macro | number)[];
  /** Macros of other roots and of what is read later: they hold where nothing else defines the name. */
  readonly around: readonly Macro[];
  /** The packages and classes that each of its roots loads; no list if no root is known. */
  readonly loads: readonly (readonly Load[])[];
}

/** A context without other files. */
export const NO_PROJECT: ProjectContext = {
  root: null,
  files: [],
  declared: NOTHING_DECLARED,
  declaredKey: "",
  before: [],
  around: [],
  loads: [],
};

/** Joins what the roots of a file say about it; its own root first. */
export function contextOf(path: string, readings: readonly RootReading[], paths: PlatformPath): ProjectContext {
  const self = pathKey(path, paths);
  const own = readings[0];
  if (!own) return NO_PROJECT;
  const files = new Map(readings.flatMap((reading) => reading.files).map((file) => [pathKey(file, paths), file]));
  files.delete(self);
  // What is said nearest comes last and wins: other roots, then the own one.
  const others = readings.slice(1).reverse();
  const declared = joinDeclared([...others, own].flatMap((reading) => reading.declared.filter((d) => d.file !== self)));
  const end = own.ends.get(self) ?? own.macros.length;
  let index = 0;
  const before = own.macros.slice(0, end).map(({ file, macro }) => (file === self ? index++ : macro));
  const around = [...others.flatMap((reading) => reading.macros), ...own.macros.slice(end)]
    .filter(({ file }) => file !== self)
    .map(({ macro }) => macro);
  const declaredKey = declared === NOTHING_DECLARED ? "" : JSON.stringify(declared);
  return {
    root: own.root,
    files: [...files.values()],
    declared,
    declaredKey,
    before,
    around,
    loads: readings.map(({ loads }) => loads),
  };
}

/** The macros that hold in a file, each name once, by TeX's rules: a later definition wins, `\providecommand` never does. */
export function macrosIn(context: ProjectContext, own: readonly Macro[]): readonly Macro[] {
  const holding = new Map<string, Macro>();
  const define = (macro: Macro | undefined) => {
    if (!macro || (PROVIDES.test(macro.declaration) && holding.has(macro.name))) return;
    // Set anew, so that the order is that of the definitions that hold.
    holding.delete(macro.name);
    holding.set(macro.name, macro);
  };
  let read = 0;
  for (const item of context.before) {
    if (typeof item === "number") {
      define(own[item]);
      read = item + 1;
    } else define(item);
  }
  for (const macro of own.slice(read)) define(macro);
  const around = new Map(context.around.filter(({ name }) => !holding.has(name)).map((macro) => [macro.name, macro]));
  return [...around.values(), ...holding.values()];
}

const PROVIDES = /^\\(?:providecommand|Provide[A-Z])/;

function joinDeclared(all: readonly DeclaredEnvironments[]): DeclaredEnvironments {
  if (all.length === 0) return NOTHING_DECLARED;
  return {
    theorems: lastOfEach(all.flatMap(({ theorems }) => theorems)),
    environments: lastOfEach(all.flatMap(({ environments }) => environments)),
  };
}

function lastOfEach<T extends { readonly name: string }>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [value.name, value])).values()];
}
