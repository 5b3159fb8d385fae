import { type Block, trimRange } from "./blocks.js";
import type { ReadProof } from "./read-proof.js";
import type { Hole, HoleKind, Syntax, TextRange } from "./types.js";

const TODO = String.raw`\\(?:todo|TODO|fixme|FIXME|fxnote)(?![A-Za-z])\*?(?:\[[^\]\n]{0,200}\])?(?:\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\}){0,2000}\})?|(?<![\p{L}\d])(?:TODO|FIXME|TBD)(?![\p{L}\d])`;
/** `sorry` counts as a sentence of its own, not "Sorry about that". */
const MARKER =
  String.raw`\\(?:qedhole|sorry)(?![A-Za-z])(?:\{\})?|(?<![\p{L}\d\\-])sorry(?=\s{0,20}[.!]?\s{0,20}(?:$|\n|\\end|∎|:::|` +
  "```))";
const ADJECTIVE = "(?:full|complete|detailed|easy|straightforward|routine|standard|simple|technical)";
const READER = String.raw`(?:(?:to|for) (?:the|our|an?) (?:\p{L}+ )?(?:reader|student)|as an? (?:\p{L}+ )?exercise)`;
const OMITTED = [
  // "The proof is omitted." and Stacks' "Omitted."
  String.raw`(?<![\p{L}\d])(?:[Pp]roof|[Aa]rgument)s?(?: of (?:this|the) \p{L}+)?(?: (?:is|are|will be|has been))?(?: here)? omitted`,
  String.raw`(?<=^|[.:!?)*_}]\s{1,4}|\n\s{0,8})Omitted(?=\s*(?:[.;:!,)*_]|$|\n))`,
  String.raw`(?:[Ww]e|[Ii])(?:['’]ll| will| shall)? omit (?:the|its|a|this) (?:${ADJECTIVE} )*proof(?!\p{L})`,
  String.raw`(?<!\p{L})(?:[Ll]eft(?: here)?|leave (?:it|this|that|the (?:proof|rest|details|verification)[^.\n]{0,30})) ${READER}`,
  String.raw`(?<!\p{L})[Ee]xercise (?:for|to) the (?:\p{L}+ )?reader`,
].join("|");
const MARKS = new RegExp(`(?<todo>${TODO})|(?<marker>${MARKER})|(?<omitted>${OMITTED})`, "gu");

/** Every mark holds one of these: most proofs hold none, and need no closer look. */
const TRIGGER = /todo|TODO|fixme|FIXME|fxnote|TBD|qedhole|sorry|[Oo]mit|reader|student|exercise|Exercise/;

/** What says so if it is all that the proof says. */
const WHOLE = /^\s*(?:(?:an )?exercise|to be (?:written|added|done|completed|filled in|supplied))\s*\.?\s*$/i;

const COMMENTS: Readonly<Record<Syntax, RegExp>> = {
  latex: /(?<!\\)%[^\n]*/g,
  markdown: /<!--[\s\S]*?(?:-->|$(?![\s\S]))|^[ \t>]{0,40}%[ \t][^\n]*/gm,
};
/** The comments that ask for a proof: `% qed: prove` (MyST has `%` comments too). */
const DIRECTIVES: Readonly<Record<Syntax, RegExp>> = {
  latex: /%[ \t]*qed:[ \t]*prove(?![A-Za-z-])[^\n]*/g,
  markdown:
    /<!--[ \t\n]{0,20}qed:[ \t]*prove(?![A-Za-z-])[^<>]{0,2000}-->|(?<=^[ \t>]{0,40})%[ \t]*qed:[ \t]*prove(?![A-Za-z-])[^\n]*/gm,
};
/** What may stand in a proof that says nothing. */
const SILENCE =
  /\\(?:qed|qedhere|blacksquare|square|Box|hfill|noindent|[lc]?dots|vdots|label\{[^{}]*\})(?![A-Za-z])|[∎■□▪◼$>…]|\.{2,}|\?{2,}|Q\.?E\.?D\.?|\\mbox\{\}|\\leavevmode/g;

/**
 * Where the author asks for a proof of this statement, given its proof (null without one), in order of offsets. Holes
 * in `nested` blocks are those of the claims there.
 */
export function holesOf(
  statement: Pick<Block, "provable" | "end">,
  proof: ReadProof | null,
  nested: readonly TextRange[],
): readonly Hole[] {
  if (!statement.provable) return [];
  if (!proof) return [{ kind: "missing", start: statement.end, end: statement.end }];
  const { start, end, marks, isSilent } = proof;
  const own =
    nested.length === 0
      ? marks
      : marks.filter((mark) => !nested.some((other) => other.start <= mark.start && mark.end <= other.end));
  return own.length === 0 && isSilent ? [{ kind: "empty", start, end }] : own;
}

/** The places in the body of a proof that ask for one, and whether it says nothing at all. Hangs on that body alone. */
export function marksOf(text: string, body: TextRange, syntax: Syntax): { marks: Hole[]; isSilent: boolean } {
  const source = text.slice(body.start, body.end);
  const visible = source.replace(COMMENTS[syntax], (comment) => " ".repeat(comment.length));
  const holes: Hole[] = [];
  const add = (kind: HoleKind, at: number, length: number) =>
    holes.push({ kind, ...trimRange(text, body.start + at, body.start + at + length) });
  for (const match of TRIGGER.test(visible) ? visible.matchAll(MARKS) : []) {
    const { todo, marker } = match.groups!;
    if (todo !== undefined) add("todo", match.index, match[0].length);
    else if (marker !== undefined) add("marker", match.index, match[0].length);
    else add("omitted", ...sentence(visible, match.index, match[0].length));
  }
  if (visible.length < 80 && WHOLE.test(visible)) add("omitted", 0, visible.length);
  for (const match of source.matchAll(DIRECTIVES[syntax])) add("marker", match.index, match[0].length);
  holes.sort((a, b) => a.start - b.start);
  return { marks: holes, isSilent: visible.replace(SILENCE, "").trim() === "" };
}

/** The sentence around a phrase, as far as it stands on its line: offset and length. */
function sentence(source: string, at: number, length: number): [number, number] {
  const before = source.slice(Math.max(0, at - 160), at);
  const cut = Math.max(
    before.lastIndexOf("\n") + 1,
    ...[". ", ": ", "! ", "? "].map((stop) => before.lastIndexOf(stop) + 2),
  );
  const start = at - before.length + (cut < 2 && !before.startsWith("\n") ? 0 : cut);
  const after = /^[^.\n]{0,160}\.?/.exec(source.slice(at + length, at + length + 170))!;
  return [start, at + length - start + after[0].length];
}
