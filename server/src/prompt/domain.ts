import { plainText } from "../document/body.js";
import type { Document, Statement } from "../document/types.js";

/**
 * The model proves theorems that are stated in English words and formulas. Outside of that it writes nonsense, so a
 * statement that it can't see, can't read, or that states nothing is not run unless a person says so.
 */

/** Pictures, and diagrams that are drawn by commands, in LaTeX and in Markdown: what they are called for a person. */
const DRAWN: readonly (readonly [RegExp, string])[] = [
  [/\\includegraphics\b|\\includesvg\b|\\includepdf\b|\\epsfig\b|\\psfig\b|\\asyinclude\b/, "a picture"],
  [
    /\\begin\s*\{tikzcd\}|\\begin\s*\{CD\}|\\xymatrix\b|\\begin\s*\{(?:xy|xym)\}|\\diagram\b|\\begin\s*\{diagram\}/,
    "a diagram",
  ],
  [
    /\\begin\s*\{(?:tikzpicture|tikz|picture|pspicture|asy|asydef|pgfpicture|circuitikz|forest|overpic)\*?\}|\\tikz\b|\\begin\s*\{figure\*?\}/,
    "a drawing",
  ],
  [
    /!\[[^\]\n]*\]\([^)\n]*\)|!\[[^\]\n]*\]\[|!\[\[[^\]\n]+\]\]|<(?:img|svg|picture|canvas)\b|\{figure\}|\{image\}/i,
    "a picture",
  ],
  [
    /^[ \t>]*(?:`{3,}|~{3,}|:{3,})[ \t]*\{?\.?(?:mermaid|tikz|dot|graphviz|asy|asymptote|plantuml|tikzcd)\b/im,
    "a diagram",
  ],
];

/** Words that say little and are in nearly every sentence of their language. Words that are English too are left out. */
const WORDS: Readonly<Record<string, string>> = {
  English:
    "the of and is are be for let that with if then there every any all such has have an this we by on from to in as it its which where exists exist show prove suppose assume given only when no not at least most or",
  German:
    "der die das und ist sei seien eine einen einem einer ein für jede jeder jedes gilt wenn dann mit von aus auf nicht gibt es dass genau zeige beweise sind man hat",
  French:
    "le la les et est soit soient une un des du pour tout tous toute que qui dans avec alors si il existe on sont montrer montrez démontrer par sur nous",
  Spanish:
    "el la los las y es sea sean una un de del para todo toda que en con entonces si existe hay demostrar demuestre son por se tal",
  Italian:
    "il lo la gli le e è sia siano una un di del della per ogni che in con allora se esiste dimostrare sono da si tale",
  Portuguese:
    "o os as e é seja sejam uma um de do da para todo toda que em com então se existe há mostre demonstrar são por",
  Dutch: "de het een en is zij van voor elke elk dat met dan als er niet op zijn bewijs laat",
  Polish: "i jest niech dla każdego każdej że się wtedy jeśli istnieje z w na nie są to oraz wykaż",
  Romanian: "și este fie pentru orice că în cu atunci dacă există un o sunt din arătați",
  Swedish: "och är låt för varje att med om så finns en ett av det inte som visa",
  Turkish: "ve bir için her ise olmak üzere olsun vardır gösteriniz ile",
};

/** What a statement is that holds nothing but a note to its author. */
const PLACEHOLDER =
  /^(?:to ?do|tbd|tba|fix ?me|xxx+|\?+|\.{2,}|…+|-+|lorem ipsum\b.*|to be (?:written|added|filled in|done)|statement|theorem|insert .* here)[.:!]*$/i;
/** A statement that only names another place. */
const POINTER = /^(?:see|cf\.?|compare|from|taken from|proved in)\b(?:[^.]|\.(?=\d)){0,80}\.?$/i;

/** Why the model should not be asked for a proof of a statement: one sentence, with what and why; null if it may be. */
export function outOfDomain(document: Document, statement: Statement): string | null {
  const source = document.text.slice(statement.body.start, statement.body.end);
  const visible =
    document.syntax === "latex" ? source.replace(/(?<!\\)%[^\n]*/g, "") : source.replace(/<!--[\s\S]*?-->/g, "");
  const drawn = DRAWN.find(([pattern]) => pattern.test(visible));
  if (drawn)
    return `This statement contains ${drawn[1]}, and the model reads only words and formulas: it would prove something else.`;
  const text = plainText(document, statement.body).trim();
  const words = withoutMath(text);
  if (!/[\p{L}\p{N}]/u.test(text)) return "This statement has no text yet, so there is nothing to prove.";
  if (PLACEHOLDER.test(words) && !/\\|\$/.test(text))
    return `This statement only says “${words.slice(0, 60)}”, so there is nothing to prove.`;
  if (POINTER.test(words) && words.length === text.length)
    return "This statement only names another place, and the model can't look there.";
  const language = foreign(words);
  if (language === null) return null;
  return `This statement seems to be in ${language}, and the model was trained on English only.`;
}

/** The words of a statement: formulas, commands, labels and code left out. */
function withoutMath(text: string): string {
  return text
    .replace(/\$\$[\s\S]*?\$\$|\$[^$]*\$|\\\([\s\S]*?\\\)|\\\[[\s\S]*?\\\]/g, " ")
    .replace(
      /\\begin\s*\{(equation|align|gather|multline|eqnarray|displaymath|math|cases|array|[a-z]*matrix)\*?\}[\s\S]*?\\end\s*\{\1\*?\}/g,
      " ",
    )
    .replace(/\\(?:label|ref|eqref|cref|Cref|cite[a-z]*|autoref|hyperref)\s*(?:\[[^\]]*\])?\{[^}]*\}/g, " ")
    .replace(/`[^`]*`|\\[A-Za-z@]+\*?|https?:\S+|[{}]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** The language that a text is in, if it is clearly not English: by its letters, else by its small words. */
function foreign(text: string): string | null {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  for (const [script, name] of SCRIPTS) {
    const count = text.match(script)?.length ?? 0;
    if (count >= 3 && count > letters / 3) return name;
  }
  const words = text.toLowerCase().match(/\p{L}[\p{L}'’]*/gu) ?? [];
  const score = (list: string) => {
    const known = new Set(list.split(" "));
    return words.filter((word) => known.has(word)).length;
  };
  const english = score(WORDS.English!);
  const [best, hits] = Object.entries(WORDS)
    .filter(([language]) => language !== "English")
    .map(([language, list]) => [language, score(list)] as const)
    .reduce((a, b) => (b[1] > a[1] ? b : a));
  return hits >= 3 && hits > 2 * english
    ? best
    : hits === 2 && english === 0 && words.length <= 12 && words.length >= 3
      ? best
      : null;
}

const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, "Japanese"],
  [/\p{Script=Hangul}/gu, "Korean"],
  [/\p{Script=Han}/gu, "Chinese"],
  [/\p{Script=Cyrillic}/gu, "Russian or another language in Cyrillic letters"],
  [/\p{Script=Arabic}/gu, "Arabic or Persian"],
  [/\p{Script=Hebrew}/gu, "Hebrew"],
  [/\p{Script=Devanagari}/gu, "Hindi"],
  [/\p{Script=Thai}/gu, "Thai"],
  [/\p{Script=Greek}{3,}/gu, "Greek"],
];
