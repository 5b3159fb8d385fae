import { stepHash } from "./hash.js";
import { type Piece, piecesOf } from "./pieces.js";
import type { Step, StepHash, Syntax, TextRange } from "./types.js";

/** A proof with more steps than this is cut more coarsely. */
const MANY = 25;
/** In such a proof a paragraph after a step shorter than this, in UTF-16 units, belongs to it ("Divide by 2:"). */
const SHORTEST = 240;

/**
 * Cuts a proof into steps: at headings, rules, list items, bold Step/Case/Claim/Lemma, paragraphs, and around nested
 * blocks; a display stays with the sentence it belongs to. Ranges are trimmed, in order, never overlap, and cover all
 * text but headings, rules and comments.
 */
export function splitSteps(text: string, range: TextRange, syntax: Syntax): Step[] {
  const pieces = piecesOf(text, range, syntax);
  const fine = join(text, pieces, syntax, 0);
  const ranges = fine.length > MANY ? join(text, pieces, syntax, SHORTEST) : fine;
  const seen = new Map<StepHash, number>();
  return ranges.map(({ start, end }) => {
    const hash = stepHash(text.slice(start, end));
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    return { start, end, hash, id: count === 1 ? hash : `${hash}.${count}` };
  });
}

function join(text: string, pieces: readonly Piece[], syntax: Syntax, shortest: number): TextRange[] {
  const ranges: { start: number; end: number }[] = [];
  let first: Piece | null = null;
  let last: Piece | null = null;
  for (const piece of pieces) {
    if (first && last && joins(text, first, last, piece, syntax, shortest)) ranges.at(-1)!.end = piece.end;
    else {
      ranges.push({ start: piece.start, end: piece.end });
      first = piece;
    }
    last = piece;
  }
  return ranges;
}

function joins(text: string, first: Piece, last: Piece, piece: Piece, syntax: Syntax, shortest: number): boolean {
  if (isHeadAlone(text, last, syntax)) return true;
  if (piece.end - piece.start <= LONGEST_END && END_ALONE.test(text.slice(piece.start, piece.end))) return true;
  if (piece.hard) return false;
  const after = text.slice(piece.start, Math.min(piece.end, piece.start + 40));
  if (syntax === "markdown" && FOOTNOTE.test(after)) return true;
  if (first.item && piece.indent >= 2 && piece.indent > first.indent && syntax === "markdown") return true;
  if (DISPLAY_FIRST.test(after)) return !isFinished(text, last);
  // A sentence goes on, as into the rule that it quotes.
  if (/^\p{Ll}{2}/u.test(after) && !isFinished(text, last)) return true;
  if (last.end - first.start < shortest) return true;
  if (!DISPLAY_LAST.test(text.slice(Math.max(last.start, last.end - 40), last.end))) return false;
  return /^[\s(]*\p{Ll}|^(?:Where|So|Thus|And|Or)\b/u.test(after);
}

/** Whether a sentence ends where the piece ends: then a display after it belongs to what follows. */
function isFinished(text: string, piece: Piece): boolean {
  const ending = text
    .slice(Math.max(piece.start, piece.end - 80), piece.end)
    .replace(/(?:\*|_|\s|\}|\\end\s*\{[^{}]*\}|\\\]|\$\$|\\tag\*?\{[^{}]*|\\label\{[^{}]*|\\[\\,; ]|~)+$/, "");
  return /[.!?]$/.test(ending) && !/\b(?:i\.e|e\.g|resp|cf)\.$/.test(ending);
}

/** An end mark that stands alone says nothing of its own. */
const END_ALONE =
  /^(?:[\s$*_.]|\\[()[\]]|\\(?:hfill|quad|qquad|mbox|hspace\*?|fill|noindent|null)(?![A-Za-z])|\\(?:qed|qedhere|qedsymbol|square|blacksquare|Box|blacklozenge)(?![A-Za-z])|[{}∎■□▪◼◻▮]|Q\.?\s?E\.?\s?D)+$/;
const LONGEST_END = 80;
/** The text of a footnote stands below its paragraph. */
const FOOTNOTE = /^\[\^[^\]\s]{1,30}\]:/;

const DISPLAY_FIRST =
  /^(?:\\\[|\$\$|\\begin\s*\{(?:equation|align|alignat|flalign|gather|multline|eqnarray|displaymath|math)\*?\}|```\s*\{?math)/;
const DISPLAY_LAST =
  /(?:\\\]|\$\$|\\end\s*\{(?:equation|align|alignat|flalign|gather|multline|eqnarray|displaymath|math)\*?\}|```)[\s.,;]*$/;

/** A bold head that stands alone belongs to what it heads, a list or a further head too. */
function isHeadAlone(text: string, piece: Piece, syntax: Syntax): boolean {
  if (piece.end - piece.start > 200) return false;
  const source = text.slice(piece.start, piece.end);
  return syntax === "markdown"
    ? /^(?:\*\*[^*]+\*\*|__[^_]+__|\*[^*]+\*)[.:]?\s*(?:\([^()]*\))?[.:]?$/.test(source)
    : /^(?:\\noindent\s*)?(?:\\(?:textbf|textit|emph|underline|textsc)\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\{\s*\\(?:bf|it|bfseries|itshape|em)\s[^{}]*\})[.:]?\s*(?:\([^()]*\))?[.:]?$/.test(
        source,
      );
}
