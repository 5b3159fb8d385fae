import { type Block, trimRange } from "../blocks.js";
import { type Head, readHead } from "../heads.js";
import { isProvable } from "../kinds.js";
import type { Piece } from "./lines.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Found {
  readonly head: Head;
  readonly piece: number;
  readonly bodyStart: number;
  readonly label: string | null;
}

/** How many pieces are looked ahead for the end of a proof. */
const FARTHEST = 200;

const END =
  /(?:∎|■|□|▪|◼|◻|▮|\$\s*(?:\\(?:quad|qquad|hfill|[,;:! ])\s*)*\\(?:qed|square|blacksquare|Box|qedsymbol|qedhere)\s*\$|\\\(\s*\\(?:qed|square|blacksquare|Box)\s*\\\)|\\(?:qed|qedsymbol)(?![A-Za-z])|(?<![A-Za-z])Q\.?\s?E\.?\s?D\.?(?![A-Za-z]))[\s.*_]*$/;

/** An end mark inside the display that ends a proof: that display is part of the proof. */
const DISPLAY_END =
  /\\(?:blacksquare|square|qed|qedhere|qedsymbol|Box)(?![A-Za-z])[\s$}.]*(?:\\end\{[a-z]+\*?\}\s*)*(?:\$\$|\\\])\s*$/;

/** Whether a line in a paragraph begins with a run-in head that can't be a mention: `*Proof.* …`, `**Lemma 2.** …`. */
export function opensRunIn(line: string): boolean {
  const match =
    /^\s*(\*{1,3}|_{1,3})(?=\p{Lu})([^*_]{3,160}[.:])\1(?![*_\w])|^\s*(\*\*|__)(\p{Lu}[^*_]{2,160})\3[.:](?=\s)/u.exec(
      line,
    );
  const head = match && readHead(match[2] ?? `${match[4]!}.`);
  return head?.terminated ?? false;
}

/**
 * Finds run-in statements and proofs among the pieces of one container and adds them to `blocks`. A statement ends
 * before its proof, the next head, heading, rule or block, or with its paragraph; a proof at its ∎, or where the next
 * thing begins. Claims inside a proof nest.
 */
export function runIns(text: string, pieces: readonly Piece[], blocks: Mutable<Block>[], holder: Block | null): void {
  const heads: (Found | null)[] = pieces.map((piece, k) => findHead(text, piece, k));
  if (!heads.some((head) => head !== null)) return;
  const ends = pieces.map((piece) =>
    piece.type === "paragraph" || (piece.type === "block" && piece.role === "other") ? endMark(text, piece) : -1,
  );
  /** Open proofs, outermost first; `level` is the rank of the heading that began one, 0 for a run-in head. */
  const openProofs: { readonly block: Mutable<Block>; readonly level: number }[] = [];
  /** Whether a claim has been stated in the innermost open proof, so that a proof head is about that. */
  let stated = false;
  const closeProof = (at: number, bodyEnd: number, closed: boolean) => {
    const proof = openProofs.pop();
    if (proof) finish(text, proof.block, bodyEnd, at, closed);
    stated = false;
  };
  const closeAll = (at: number) => {
    while (openProofs.length > 0) closeProof(at, at, false);
  };

  for (let k = 0; k < pieces.length; k++) {
    const piece = pieces[k]!;
    const found = heads[k]!;
    if (found) {
      const isClaim = found.head.role === "statement" && found.head.kind === "claim";
      if (found.head.role !== "statement") {
        // A proof head inside an open proof ends it, unless a nested claim has just been stated.
        if (!stated) closeAll(piece.start);
        stated = false;
        const proof = begin(found, piece);
        blocks.push(proof);
        openProofs.push({ block: proof, level: piece.level });
      } else {
        while (openProofs.length > 0 && !(isClaim && nests(heads, ends, pieces, k, openProofs.length)))
          closeProof(piece.start, piece.start, false);
        const statement = begin(found, piece);
        const last = statementEnd(text, pieces, heads, k, openProofs.length > 0);
        finish(text, statement, pieces[last]!.end, pieces[last]!.end, true);
        const own = pieces[last]!.id;
        if (own !== undefined) statement.labels = [...statement.labels, own];
        const id = /\s\^([A-Za-z\d][\w-]*)\s*$/.exec(text.slice(statement.body.start, statement.end));
        if (id) statement.labels = [...statement.labels, id[1]!];
        if (statement.body.end > statement.body.start && !(holder && sameThing(holder, statement))) {
          blocks.push(statement);
          stated = openProofs.length > 0;
        }
        k = last;
        continue;
      }
    } else if (piece.type === "heading") {
      const proof = openProofs[0];
      if (proof && piece.level <= proof.level) closeAll(piece.start);
      else if (proof && proof.level === 0 && !(isStepHeading(piece.text) || endComes(heads, ends, pieces, k)))
        closeAll(piece.start);
    } else if (piece.type === "rule") {
      if (openProofs.length > 0 && openProofs[0]!.level === 0 && !endComes(heads, ends, pieces, k))
        closeAll(piece.start);
    } else if (piece.type === "block" && piece.role !== "other") {
      if (openProofs.length > 0 && !endComes(heads, ends, pieces, k)) closeAll(piece.start);
    }
    const mark = ends[k]!;
    if (mark >= 0 && openProofs.length > 0) closeProof(trimRange(text, mark, piece.end).end, mark, true);
  }
  closeAll(pieces.at(-1)!.end);
}

