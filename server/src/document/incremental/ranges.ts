import type { Directive, Macro, Reference } from "../types.js";
import type { Segment } from "./segments.js";

/** What a segment holds besides blocks, where it stands now. */
export interface PlacedRanges {
  readonly macros: readonly Macro[];
  readonly references: readonly Reference[];
  readonly directives: readonly Directive[];
}

/** Macros, references and directives of all segments, where they stand in the text. */
export function placedRanges(segments: readonly Segment[]): PlacedRanges {
  const macros: Macro[] = [];
  const references: Reference[] = [];
  const directives: Directive[] = [];
  let at = 0;
  for (const segment of segments) {
    let { ranges } = segment.cache;
    if (ranges?.start !== at) {
      ranges = {
        start: at,
        macros: moved(segment.macros, at),
        references: moved(segment.references, at),
        directives: moved(segment.directives, at),
      };
      segment.cache.ranges = ranges;
    }
    for (const macro of ranges.macros) macros.push(macro);
    for (const reference of ranges.references) references.push(reference);
    for (const directive of ranges.directives) directives.push(directive);
    at += segment.length;
  }
  return { macros, references, directives };
}

function moved<T extends { readonly start: number; readonly end: number }>(
  list: readonly T[],
  by: number,
): readonly T[] {
  return by === 0 || list.length === 0
    ? list
    : list.map((range) => ({ ...range, start: range.start + by, end: range.end + by }));
}
