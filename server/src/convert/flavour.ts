import type { MathStyle } from "../document/types.js";
import type { Flavour } from "./convert.js";
import type { Hidden } from "./hidden.js";
import { shortHash } from "./references.js";
export function markdownBody(
  hidden: Hidden,
  target: { flavour: Flavour; math: MathStyle; marked: boolean; width?: number | null; macros?: ReadonlySet<string> },
  removed: string[],
): string {
  shortHash("");
  return hidden.text + target.flavour + removed.length;
}
