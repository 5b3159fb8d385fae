import type { TextChange } from "../changes.js";
import { detached } from "../changes.js";
import type { Directive, Macro, Reference, TextRange } from "../types.js";
import { type Checkpoint, type Counts, type Knowledge, type Scan, sameKnowledge } from "./checkpoints.js";
import { type ScannedPart, START, type Stop, scan, scanFrom } from "./lex.js";
import type { Token } from "./tokens.js";

/** A scan looks back from where it stands no further than this, in UTF-16 units. */
const LOOK_BACK = 200;

/** Scans a text after a change, from the last checkpoint that has not seen it to the first that it leaves as it was. */
export function rescan(before: Scan, text: string, change: TextChange): Scan {
  const start = restart(before, text, change);
  const from = start < 0 ? START : before.checkpoints[start]!;
  const stop = new Rejoining(before.checkpoints, change);
  const part = scanFrom(text, from, stop);
  const joined = part.stopped
    ? rejoined(before, start, from, part, stop.next, change)
    : {
        lexed: {
          ...prefixAnd(before, from, part),
          end: part.end,
          math: part.found.math,
        },
        checkpoints: [...before.checkpoints.slice(0, start + 1), ...part.found.checkpoints],
        fuelUsed: part.fuelUsed,
        unclosed: part.knowledge.unclosed,
      };
  // Near the end of its fuel a scan depends on all that was read before.
  return Math.max(before.fuelUsed, joined.fuelUsed) > 100_000 + 4 * text.length ? scan(text) : joined;
}

/** The index of the last checkpoint before which nothing is scanned otherwise than before; -1 for the text's begin. */
function restart({ checkpoints, unclosed }: Scan, text: string, { start, inserted }: TextChange): number {
  let low = 0;
  let high = checkpoints.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (checkpoints[middle]!.reach <= start) low = middle + 1;
    else high = middle;
  }
  const last = low - 1;
  // A picture that nothing closed may be closed now.
  for (const name of unclosed) {
    const close = `\\end{${name}}`;
    if (text.slice(Math.max(0, start - close.length), start + inserted + close.length).includes(close)) return -1;
  }
  return last;
}

class Rejoining implements Stop {
  at: number;
  /** Index of the checkpoint at which the scan stops. */
  next: number;
  readonly #checkpoints: readonly Checkpoint[];
  readonly #delta: number;

  constructor(checkpoints: readonly Checkpoint[], { start, end, inserted }: TextChange) {
    this.#checkpoints = checkpoints;
    this.#delta = start + inserted - end;
    this.next = 0;
    this.at = 0;
    this.#seek(start + inserted + LOOK_BACK);
  }

