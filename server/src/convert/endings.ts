import { type Hidden, riddle, riddleOf } from "./hidden.js";
import type { Span } from "./scan.js";

const heads = [
  /^#{1,6}[ \t]+(\*\*|__)?(?:Proof|Solution)[ \t]*[.:]?\1?[ \t]*[.:]?[ \t]*(?:\n|$)/,
  /^(\*\*\*|\*\*|\*|__|_)(?:Proof|Solution)[ \t]*[.:]?\1[ \t]*[.:—–]?\s*/,
  /^(?:Proof|Solution)[ \t]*[.:](?=\s)\s*/,
];
const rule = /(?:^|\n)[ \t]*(?:-[ \t]*){3,}$|(?:^|\n)[ \t]*(?:\*[ \t]*){3,}$|(?:^|\n)[ \t]*(?:_[ \t]*){3,}$/;
const mark = /(?:^|(?<=[\s.,;:!)\uE001]))(\*\*|__|\*|_)?(?:[∎□■◻◼▢⬛▪]|Q\.[ ]?E\.[ ]?D\.?|QED\.?)\1?\.?$/;
const formulaMark =
  /^(?:\\(?:h?fil+|q?quad|,|;| )|\s|\{\})*(?:\\(?:blacksquare|square|Box|qed|qedsymbol|qedhere)(?![a-zA-Z])|[∎□■◻])\s*\.?\s*$/;
const displayMark =
  /(?:\\(?:h?fil+|q?quad|[,;! ])|\s|~)*(?:\\tag\*?\s*\{\s*\$?\s*(?:\\(?:blacksquare|square|Box|qed)(?![a-zA-Z])|[∎□■◻])\s*\$?\s*\}|\\(?:blacksquare|qed|qedsymbol|qedhere)(?![a-zA-Z])|(?<=\\q?quad\s*|\\hfill?\s*)\\(?:square|Box)(?![a-zA-Z])|∎)\s*\.?\s*$/;

/** A proof without the head and the tombstone that its block prints, and whether the model had written a tombstone. */
export interface Bare {
  readonly hidden: Hidden;
  readonly marked: boolean;
}

/** Takes "**Proof.**" from the beginning, and rules and a tombstone (∎, `\(\blacksquare\)`, Q.E.D.) from the end. */
export function withoutHeadAndMark(hidden: Hidden): Bare {
  const spans: Span[] = [...hidden.spans];
  let text = hidden.text
    .replace(/^(?:[ \t]*(?:-{3,}|\*{3,}|_{3,})?[ \t]*\n)+/, "")
    .replace(/^\s+(?=\S)/, (space) => space.replace(/^[\s\S]*\n/, ""));
  for (const head of heads) {
    const length = head.exec(text)?.[0].length ?? 0;
    if (length > 0) {
      text = text.slice(length).replace(/^\s*\n/, "");
      break;
    }
  }
  let marked = false;
  for (let before = ""; before !== text && !marked; ) {
    before = text;
    text = text.trimEnd().replace(rule, "").trimEnd();
    if (mark.test(text)) {
      text = text.replace(mark, "");
      marked = true;
      continue;
    }
    const last = [...text.matchAll(riddle())].at(-1);
    if (last === undefined) continue;
    const index = Number(last[1]);
    const span = spans[index];
    const tail = text.slice(last.index + last[0].length);
    if (span?.kind !== "math" || !/^[\s*_.]*$/.test(tail)) continue;
    if (formulaMark.test(span.tex)) {
      const lead = text.slice(0, last.index).trimEnd();
      const emphasis = /^(\*\*|\*)$/.exec(tail.trim());
      text =
        emphasis !== null && lead.endsWith(emphasis[1]!)
          ? lead.slice(0, -emphasis[1]!.length)
          : lead + tail.replace(".", "");
      marked = true;
    } else if (span.display && displayMark.test(span.tex)) {
      spans[index] = { ...span, tex: span.tex.replace(displayMark, "\n") };
      text = text.slice(0, last.index) + riddleOf(index) + tail;
      marked = true;
    }
  }
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.trimEnd().replace(rule, "").trimEnd();
  }
  return { hidden: { text, spans }, marked };
}
