import { type Block, trimRange } from "./blocks.js";
import type { Hole, HoleKind, Syntax, TextRange } from "./types.js";

const MARKS = new RegExp(
  [
    String.raw`(?<todo>\\(?:todo|TODO|fixme|FIXME|fxnote|missingfigure)(?![A-Za-z])\*?(?:\[[^\]]*\])?(?:\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})?|(?<![\p{L}\d])(?:TODO|FIXME|TBD)(?![\p{L}\d]))`,
    String.raw`(?<marker>\\(?:qedhole|sorry)(?![A-Za-z])(?:\{\})?|%[ \t]*qed:[ \t]*prove[^\n]*|<!--\s*qed:\s*prove[\s\S]*?-->|(?<![\p{L}\p{M}\d\\-])sorry(?=\s*[.!]?\s*(?:$|\n|\\end|∎|:::|` +
      "```" +
      String.raw`)))`,
    String.raw`(?<omitted>(?<=^|[.:!?)\]}*_>]\s{0,4}|\n\s{0,8})(?:\*\*|\*|_|\()?(?:(?:The |This |Its |Our )?(?:full |complete |detailed |easy |straightforward |routine |standard )*(?:proof|argument)s?(?: \p{L}+ (?:this|the) \p{L}+)?(?: (?:is|are|will be|has been))?(?: \p{L}+ly)? omitted|Omitted)(?=\s*(?:[.;:!,)*_]|$|\n|here|for))[^.\n]{0,60}[.]?`,
    String.raw`(?:[Ww]e|[Ii])(?:['’]ll| will| shall)? omit (?:the|its|a|this) (?:(?:full|complete|detailed|easy|straightforward|routine|standard|simple|technical) )*proof\b[^.\n]{0,80}[.]?`,
    String.raw`[^.\n$]{0,80}\b(?:left|leave (?:it|this|that|the (?:proof|rest|details|verification)[^.\n]{0,30}))(?: here)? (?:(?:to|for) (?:the|our|an?) (?:\p{L}+ )?(?:reader|student)|as an? (?:\p{L}+ )?exercise)[^.\n]{0,60}[.]?`,
    String.raw`(?:[Aa]n? |\()?[Ee]xercise (?:for|to) the (?:\p{L}+ )?reader[.)]{0,2})`,
  ].join("|"),
  "gu",
);

const COMMENTS: Readonly<Record<Syntax, RegExp>> = { latex: /(?<!\\)%[^\n]*/g, markdown: /<!--[\s\S]*?(?:-->|$)/g };
const END_MARKS =
  /\\(?:qed|qedhere|blacksquare|square|Box|hfill)(?![A-Za-z])|[∎■□▪◼$]|Q\.?E\.?D\.?|\\mbox\{\}|\\leavevmode/g;

/** Where the author asks for a proof of this statement, given its proof (null without one), in order of offsets. */
export function holesOf(
  text: string,
  syntax: Syntax,
  statement: Block,
  proof: Block | null,
  nested: readonly TextRange[],
): Hole[] {
  if (!statement.provable) return [];
  if (!proof) return [{ kind: "missing", start: statement.end, end: statement.end }];
  const { body } = proof;
  const source = text.slice(body.start, body.end);
  const bare = source.replace(COMMENTS[syntax], "");
  const holes: Hole[] = [];
  for (const match of source.matchAll(MARKS)) {
    const kind = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)?.[0] ?? "omitted";
    const range = trimRange(text, body.start + match.index, body.start + match.index + match[0].length);
    if (nested.some((other) => other.start <= range.start && range.end <= other.end)) continue;
    if (kind !== "marker" && inComment(syntax, source, match.index)) continue;
    holes.push({ kind: kind as HoleKind, ...range });
  }
  if (holes.length === 0 && bare.replace(END_MARKS, "").trim() === "") holes.push({ kind: "empty", ...body });
  return holes;
}

function inComment(syntax: Syntax, source: string, at: number): boolean {
  if (syntax === "markdown") return source.lastIndexOf("<!--", at) > source.lastIndexOf("-->", at);
  const line = source.slice(Math.max(source.lastIndexOf("\n", at) + 1, at - 500), at);
  return /(?<!\\)%/.test(line);
}