function sameThing(holder: Block, statement: Block): boolean {
  return holder.role === "statement" && holder.kind === statement.kind && statement.start - holder.body.start < 4;
}

function begin(found: Found, piece: Piece): Mutable<Block> {
  const { head, bodyStart, label } = found;
  return {
    role: head.role,
    kind: head.kind,
    name: head.name,
    title: head.title,
    labels: label === null ? [] : [label],
    number: head.number,
    start: piece.start,
    end: piece.end,
    body: { start: bodyStart, end: bodyStart },
    markup: "run-in",
    closed: false,
    provable: isProvable(head.kind, head.name),
    level: 0,
    proves: [],
  };
}

function finish(text: string, block: Mutable<Block>, bodyEnd: number, end: number, closed: boolean): void {
  block.body = trimRange(text, block.body.start, Math.max(block.body.start, bodyEnd));
  block.closed = closed;
  block.end = Math.max(block.body.end, trimRange(text, block.start, Math.max(end, block.start)).end);
}

const UNNUMBERED_HEADINGS =
  /^(?:theorem|lemma|proposition|corollary|claim|conjecture|problem|exercise|definition|proof|solution|remark|axiom|example)$/;
const PLURAL = /(?:[^s]s|ies|ia)$/i;
const EMPHASIS = /^(?:(?:[-*+]|\d{1,9}[.)])\s+)?(\*{1,3}|_{1,3})(?=\S)(.+?)\1(?![*_\w])/s;

