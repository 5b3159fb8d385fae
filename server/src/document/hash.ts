import { isSpace } from "./blocks.js";
import type { StepHash } from "./types.js";

/**
 * A hash of a step's text with runs of white space counted as one space: 14 hexadecimal digits (53 bits, cyrb53 by
 * bryc, public domain). Not for security: it tells whether a step is still the one that was judged.
 */
export function stepHash(text: string): StepHash {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  let pending = false;
  let begun = false;
  const mix = (code: number) => {
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  };
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isSpace(code)) {
      pending = begun;
      continue;
    }
    if (pending) mix(32);
    pending = false;
    begun = true;
    mix(code);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(16).padStart(14, "0");
}
