/**
 * How far the scanners of LaTeX have looked, in UTF-16 units of the text that they scan: what lies beyond was not seen,
 * so a change there can't have mattered. Scanning is synchronous, and whoever asks resets it first.
 */
export const reach = { at: 0 };

/** Says that what is before `at` may have been looked at. */
export function note(at: number): void {
  if (at > reach.at) reach.at = at;
}
