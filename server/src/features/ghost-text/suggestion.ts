/** Where an item came from: a proof that a run found, a stream that is going on, the cache, or the engine, asked for it. */
export type GhostTextSource = "run" | "stream" | "cache" | "engine";

/** One text that may be inserted at the place. */
export interface GhostTextItem {
  readonly text: string;
  readonly source: GhostTextSource;
  /** Where it came from, in one sentence. */
  readonly tooltip: string;
}

/** What is offered at a place: the first item, and all of the rest as the second if that is more. */
export interface Suggestion {
  readonly items: readonly GhostTextItem[];
  /** Why there is none, in one sentence for a person who asked; null if there is one. */
  readonly why: string | null;
}

/** A suggestion of nothing. */
export function nothing(why: string): Suggestion {
  return { items: [], why };
}
