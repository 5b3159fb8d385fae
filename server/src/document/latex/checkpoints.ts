import type { Macro } from "../types.js";
import type { Printing } from "./printing-macros.js";
import type { Lexed } from "./tokens.js";

/** How far from where it stands a scan looks ahead or back at most, in UTF-16 units, if it does not say that it looked further. */
export const LOOK = 20_000;

/** How many of each were found before an offset. */
export interface Counts {
  readonly tokens: number;
  /** Begins of environments of the exercise family. */
  readonly exercises: number;
  readonly theorems: number;
  readonly environments: number;
  readonly macros: number;
  readonly references: number;
  readonly directives: number;
  readonly dollar: number;
  readonly paren: number;
  readonly double: number;
  readonly bracket: number;
}

/** What is known of commands and environments at an offset of a text. Values: a change makes new sets. */
export interface Knowledge {
  readonly inMath: boolean;
  /** Environments whose content is no structure. */
  readonly opaque: ReadonlySet<string>;
  /** Macros that declare theorems or open environments, without backslash. */
  readonly declarers: ReadonlyMap<string, Macro>;
  /** Macros that stand for a head or an end mark, without backslash. */
  readonly printers: ReadonlyMap<string, Printing>;
  /** Pictures that nothing closes from there on. */
  readonly unclosed: ReadonlySet<string>;
}

/** Where a scan may be taken up again, and all that what follows depends on. */
export interface Checkpoint extends Counts {
  readonly at: number;
  /** What lies at or after this offset was not looked at before. */
  readonly reach: number;
  readonly knowledge: Knowledge;
  /** Units read ahead so far. */
  readonly fuelUsed: number;
}

/** A text that has been scanned, so that a change of it can be scanned at little cost. */
export interface Scan {
  readonly lexed: Lexed;
  /** In order of their offsets. */
  readonly checkpoints: readonly Checkpoint[];
  readonly fuelUsed: number;
  /** Pictures that were found to be unclosed anywhere. */
  readonly unclosed: ReadonlySet<string>;
}

/** Whether the rest of a text is scanned alike with either. */
export function sameKnowledge(a: Knowledge, b: Knowledge): boolean {
  return (
    a === b ||
    (a.inMath === b.inMath &&
      (a.opaque === b.opaque || sameKeys(a.opaque, b.opaque)) &&
      (a.unclosed === b.unclosed || sameKeys(a.unclosed, b.unclosed)) &&
      (a.declarers === b.declarers || sameDeclarers(a.declarers, b.declarers)) &&
      (a.printers === b.printers || JSON.stringify([...a.printers]) === JSON.stringify([...b.printers])))
  );
}

function sameKeys(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((key) => b.has(key));
}

function sameDeclarers(a: ReadonlyMap<string, Macro>, b: ReadonlyMap<string, Macro>): boolean {
  return (
    a.size === b.size &&
    [...a].every(([name, macro]) => {
      const other = b.get(name);
      return other?.body === macro.body && other.arguments === macro.arguments;
    })
  );
}
