import { stepHash } from "./hash.js";
import { type Piece, piecesOf } from "./pieces.js";
import type { Step, Syntax, TextRange } from "./types.js";

/** A step that a capitalised "So" or "Thus" after a display would make longer than this is not joined to it. */
const LONGEST_JOIN = 900;

/**
 * Cuts a proof into steps: at headings, rules, list items, bold Step/Case/Claim/Lemma, paragraphs, and around nested
 * blocks; a display stays with the sentence it belongs to. Ranges are trimmed, in order, never overlap, and cover all
 * text but headings, rules and comments.
 */
export function splitSteps(text: string, range: TextRange, syntax: Syntax): Step[] {
  const steps: Step[] = [];
  let start = -1;
  let last: Piece | null = null;
  let first: Piece | null = null;
  const flush = () => {
    if (last) steps.push({ start, end: last.end, hash: stepHash(text.slice(start, last.end)) });
  };
  for (const piece of piecesOf(text, range, syntax)) {
    if (last && first && joins(text, first, last, piece, syntax)) {
      last = piece;
      continue;
    }
    flush();
    start = piece.start;
    first = piece;
    last = piece;
  }
  flush();
  return steps;
}

function joins(text: string, first: Piece, last: Piece, piece: Piece, syntax: Syntax): boolean {
  if (piece.hard) return false;
  const before = text.slice(Math.max(last.start, last.end - 200), last.end);
  const after = text.slice(piece.start, Math.min(piece.end, piece.start + 40));
  if (isHeadAlone(text, last, syntax)) return true;
  if (first.item && piece.indent >= 2 && piece.indent > first.indent && syntax === "markdown") return true;
  const ending = before.replace(
    /(?:\*\*|\*|__|_|\s|\}|\\end\s*\{[^{}]*\}|\\\]|\$\$|\\tag\*?\{[^{}]*|\\label\{[^{}]*|\\\\|\\,|\\;|\\ |~)+$/g,
    "",
  );
  const mark = ending.at(-1) ?? "";
  if (DISPLAY_FIRST.test(after)) return !/[.!?]/.test(mark) || /\b(?:i\.e|e\.g|resp|cf)\.$/.test(ending);
  if (!DISPLAY_LAST.test(before)) return false;
  if (/^[\s(]*\p{Ll}/u.test(after)) return true;
  return /^(?:Where|So|Thus|And|Or)\b/.test(after) && piece.end - first.start <= LONGEST_JOIN;
}

const DISPLAY_FIRST =
  /^(?:\\\[|\$\$|\\begin\s*\{(?:equation|align|alignat|flalign|gather|multline|eqnarray|displaymath|math)\*?\}|```\s*\{?math)/;
const DISPLAY_LAST =
  /(?:\\\]|\$\$|\\end\s*\{(?:equation|align|alignat|flalign|gather|multline|eqnarray|displaymath|math)\*?\}|```)[\s.,;]*$/;

/** A bold head that stands alone in its paragraph belongs to what it heads. */
function isHeadAlone(text: string, piece: Piece, syntax: Syntax): boolean {
  if (piece.end - piece.start > 200) return false;
  const source = text.slice(piece.start, piece.end);
  return syntax === "markdown"
    ? /^(?:\*\*[^*]+\*\*|__[^_]+__|\*[^*]+\*)[.:]?\s*(?:\([^()]*\))?[.:]?$/.test(source)
    : /^(?:\\noindent\s*)?(?:\\(?:textbf|textit|emph|underline|textsc)\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\{\s*\\(?:bf|it|bfseries|itshape|em)\s[^{}]*\})[.:]?\s*(?:\([^()]*\))?[.:]?$/.test(
        source,
      );
}
