import { captionText, type Meaning, meaningOfCaption } from "./kinds.js";

/** A run-in head such as `Theorem 3 (Euler).`, `Proof of Lemma 2:` or `3.2 Theorem`. */
export interface Head extends Meaning {
  /** The word as written: `Theorem`. */
  readonly name: string;
  readonly number: string | null;
  readonly title: string | null;
  /** Whether the head ends with `.`, `:` or a bracketed name, so that it can't be the beginning of a sentence. */
  readonly terminated: boolean;
}

const NUMBER = "(?:\\d+(?:\\.\\d+)*|[A-Z](?:\\.\\d+)*|[IVX]+)['′*]?";
const STATEMENT = new RegExp(
  `^(?:(${NUMBER})[.:)]?\\s+)?(\\p{L}[\\p{L}-]*)(?:[\\s~]+(${NUMBER}|\\([ivx\\d]+\\)|\\([A-Z]\\)|\\\\ref\\{[^{}]*\\}))?\\s*(?:([([])(.*)[)\\]])?\\s*([.:：。—–-]?)\\s*(?:\\(?(.*?)\\)?\\s*([.:]?))$`,
  "u",
);
const PROOF = /^(?:\((?:sketch|outline)\)\s*)?(.*?)\s*([.:：。]?)$/su;

/** Reads the text of a run-in head (without its bold or italic marks); null if it is none. */
export function readHead(text: string): Head | null {
  const plain = text.replace(/\s+/g, " ").trim();
  if (plain === "" || plain.length > 160) return null;
  return proofHead(plain) ?? statementHead(plain);
}

/** What tells one proof of several from the others: "Second proof", "Alternative solution". */
const WHICH =
  /^(?:an?\s+)?(?:first|second|third|fourth|fifth|1st|2nd|3rd|4th|another|alternative|alternate|different|other|short|direct|zweiter|dritter|anderer|alternativer|deuxième|autre)\s+(?=\p{L})/iu;

function proofHead(plain: string): Head | null {
  const match = PROOF.exec(plain);
  const which = WHICH.exec(match![1]!)?.[0] ?? "";
  const words = match![1]!.slice(which.length);
  const first = /^(?:(?:sketch|outline|idea)\s+of\s+(?:the\s+)?)?(\p{L}+)/iu.exec(words);
  if (!first) return null;
  const meaning = meaningOfCaption(first[1]!);
  const proof = meaning?.role === "proof" ? meaning : null;
  const solution = meaning?.role === "solution" ? meaning : null;
  if (!proof && !solution) return null;
  const rest = words.slice(first[0].length).trim();
  const terminated = match![2] !== "";
  if (
    rest !== "" &&
    !/^(?:of|for|to\s+(?:the\s+)?(?:problem|exercise|question|example|part|above|\d|\\\w*ref)|by|via|using|sketch|idea|outline|\(|\[|\d|[-–—]|von|des|der|de|du|di|del|that|[:.])/iu.test(
      rest,
    )
  )
    return null;
  const said = rest.replace(/^\((.*)\)$/s, "$1").replace(/^[-–—:.]\s*/, "");
  const title = which === "" ? said : `${which}${first[0]}${said === "" ? "" : ` ${said}`}`;
  return {
    role: proof ? "proof" : "solution",
    kind: meaning!.kind,
    name: first[1]!,
    number: solution && /^\d+$/.test(rest) ? rest : null,
    title: title === "" ? null : title,
    terminated,
  };
}

function statementHead(plain: string): Head | null {
  const match = STATEMENT.exec(plain);
  if (!match) return null;
  const [, before, word, after, , bracketed, stop, tail, last] = match;
  const meaning = meaningOfCaption(word!);
  if (
    meaning?.role !== "statement" ||
    (/s$/i.test(word!) &&
      /^(?:theorems|lemmas|propositions|problems|exercises|examples|definitions|remarks|notes|questions|properties|claims|facts)$/i.test(
        word!,
      ))
  )
    return null;
  const rest = (tail ?? "").trim();
  // "Theorem proving is hard" is prose; "Theorem 3: Euler" or "Theorem – Euler" is a head.
  if (rest !== "" && stop === "") return null;
  const title = (bracketed ?? "").trim() || rest || null;
  const number = after ?? before ?? null;
  return {
    ...meaning,
    name: word!,
    number: number && captionText(number.replace(/[()]/g, "")),
    title,
    terminated: stop !== "" || last !== "" || bracketed !== undefined,
  };
}
