/** How a document breaks its prose into lines. */
export type Lines =
  /** Nothing is known of it: lines stay as the model broke them. */
  | { readonly kind: "kept" }
  /** A line for each paragraph. */
  | { readonly kind: "paragraphs" }
  /** A line for each sentence, itself broken at `width` columns unless that is null. */
  | { readonly kind: "sentences"; readonly width: number | null }
  /** Lines as full as `width` columns allow. */
  | { readonly kind: "filled"; readonly width: number };

/** How the lines of a converted proof are to look. */
export interface Layout {
  readonly lines: Lines;
  /** The columns that stand before each line when it is in the document. */
  readonly lead: number;
  /** The columns that stand before the first line, if it goes on in a line of the document; else those of `lead`. */
  readonly first: number | null;
  /** LaTeX: white space before the lines of a display. */
  readonly display: string;
  /** LaTeX: white space before `\item`, and before the lines that go on in an item, beyond that. */
  readonly item: string;
  readonly hanging: string;
}

/** The layout where nothing is known of the document's. */
export const USUAL_LAYOUT: Layout = {
  lines: { kind: "kept" },
  lead: 0,
  first: null,
  display: "  ",
  item: "",
  hanging: "  ",
};

/** The columns that a text takes, a tab as four. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += char === "\t" ? 4 : 1;
  return columns;
}

/** Stands for a space at which no line may end: in formulas, code and links. */
const GLUE = "\uE006";

/** A text whose spaces hold its words together in one line; {@link wrapped} makes spaces of them again. */
export const glued = (text: string): string => text.replace(/ /g, GLUE);

/** Takes the marks of {@link glued} out of a text that was not wrapped. */
export const unglued = (text: string): string => text.replaceAll(GLUE, " ");

/** Words with a full stop that end no sentence, and the initials of names. */
const ABBREVIATED =
  /(?:^|[\s(~\uE006])(?:e\.g|i\.e|cf|vs|resp|viz|ca|approx|Fig|Figs|Eq|Eqs|Thm|Prop|Lem|Cor|Def|Ex|Sec|Ch|Vol|No|pp?|Dr|Mr|Mrs|Ms|Prof|St|Jr|[A-Z])\.$/;

/** Whether a sentence ends between two words. */
function endsSentence(before: string, after: string): boolean {
  if (!/(?<!\.)[.?!](?:["'”’)\]*_}]|\*\*)*$/.test(before) || ABBREVIATED.test(before)) return false;
  return /^(?:[*_("“`[]|\\(?:emph|textbf)\{)*(?:\p{Lu}|\$|\\\(|\\(?:eq)?ref|\d)/u.test(after);
}

/** What a line of Markdown must not begin with, although its paragraph goes on in it. */
const MARKUP =
  /^(?:#|>|%|:|=|\||~|`{3}|<|!\[|@|\^|[-+*](?:\s|$)|(?:-{2,}|\*{3,}|_{3,})(?:\s|$)|\(?(?:\d{1,9}|[A-Za-z]|[ivxlcdm]{1,6}|#|@)[.)](?:\s|$)|\([^()\s]*\)=|\[[^\]]*\]:|\+{3})/;

/**
 * Breaks the prose of one paragraph as a document does it. Glued spaces become spaces; line ends behind a forced break
 * (`\\` in LaTeX; two spaces or a backslash in Markdown) stay.
 * @param first the columns before its first line
 * @param lead the columns before its other lines
 * @param markdown whether no line may begin with what Markdown takes for markup
 */
export function wrapped(text: string, lines: Lines, first: number, lead: number, markdown: boolean): string {
  if (lines.kind === "kept") return unglued(text);
  const forced = markdown ? /(?<= {2}|\\)\n/ : /(?<=\\\\(?:\{\})?)\n/;
  const pieces = text.split(forced).map((piece, index, all) => {
    const tail = markdown && index < all.length - 1 ? /[ ]{2,}$/.exec(piece)?.[0].slice(0, 2) : undefined;
    const words = piece.trim().split(/[ \n]+/);
    const column = index === 0 ? first : lead;
    return rows(words, lines, column, lead, markdown).join("\n") + (tail ?? "");
  });
  return unglued(pieces.join("\n"));
}

function rows(
  words: readonly string[],
  lines: Exclude<Lines, { kind: "kept" }>,
  first: number,
  lead: number,
  markdown: boolean,
): string[] {
  const width = lines.kind === "paragraphs" ? null : lines.width;
  const out: string[] = [];
  let line = "";
  let column = first;
  words.forEach((word, index) => {
    if (index === 0) line = word;
    else {
      const sentence =
        lines.kind === "sentences" && endsSentence(`${words[index - 2] ?? ""} ${words[index - 1]!}`, word);
      const full = width !== null && column + line.length + 1 + word.length > Math.max(width, lead + 20);
      // A backslash at the end of a line would say more than one before a space.
      if ((sentence || full) && !line.endsWith("\\") && !(markdown && MARKUP.test(`${word} `))) {
        out.push(line);
        line = word;
        column = lead;
      } else line += ` ${word}`;
    }
  });
  out.push(line);
  return out;
}
