import { captionText, meaningOfCaption } from "./kinds.js";
import type { StatementKind } from "./types.js";

/** What the title of a proof says that it proves. */
export interface Citation {
  readonly labels: readonly string[];
  readonly kind: StatementKind | null;
  readonly number: string | null;
  readonly name: string | null;
  /** Whether the title is surely about what is proved, so that an unknown label means another file. */
  readonly certain: boolean;
}

const REFERENCE =
  /\\(?:[cCvVtT]h?|auto|name|eq|full)?ref\*?\s*\{([^{}]*)\}|\{(?:prf:)?(?:num)?ref\}`(?:[^`<]*<)?([^`<>]*)>?`|@((?:thm|lem|cor|prp|cnj|def|exm|exr)-[\w-]+)|\[\[[^\]#]*#\^([\w-]+)(?:\|[^\]]*)?\]\]|\]\(#([\w:.-]+)\)/g;
/** Words after which a reference names a tool, not the thing proved. */
const TOOL = /\b(?:using|via|assuming|by|from|with|modulo|based|following|given|mit|avec|durch)\b/i;
const OF = /(?:^|\s)(?:of|for|von|vom|zu|zum|des|der|de|du|di|del|della|da|do)\b|^(?:l['’])/i;

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
      number: null,
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
  const numbered =
    /^(?:the\s+)?(?:main\s+|key\s+)?(\p{L}+)\s*\(?(\d+(?:\.\d+)*|[A-Z](?:\.\d+)*|[IVX]+)\)?(?:$|[\s,(:])/u.exec(rest);
  const numberedKind = numbered && meaningOfCaption(numbered[1]!);
  if (numbered && numberedKind)
    return { labels: [], kind: numberedKind.kind, number: numbered[2]!, name: null, certain: true };
  const meaning = meaningOfCaption(rest);
  return {
    labels: [],
    kind: meaning?.role === "statement" && /^(?:the|this|our|main|key|\p{L}+$)/iu.test(rest) ? meaning.kind : null,
    number: null,
    name: rest,
    certain: false,
  };
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
