import type { Directive, Macro, Reference } from "../types.js";
import type { Checkpoint, Counts } from "./checkpoints.js";
import type { TheoremDeclaration } from "./definitions.js";
import type { EnvironmentDefinition, Token } from "./tokens.js";
import { EXERCISES } from "./vocabulary.js";

/** What a scan has found so far, and how far it has looked. Mutable while the scan goes on. */
export class Found {
  readonly tokens: Token[] = [];
  readonly theorems: TheoremDeclaration[] = [];
  readonly environments: EnvironmentDefinition[] = [];
  readonly macros: Macro[] = [];
  readonly references: Reference[] = [];
  readonly directives: Directive[] = [];
  readonly math: { dollar: number; paren: number; double: number; bracket: number };
  readonly checkpoints: Checkpoint[] = [];
  /** How many environments of the exercise family begin, those before the scan's begin included. */
  exercises: number;
  readonly #before: Counts;

  /** @param before how many of each the text before the scan's begin holds */
  constructor(before: Counts) {
    this.#before = before;
    const { dollar, paren, double, bracket, exercises } = before;
    this.exercises = exercises;
    this.math = { dollar, paren, double, bracket };
  }

  /** Adds a token. */
  push(type: Token["type"], name: string, start: number, end: number, level = 0): void {
    if (type === "begin" && EXERCISES.has(name)) this.exercises++;
    this.tokens.push({ type, name, start, end, level, memory: { opening: null } });
  }

  /** How many of each there are up to here, what stands before the scan's begin included. */
  counts(): Counts {
    const before = this.#before;
    return {
      tokens: before.tokens + this.tokens.length,
      exercises: this.exercises,
      theorems: before.theorems + this.theorems.length,
      environments: before.environments + this.environments.length,
      macros: before.macros + this.macros.length,
      references: before.references + this.references.length,
      directives: before.directives + this.directives.length,
      ...this.math,
    };
  }
}