function findHead(text: string, piece: Piece, k: number): Found | null {
  if (piece.type === "heading") {
    const id = /\{#([\w:.-]+)[^{}]*\}\s*$/.exec(text.slice(piece.start, piece.end));
    const bare = piece.text.replace(/^[*_]+|[*_]+$/g, "").trim();
    const head = readHead(bare);
    if (!head) return null;
    if (
      head.number === null &&
      head.title === null &&
      (!UNNUMBERED_HEADINGS.test(head.role === "statement" ? head.kind : head.role) || PLURAL.test(head.name))
    )
      return null;
    return { head, piece: k, bodyStart: piece.end, label: id?.[1] ?? null };
  }
  if (piece.type !== "paragraph") return null;
  const source = text.slice(piece.start, Math.min(piece.end, piece.start + 400));
  const plain =
    /^(?:Proof|Beweis|Preuve|Démonstration|Dimostrazione|Demostración)(?:\s+(?:of|for|von|de|du|des)\s[^.:\n]{1,80}|\s*\([^()\n]{1,80}\))?\s*[.:](?=\s|$)/u.exec(
      source,
    );
  const match = plain ? null : EMPHASIS.exec(source);
  if (!match && !plain) return null;
  const marked = plain ? plain[0] : match![2]!;
  if (/\n/.test(marked.trim()) && marked.length > 100) return null;
  let end = (plain ?? match)![0].length;
  let content = marked.replace(/\*\*|__/g, "");
  // "**Theorem 3** (Euler)." and "**Theorem 3** *(Euler)*." carry their names outside the bold.
  let after = /^\s*(?:[*_]*\(((?:[^()\n]|\([^()\n]*\)){1,160})\)[*_]*)?[ \t]*(\{#([\w:.-]+)\})?[ \t]*([.:]?)[*_]*/.exec(
    source.slice(end),
  );
  const hasStop = /[.:]\s*$/.test(content);
  if (plain || (hasStop && after && after[1] !== undefined))
    after = /^()[ \t]*(\{#([\w:.-]+)\})?()/.exec(source.slice(end));
  const bracketed = after?.[1];
  const named =
    bracketed !== undefined && bracketed !== "" && /^[\p{Lu}\d[$*_]/u.test(bracketed) && !/[()]\s*$/.test(content);
  if (named) content = `${content} (${bracketed})`;
  const head = readHead(`${content}${!hasStop && (named || !bracketed) ? (after?.[4] ?? "") : ""}`);
  if (!head) return null;
  const consumed = after && (named || !bracketed) ? after[0].length : 0;
  end += consumed;
  const next = source.slice(end);
  const terminated = head.terminated || (consumed > 0 && /[.:)}]/.test(after![0]));
  // In a list, "**Definition.**" may be a word that is explained: only what is named or numbered is stated there.
  if (piece.list && !plain && !(terminated && head.role === "statement" && (head.number ?? head.title) !== null))
    return null;
  if (!terminated && next.trim() !== "" && !/^\s*(?:\n|[\p{Lu}$(\\∎—–-])/u.test(next)) return null;
  return { head, piece: k, bodyStart: piece.start + end, label: after?.[3] ?? null };
}

function endMark(text: string, piece: Piece): number {
  const from = Math.max(piece.start, piece.end - 60);
  const near = text.slice(from, piece.end);
  const match = END.exec(near);
  if (match) return from + match.index;
  return DISPLAY_END.test(near) ? piece.end : -1;
}

/** Whether a claim at piece `k` belongs to the proof that is open: then that proof still has its end to come. */
function nests(
  heads: readonly (Found | null)[],
  ends: readonly number[],
  pieces: readonly Piece[],
  k: number,
  depth: number,
): boolean {
  let marks = 0;
  let proofs = 0;
  for (let j = k; j < pieces.length && j < k + FARTHEST; j++) {
    const head = heads[j];
    if (
      j > k &&
      ((head?.head.role === "statement" && head.head.kind !== "claim") ||
        pieces[j]!.type === "heading" ||
        pieces[j]!.type === "rule")
    )
      break;
    if (head && head.head.role !== "statement") proofs++;
    if (ends[j]! >= 0) marks++;
  }
  return marks >= Math.min(proofs, 1) + Math.min(depth, 1) && marks > proofs;
}

/** Whether a ∎ follows before the next head or a heading that is not about a step. */
function endComes(
  heads: readonly (Found | null)[],
  ends: readonly number[],
  pieces: readonly Piece[],
  k: number,
): boolean {
  for (let j = k; j < pieces.length && j < k + FARTHEST; j++) {
    if (heads[j]) return false;
    if (
      pieces[j]!.type === "heading" &&
      j > k &&
      !isStepHeading(pieces[j]!.text) &&
      pieces[j]!.level <= pieces[k]!.level
    )
      return false;
    if (ends[j]! >= 0) return true;
  }
  return false;
}

function isStepHeading(text: string): boolean {
  return /^\W*(?:Step|Case|Subcase|Part|Stage|Base|Induct|Conclusion|Fall|Schritt|\d+[.)])/i.test(text);
}

const LIST_MARK = /^(?:[-*+]|\d{1,9}[.)])[ \t]/;

const COMMENTARY =
  /^(?:\*\*[A-Z]|This |These |We (?:now|will|first|shall|are|postpone|defer)|Before |Note |Recall |The (?:proof|idea|following proof|above|previous|next)|To (?:prove|see)|Intuitively|Informally|See |It (?:was|is) |Here is|Let us |Remark|Comment|For (?:a|the) proof)/;

/** The last piece of the statement whose head is piece `k`. */
function statementEnd(
  text: string,
  pieces: readonly Piece[],
  heads: readonly (Found | null)[],
  k: number,
  nested: boolean,
): number {
  const stops = (j: number) => {
    const piece = pieces[j]!;
    return (
      heads[j] !== null ||
      piece.type === "heading" ||
      piece.type === "rule" ||
      (piece.type === "block" && piece.role !== "other")
    );
  };
  let limit = k + 1;
  while (limit < pieces.length && !stops(limit)) limit++;
  const next = pieces[limit];
  const proofFollows =
    limit < pieces.length &&
    ((heads[limit] != null && heads[limit]!.head.role !== "statement") ||
      next?.role === "proof" ||
      next?.role === "solution");
  if (pieces[k]!.type === "heading" || proofFollows) {
    // All that stands before a proof is taken for the statement, up to what is plainly a comment on it.
    if (nested && limit - k > 4) limit = k + 1;
    let last = k;
    while (last + 1 < limit && !COMMENTARY.test(text.slice(pieces[last + 1]!.start, pieces[last + 1]!.start + 60)))
      last++;
    return pieces[k]!.type === "heading" && !proofFollows ? limit - 1 : last;
  }
  let last = k;
  for (let j = k + 1; j < limit; j++) {
    const piece = pieces[j]!;
    if (pieces[k]!.list && LIST_MARK.test(text.slice(piece.start, piece.start + 16))) break;
    const before = text.slice(Math.max(pieces[last]!.start, pieces[last]!.end - 200), pieces[last]!.end).trimEnd();
    const after = text.slice(piece.start, piece.start + 60);
    const display = /^(?:\$\$|\\\[|\\begin)/.test(after) || piece.type === "opaque";
    const goesOn =
      /^(?:\p{Ll}|\(?(?:[ivx]+|[a-z\d])\)|Then\b|Suppose\b|Moreover\b|Furthermore\b|In particular\b|Here\b|Where\b|If\b|Assume\b|Prove\b|Show\b|Hence\b|Equality\b|Conversely\b)/u.test(
        after,
      );
    const unfinished = !/[.!?][*_)\s]*(?:\$\$|\\\])?$/.test(before) || /[:,]\**$/.test(before);
    const headAlone = last === k && !/[\p{L}\d$\\]/u.test(text.slice(heads[k]?.bodyStart ?? 0, pieces[k]!.end));
    if (!(headAlone || unfinished || goesOn || (display && unfinished) || piece.list)) break;
    last = j;
  }
  return last;
}