  isHere(offset: number, knowledge: Knowledge): boolean {
    this.#seek(offset);
    if (this.at === offset) {
      if (sameKnowledge(this.#checkpoints[this.next]!.knowledge, knowledge)) return true;
      this.#seek(offset + 1);
    }
    return false;
  }

  #seek(offset: number): void {
    const checkpoints = this.#checkpoints;
    while (this.next < checkpoints.length && checkpoints[this.next]!.at + this.#delta < offset) this.next++;
    this.at = (checkpoints[this.next]?.at ?? Number.POSITIVE_INFINITY) + this.#delta;
  }
}

/** What stood before `from`, and what was found after it. */
function prefixAnd({ lexed }: Scan, from: Checkpoint, { found }: ScannedPart) {
  return {
    tokens: [
      ...lexed.tokens.slice(0, from.tokens),
      ...found.tokens.map((token): Token => ({ ...token, name: detached(token.name) })),
    ],
    theorems: joint(lexed.theorems, from.theorems, found.theorems),
    environments: joint(lexed.environments, from.environments, found.environments),
    macros: joint(lexed.macros, from.macros, found.macros.map(detachedMacro)),
    references: joint(lexed.references, from.references, found.references.map(detachedReference)),
    directives: joint(lexed.directives, from.directives, found.directives.map(detachedDirective)),
  };
}

function joint<T>(before: readonly T[], count: number, found: readonly T[]): readonly T[] {
  return found.length === 0 && count === before.length ? before : [...before.slice(0, count), ...found];
}

function rejoined(
  before: Scan,
  start: number,
  from: Checkpoint,
  part: ScannedPart,
  next: number,
  change: TextChange,
): Scan {
  const delta = change.start + change.inserted - change.end;
  const at = before.checkpoints[next]!;
  const { lexed } = before;
  const { found } = part;
  const prefix = prefixAnd(before, from, part);
  const more = difference(found.counts(), at);
  const { math } = found;
  return {
    lexed: {
      tokens: [...prefix.tokens, ...moved(lexed.tokens, at.tokens, delta)],
      theorems: rest(lexed.theorems, prefix.theorems, at.theorems),
      environments: rest(lexed.environments, prefix.environments, at.environments),
      macros: [...prefix.macros, ...moved(lexed.macros, at.macros, delta)],
      references: [...prefix.references, ...moved(lexed.references, at.references, delta)],
      directives: [...prefix.directives, ...moved(lexed.directives, at.directives, delta)],
      end: lexed.end + delta,
      math: {
        dollar: lexed.math.dollar + math.dollar - at.dollar,
        paren: lexed.math.paren + math.paren - at.paren,
        double: lexed.math.double + math.double - at.double,
        bracket: lexed.math.bracket + math.bracket - at.bracket,
      },
    },
    checkpoints: [
      ...before.checkpoints.slice(0, start + 1),
      ...found.checkpoints,
      ...before.checkpoints.slice(next).map((checkpoint) => ({
        ...sum(checkpoint, more),
        at: checkpoint.at + delta,
        reach: Math.max(checkpoint.reach + delta, part.reach),
        knowledge: checkpoint.knowledge,
        fuelUsed: checkpoint.fuelUsed + part.fuelUsed - at.fuelUsed,
      })),
    ],
    fuelUsed: before.fuelUsed + part.fuelUsed - at.fuelUsed,
    unclosed: before.unclosed,
  };
}

/** The list again if its parts are all of it, so that what hangs on it can be kept. */
function rest<T>(before: readonly T[], prefix: readonly T[], from: number): readonly T[] {
  const joined = [...prefix, ...before.slice(from)];
  return joined.length === before.length && joined.every((item, k) => item === before[k]) ? before : joined;
}

function moved<T extends TextRange>(list: readonly T[], from: number, delta: number): T[] {
  const result: T[] = [];
  for (let k = from; k < list.length; k++) {
    const item = list[k]!;
    result.push(delta === 0 ? item : { ...item, start: item.start + delta, end: item.end + delta });
  }
  return result;
}

function difference(a: Counts, b: Counts): Counts {
  return combined(a, b, -1);
}

function sum(a: Counts, b: Counts): Counts {
  return combined(a, b, 1);
}

function combined(a: Counts, b: Counts, sign: 1 | -1): Counts {
  return {
    tokens: a.tokens + sign * b.tokens,
    theorems: a.theorems + sign * b.theorems,
    environments: a.environments + sign * b.environments,
    macros: a.macros + sign * b.macros,
    references: a.references + sign * b.references,
    directives: a.directives + sign * b.directives,
    dollar: a.dollar + sign * b.dollar,
    paren: a.paren + sign * b.paren,
    double: a.double + sign * b.double,
    bracket: a.bracket + sign * b.bracket,
  };
}

function detachedMacro(macro: Macro): Macro {
  const { name, declaration, body } = macro;
  return { ...macro, name: detached(name), declaration: detached(declaration), body: detached(body) };
}

function detachedReference(reference: Reference): Reference {
  return { ...reference, labels: reference.labels.map(detached) };
}

function detachedDirective(directive: Directive): Directive {
  return { ...directive, text: detached(directive.text) };
}
