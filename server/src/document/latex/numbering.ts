import { captionText } from "../kinds.js";
import type { Macro, StatementKind } from "../types.js";
import type { TheoremDeclaration } from "./definitions.js";

/** Counts as LaTeX does, so that "Proof of Theorem 2.3" finds its theorem. */
export interface Numbering {
  /** The number of the next block of this environment; null if the environment is not numbered. */
  next(declaration: TheoremDeclaration | null, kind: StatementKind): string | null;
  /** A heading passes: `level` 1 (`\part`) to 7; starred headings don't count. */
  section(level: number, starred: boolean): void;
  /** The counters as they are, as a value. */
  now(): CountersAt;
}

/** Counters at a place in a text. */
export interface CountersAt {
  readonly counts: ReadonlyMap<string, { readonly value: number; readonly prefix: string }>;
  readonly sections: readonly number[];
  readonly hasChapters: boolean;
}

/** Whether all that is counted from there on is counted alike. */
export function sameCounters(a: CountersAt, b: CountersAt): boolean {
  return (
    a === b ||
    (a.hasChapters === b.hasChapters &&
      a.counts.size === b.counts.size &&
      a.sections.every((count, level) => count === b.sections[level]) &&
      [...a.counts].every(([name, { value, prefix }]) => {
        const other = b.counts.get(name);
        return other?.value === value && other.prefix === prefix;
      }))
  );
}

const LEVELS = ["", "part", "chapter", "section", "subsection", "subsubsection"];

const LETTERED = /\\(Alph|alph|Roman|roman)\s*\{([^{}]*)\}/;
const NUMERALS = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];

/** A counter's value in letters or Roman numerals; values that books don't reach stay arabic. */
function formatted(value: number, style: string): string {
  const upper = style.toLowerCase() === "alph" ? String.fromCharCode(64 + value) : roman(value);
  if (value > (style.toLowerCase() === "alph" ? 26 : 39)) return String(value);
  return style[0] === style[0]!.toUpperCase() ? upper : upper.toLowerCase();
}

function roman(value: number): string {
  return "X".repeat(Math.floor(value / 10)) + NUMERALS[value % 10]!;
}

/** How a counter is printed that is printed in letters or Roman numerals, and whether without what it counts within. */
export interface CounterStyle {
  readonly style: string;
  readonly bare: boolean;
}

/** What the document's own `\\thethm` say of its counters. */
export function counterStyles(macros: readonly Macro[]): ReadonlyMap<string, CounterStyle> {
  const styles = new Map<string, CounterStyle>();
  for (const { name, body } of macros) {
    const match = name.startsWith("\\the") ? LETTERED.exec(body) : null;
    if (match && `\\the${match[2]}` === name)
      styles.set(match[2]!, { style: match[1]!, bare: !/\\(?:the|arabic)/.test(body) });
  }
  return styles;
}

/** A set of counters for one document: fresh, or as they were at a place. */
export function numbering(
  theorems: readonly TheoremDeclaration[],
  styles: ReadonlyMap<string, CounterStyle>,
  from?: CountersAt,
): Numbering {
  const declarations = new Map(theorems.map((theorem) => [theorem.name, theorem]));
  const counts = new Map(from?.counts);
  const sections = from ? [...from.sections] : [0, 0, 0, 0, 0, 0, 0, 0];
  let hasChapters = from?.hasChapters ?? false;

  const sectionNumber = (level: number): string => {
    const from = hasChapters ? 2 : 3;
    return sections.slice(from, level + 1).join(".");
  };
  const root = (name: string): { name: string; within: string | null } => {
    let at = name;
    for (let hops = 0; hops < 8; hops++) {
      const shared = declarations.get(at)?.shared;
      if (!shared || shared === at) break;
      at = shared;
    }
    return { name: at, within: declarations.get(at)?.within ?? null };
  };
  const prefixOf = (within: string | null): string => {
    if (within === null) return "";
    const level = LEVELS.indexOf(within);
    if (level > 0) return `${sectionNumber(level)}.`;
    const parent = counts.get(root(within).name);
    return parent ? `${parent.prefix}${parent.value}.` : "";
  };

  return {
    next(declaration, kind) {
      // \newtheorem*{thmA}{Theorem A} prints its number in its caption.
      if (declaration && !declaration.numbered)
        return /\s(\d+|[A-Z]|[IVX]+)$/.exec(captionText(declaration.caption))?.[1] ?? null;
      const counter = declaration ? root(declaration.name) : { name: `kind:${kind}`, within: null };
      const level = LEVELS.indexOf(counter.name);
      if (level > 0) {
        // Stacks numbers its lemmas as subsections.
        sections[level] = sections[level]! + 1;
        return sectionNumber(level);
      }
      const prefix = prefixOf(counter.within);
      const before = counts.get(counter.name);
      const value = before && before.prefix === prefix ? before.value + 1 : 1;
      counts.set(counter.name, { value, prefix });
      const printed = styles.get(counter.name);
      return printed ? (printed.bare ? "" : prefix) + formatted(value, printed.style) : prefix + value;
    },
    now: () => ({ counts: new Map(counts), sections: [...sections], hasChapters }),
    section(level, starred) {
      if (starred || level > 5) return;
      if (level === 2) hasChapters = true;
      sections[level] = sections[level]! + 1;
      for (let below = level + 1; below < sections.length; below++) if (level > 1) sections[below] = 0;
    },
  };
}
