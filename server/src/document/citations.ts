import { captionText, meaningOfCaption } from "./kinds.js";
import type { StatementKind } from "./types.js";

/** A statement that is cited as a reader sees it: `Lemma 2`. */
interface Numbered {
  readonly kind: StatementKind;
  readonly number: string;
}

/** What the title of a proof says that it proves. */
export interface Citation {
  readonly labels: readonly string[];
  readonly kind: StatementKind | null;
  /** How many of that kind: 1, 2 for "both lemmas", 0 for "the lemmas". */
  readonly count: number;
  readonly numbered: readonly Numbered[];
  readonly name: string | null;
  /** Whether the title is surely about what is proved, so that an unknown label means another file. */
  readonly certain: boolean;
}

const REFERENCE =
  /\\(?:[cCvVtT]h?|auto|name|eq|full)?ref\*?\s*\{([^{}]*)\}|\{(?:prf:)?(?:num)?ref\}`(?:[^`<]*<)?([^`<>]*)>?`|@((?:thm|lem|cor|prp|cnj|def|exm|exr)-[\w-]+)|\[\[[^\]#]*#\^([\w-]+)(?:\|[^\]]*)?\]\]|\]\(#([\w:.-]+)\)/g;
/** Words after which a reference names a tool, not the thing proved. */
const TOOL = /\b(?:using|via|assuming|by|from|with|modulo|based|following|given|mit|avec|durch)\b/i;
const OF = /(?:^|\s)(?:of|for|von|vom|zu|zum|des|der|de|du|di|del|della|da|do)\b|^(?:l['’]|to\b)/i;

/** Reads what a proof's title cites; null if it cites nothing that could be looked up. */
export function citation(title: string): Citation | null {
  const matches = [...title.matchAll(REFERENCE)].filter((match) => !match[0].startsWith("\\eqref"));
  const head = matches.length > 0 ? title.slice(0, matches[0]!.index) : title;
  if (TOOL.test(head)) return null;
  if (matches.length > 0) {
    const tail = title.search(TOOL);
    const labels = matches
      .filter((match) => tail < 0 || match.index < tail)
      .flatMap((match) => (match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[5] ?? "").split(","))
      .map((label) => label.trim())
      .filter((label) => label !== "");
    return {
      labels,
      kind: null,
      count: 1,
      numbered: [],
      name: null,
      certain: OF.test(head) || /^\s*(?:[A-Z]\w+[\s~.]*)?$/.test(head),
    };
  }
  const plain = captionText(title.replace(/\\\s/g, " "));
  const of = OF.exec(plain);
  const rest = (of ? plain.slice(of.index + of[0].length) : plain.replace(/^\S*proof\S*\s*/i, ""))
    .replace(/\s+/g, " ")
    .replace(/[\s.:]+$/, "")
    .trim();
  if (rest === "" || (!of && !/^\p{Lu}/u.test(rest))) return null;
  const numbered = numberedIn(rest);
  if (numbered.length > 0)
    return { labels: [], kind: numbered[0]!.kind, count: numbered.length, numbered, name: null, certain: true };
  const many = MANY.exec(rest);
  const several = many && !/sis$/i.test(rest) && kindOf(many[2]!);
  if (several)
    return {
      labels: [],
      kind: several,
      count: COUNTS[many[1]?.toLowerCase() ?? ""] ?? 0,
      numbered,
      name: null,
      certain: false,
    };
  const meaning = meaningOfCaption(rest);
  return {
    labels: [],
    kind: meaning?.role === "statement" && /^(?:the|this|our|main|key|\p{L}+$)/iu.test(rest) ? meaning.kind : null,
    count: 1,
    numbered,
    name: rest,
    certain: false,
  };
}

const NUMBER = String.raw`(?:\d+(?:\.\d+)*|[A-Z](?:\.\d+)*|[IVX]+)['′*]?`;
const AND = String.raw`\s*(?:,\s*(?:and|und|et|y|e)?|&|\b(?:and|und|et|y|e|to|through|bis)\b|[–-]{1,3})\s*`;
/** "Lemma 2", "Lemmas 2, 3 and 4", "Lemmas 2–4". */
const NUMBERED = new RegExp(
  `^(?:the\\s+)?(?:main\\s+|key\\s+)?(\\p{L}{2,})\\s*\\(?(${NUMBER}(?:${AND}${NUMBER})*)\\)?(?=$|[\\s,(:])`,
  "u",
);
/** "both lemmas", "the three claims above", "the propositions". */
const MANY =
  /^(?:all\s+(?:of\s+)?)?(?:(?:the|these|our|last|previous|above)\s+)*(both|two|three|four|five|the|these|all)?\s*(?:(?:the|above|previous|last|preceding|main)\s+)*(\p{L}+(?:s|ies|ta))(?:\s+above)?$/iu;
const COUNTS: Readonly<Record<string, number>> = { both: 2, two: 2, three: 3, four: 4, five: 5 };
/** Longest range of numbers that is followed, "Lemmas 2–9". */
const LONGEST_RANGE = 50;

function numberedIn(rest: string): Numbered[] {
  const found: Numbered[] = [];
  let at = 0;
  for (let parts = 0; parts < 20; parts++) {
    const match = NUMBERED.exec(rest.slice(at));
    const kind = match && kindOf(match[1]!);
    if (!kind) break;
    for (const number of numbersIn(match[2]!)) found.push({ kind, number });
    at += match[0].length;
    const and = new RegExp(`^${AND}`).exec(rest.slice(at));
    if (!and || and[0] === "") break;
    at += and[0].length;
  }
  return found;
}

function numbersIn(list: string): string[] {
  const numbers: string[] = [];
  for (const part of list.split(/\s*(?:,|&|\b(?:and|und|et|y|e)\b)\s*/)) {
    const ends = /^(\d+)\s*(?:[–-]{1,3}|to|through|bis)\s*(\d+)$/.exec(part);
    if (!ends) {
      if (part !== "") numbers.push(part);
      continue;
    }
    const [from, to] = [Number(ends[1]), Number(ends[2])];
    for (let n = from; n <= to && n < from + LONGEST_RANGE; n++) numbers.push(String(n));
  }
  return numbers;
}

/** The kind of statement that a word names, in the plural too; null for proofs, solutions and all else. */
function kindOf(word: string): StatementKind | null {
  for (const form of [word, word.replace(/ies$/i, "y"), word.replace(/s$/i, "")]) {
    const meaning = meaningOfCaption(form);
    if (meaning) return meaning.role === "statement" ? meaning.kind : null;
  }
  return null;
}

/** Whether a proof's title says that it is not the first one: "Alternative proof", "Second proof". */
export function isSecondProof(title: string): boolean {
  return /\b(?:another|alternative|alternate|second|third|fourth|different|other|2nd|3rd)\b|^\s*(?:proof|solution)?\s*(?:2|3|4|II|III)\s*[.:]?\s*$/i.test(
    title,
  );
}

/** Whether a statement's title and the name that a proof cites are the same to a reader. */
export function sameName(title: string | null, name: string): boolean {
  if (title === null) return false;
  const a = fold(title);
  const b = fold(name);
  return a.length >= 4 && b.length >= 4 && (a === b || (b.length >= 6 && a.includes(b)) || b.includes(a));
}

function fold(name: string): string {
  return captionText(name)
    .toLowerCase()
    .replace(/^(?:the|a|an)\s+/, "")
    .replace(/[’']s\b/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
