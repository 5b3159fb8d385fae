import type { Syntax } from "../../document/types.js";
import { isBalanced } from "./markup.js";

/** Words with a full stop that end no sentence. */
const ABBREVIATED =
  /(?:^|[\s(~])(?:e\.g|i\.e|cf|vs|resp|viz|ca|Fig|Eq|Eqs|Thm|Prop|Lem|Cor|Def|Sec|No|Dr|Prof|St|[A-Z])\.$/;
const SENTENCE = /[.!?](?:["'”’)\]*_}]|\$|\\\))*(?=\s|$)/g;
const DISPLAY =
  /(?:\\\]|\$\$|\\end\{(?:equation|align|alignat|flalign|gather|multline|eqnarray)\*?\})[ \t]*[.,;:]?(?=\s|$)/g;
/** A text longer than this is not offered, in UTF-16 units. */
const LONGEST = 20_000;

/**
 * The ends at which a text may be cut: of sentences, displays and paragraphs, ascending, none of them before anything
 * was said. The end of the whole is one of them only if `whole`, which says that no more comes.
 */
export function cutsOf(text: string, whole: boolean): number[] {
  const ends = new Set<number>();
  const limited = text.slice(0, LONGEST);
  for (const pattern of [SENTENCE, DISPLAY, /\n[ \t>]*\n/g]) {
    for (const match of limited.matchAll(pattern)) {
      const paragraph = match[0][0] === "\n";
      const end = match.index + (paragraph ? 0 : match[0].length);
      if (!paragraph && pattern === SENTENCE && ABBREVIATED.test(limited.slice(Math.max(0, end - 12), end))) continue;
      // What stands at the very end may go on, as a number or an abbreviation.
      if (whole || end < text.length) ends.add(end);
    }
  }
  if (whole && text.length <= LONGEST) ends.add(text.trimEnd().length);
  return [...ends].sort((a, b) => a - b).filter((end) => /[^\s>.,;:!?]/.test(text.slice(0, end)));
}

/** The first line of a text, if it is complete and balanced; else null. */
export function firstLine(text: string, syntax: Syntax, open: readonly string[]): string | null {
  const start = /^\s*/.exec(text)![0].length;
  const end = text.indexOf("\n", start);
  if (end < 0) return null;
  const line = text.slice(0, end).trimEnd();
  return line.trim() !== "" && isBalanced(line, syntax, open) ? line : null;
}
