import type { TextChange } from "../changes.js";
import { detached } from "../detached.js";
import type { Directive, Macro, Reference, TextRange } from "../types.js";
import type { KeptTokens } from "./blocks.js";
import { type Checkpoint, type Counts, type Knowledge, type Scan, sameKnowledge } from "./checkpoints.js";
import { type ScannedPart, START, type Stop, scan, scanFrom } from "./lex.js";
import type { Token } from "./tokens.js";

/** A scan looks back from where it stands no further than this, in UTF-16 units. */
const LOOK_BACK = 200;

/** A scan of a text after a change. */
export interface Rescan {
  readonly scan: Scan;
  /** Which tokens of the scan before are in it; null if it was made anew. */
  readonly kept: KeptTokens | null;
}

/** Scans a text after a change, from the last checkpoint that has not seen it to the first that it leaves as it was. */
export function rescan(before: Scan, text: string, change: TextChange): Rescan {
  const start = restart(before, text, change);
  const from = start < 0 ? START : before.checkpoints[start]!;
  const stop = new Rejoining(before.checkpoints, change);
  const part = scanFrom(text, from, stop);
  const joined = part.stopped
    ? rejoined(before, start, from, part, stop.next, change)
    : {
        lexed: {
          ...prefixAnd(before, from, part),
          exercises: part.found.exercises,
          end: part.end,
          math: part.found.math,
        },
        checkpoints: [...before.checkpoints.slice(0, start + 1), ...part.found.checkpoints],
        fuelUsed: part.fuelUsed,
        unclosed: part.knowledge.unclosed,
      };
  // Near the end of its fuel a scan depends on all that was read before.
  if (Math.max(before.fuelUsed, joined.fuelUsed) > 100_000 + 4 * text.length) return { scan: scan(text), kept: null };
  const known = before.lexed.tokens.length;
  const next = part.stopped ? before.checkpoints[stop.next]!.tokens : known;
  const kept: KeptTokens = {
    before: from.tokens,
    from: next,
    to: joined.lexed.tokens.length - (known - next),
    delta: change.start + change.inserted - change.end,
  };
  return { scan: joined, kept };
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
    tokens: joint(lexed.tokens, from.tokens, found.tokens.map(detachedToken)),
    theorems: joint(lexed.theorems, from.theorems, found.theorems),
    environments: joint(lexed.environments, from.environments, found.environments),
    macros: joint(lexed.macros, from.macros, found.macros.map(detachedMacro)),
    references: joint(lexed.references, from.references, found.references.map(detachedReference)),
    directives: joint(lexed.directives, from.directives, found.directives.map(detachedDirective)),
  };
}

function joint<T>(before: readonly T[], count: number, found: readonly T[]): T[] {
  const list = before.slice(0, count);
  for (const item of found) list.push(item);
  return list;
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
      tokens: withMoved(prefix.tokens, lexed.tokens, at.tokens, delta, movedToken),
      theorems: rest(lexed.theorems, prefix.theorems, at.theorems),
      environments: rest(lexed.environments, prefix.environments, at.environments),
      macros: withMoved(prefix.macros, lexed.macros, at.macros, delta, movedMacro),
      references: withMoved(prefix.references, lexed.references, at.references, delta, movedReference),
      directives: withMoved(prefix.directives, lexed.directives, at.directives, delta, movedDirective),
      exercises: lexed.exercises + found.exercises - at.exercises,
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
      ...before.checkpoints
        .slice(next)
        .map((checkpoint) => movedCheckpoint(checkpoint, more, delta, part.reach, part.fuelUsed - at.fuelUsed)),
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

/** `list` with what `before` holds from index `from` on, moved by `delta`. */
function withMoved<T extends TextRange>(
  list: T[],
  before: readonly T[],
  from: number,
  delta: number,
  move: (item: T, delta: number) => T,
): T[] {
  for (let k = from; k < before.length; k++) list.push(delta === 0 ? before[k]! : move(before[k]!, delta));
  return list;
}

// Written out: copying with `...` costs several times as much, and this is most of what an edit does.

function movedToken({ type, name, start, end, level, memory }: Token, delta: number): Token {
  return { type, name, start: start + delta, end: end + delta, level, memory };
}

function movedMacro({ name, declaration, arguments: count, body, start, end }: Macro, delta: number): Macro {
  return { name, declaration, arguments: count, body, start: start + delta, end: end + delta };
}

function movedReference({ labels, start, end }: Reference, delta: number): Reference {
  return { labels, start: start + delta, end: end + delta };
}

function movedDirective({ verb, text, start, end, verbRange, textRange, error }: Directive, delta: number): Directive {
  return {
    verb,
    text,
    start: start + delta,
    end: end + delta,
    verbRange: { start: verbRange.start + delta, end: verbRange.end + delta },
    textRange: { start: textRange.start + delta, end: textRange.end + delta },
    error,
  };
}

/** A checkpoint after the change, given how things have moved there. */
function movedCheckpoint(checkpoint: Checkpoint, more: Counts, delta: number, reach: number, fuel: number): Checkpoint {
  return {
    at: checkpoint.at + delta,
    reach: Math.max(checkpoint.reach + delta, reach),
    knowledge: checkpoint.knowledge,
    fuelUsed: checkpoint.fuelUsed + fuel,
    tokens: checkpoint.tokens + more.tokens,
    exercises: checkpoint.exercises + more.exercises,
    theorems: checkpoint.theorems + more.theorems,
    environments: checkpoint.environments + more.environments,
    macros: checkpoint.macros + more.macros,
    references: checkpoint.references + more.references,
    directives: checkpoint.directives + more.directives,
    dollar: checkpoint.dollar + more.dollar,
    paren: checkpoint.paren + more.paren,
    double: checkpoint.double + more.double,
    bracket: checkpoint.bracket + more.bracket,
  };
}

function difference(a: Counts, b: Counts): Counts {
  return {
    tokens: a.tokens - b.tokens,
    exercises: a.exercises - b.exercises,
    theorems: a.theorems - b.theorems,
    environments: a.environments - b.environments,
    macros: a.macros - b.macros,
    references: a.references - b.references,
    directives: a.directives - b.directives,
    dollar: a.dollar - b.dollar,
    paren: a.paren - b.paren,
    double: a.double - b.double,
    bracket: a.bracket - b.bracket,
  };
}

function detachedToken({ type, name, start, end, level, memory }: Token): Token {
  return { type, name: detached(name), start, end, level, memory };
}

function detachedMacro({ name, declaration, arguments: count, body, start, end }: Macro): Macro {
  const [command, whole, inner] = [name, declaration, body].map(detached) as [string, string, string];
  return { name: command, declaration: whole, arguments: count, body: inner, start, end };
}

function detachedReference({ labels, start, end }: Reference): Reference {
  return { labels: labels.map(detached), start, end };
}

function detachedDirective(directive: Directive): Directive {
  return { ...directive, verb: detached(directive.verb), text: detached(directive.text) };
}
