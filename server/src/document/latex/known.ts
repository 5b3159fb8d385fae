import type { Macro } from "../types.js";
import type { Knowledge } from "./checkpoints.js";
import { DECLARES, edgesOf } from "./definitions.js";
import { type Printing, printedBy } from "./printing-macros.js";

/** Most macros that declare, and most opaque environments, of one text: what a checkpoint remembers is bounded. */
const MOST = 500;

/** What a scan knows of commands and environments. Mutable while the scan goes on; {@link Known.value} is a value. */
export class Known {
  inMath: boolean;
  readonly #opaque: Set<string>;
  readonly #declarers: Map<string, Macro>;
  readonly #printers: Map<string, Printing>;
  readonly #unclosed: Set<string>;
  /** For as long as nothing has changed since it was asked for. */
  #value: Knowledge | null;

  constructor(from: Knowledge) {
    this.inMath = from.inMath;
    this.#opaque = new Set(from.opaque);
    this.#declarers = new Map(from.declarers);
    this.#printers = new Map(from.printers);
    this.#unclosed = new Set(from.unclosed);
    this.#value = from;
  }

  /** All of it, as it is now. */
  get value(): Knowledge {
    const { inMath } = this;
    this.#value ??= {
      inMath,
      opaque: new Set(this.#opaque),
      declarers: new Map(this.#declarers),
      printers: new Map(this.#printers),
      unclosed: new Set(this.#unclosed),
    };
    if (this.#value.inMath !== inMath) this.#value = { ...this.#value, inMath };
    return this.#value;
  }

  /** Whether the content of an environment is no structure. */
  isOpaque(name: string): boolean {
    return this.#opaque.has(name);
  }

  /** Makes the content of an environment no structure. */
  hide(name: string): void {
    if (this.#opaque.size >= MOST) return;
    this.#opaque.add(name);
    this.#value = null;
  }

  /** The macro of that name (without backslash) if it declares theorems or opens environments. */
  declarer(name: string): Macro | undefined {
    return this.#declarers.get(name);
  }

  /** What a macro of that name (without backslash) prints, if that is a head or an end mark. */
  printing(name: string): Printing | undefined {
    return this.#printers.get(name);
  }

  /** Remembers a macro if it declares theorems, opens environments, or stands for a head or an end mark. */
  define(macro: Macro): void {
    const name = macro.name.slice(1);
    if (DECLARES.test(macro.body) || edgesOf(macro.body).length > 0) this.#keep(this.#declarers, name, macro);
    const printing = printedBy(macro);
    if (printing) this.#keep(this.#printers, name, printing);
  }

  #keep<T>(map: Map<string, T>, name: string, value: T): void {
    if (map.size >= MOST && !map.has(name)) return;
    map.set(name, value);
    this.#value = null;
  }

  /** Whether it is known that nothing further down closes a picture. */
  isUnclosed(name: string): boolean {
    return this.#unclosed.has(name);
  }

  /** Remembers that nothing further down closes a picture. */
  leaveOpen(name: string): void {
    this.#unclosed.add(name);
    this.#value = null;
  }
}
