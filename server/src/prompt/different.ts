/** Most runs whose approaches are named, and the most characters of each: the model reads them before it thinks. */
const MOST_APPROACHES = 4;
const MOST_CHARACTERS = 360;

/**
 * What a proof does, in its own words: its headings and the bold beginnings of its steps where it has several, else its
 * first sentences. On one line; empty for an empty proof.
 */
export function approachOf(proof: string): string {
  const heads = [...proof.matchAll(/^#{1,6} +(.+)$|\*\*(.+?)\*\*/gm)].map(([, heading, bold]) =>
    clean(heading ?? bold ?? "").replace(/[.:]$/, ""),
  );
  const named = [...new Set(heads)].filter((head) => /\s/.test(head));
  const told = named.length >= 2 ? named.join("; ") : clean(proof.replace(/^#{1,6} .*$|^-{3,}$/gm, ""));
  return clipped(told);
}

/** The question with approaches that a new proof must not take; unchanged without any. The last ones count. */
export function withAvoided(message: string, approaches: readonly string[]): string {
  const told = [...new Set(approaches)].filter((approach) => approach !== "").slice(-MOST_APPROACHES);
  if (told.length === 0) return message;
  const list = told.map((approach, index) => `${index + 1}. ${approach}`).join("\n");
  return `${message}\n\nThese approaches have been taken already. Find a proof that takes none of them, with a different main idea:\n${list}`;
}

function clean(text: string): string {
  return text
    .replace(/[*_]{2,}|\\\(\s*\\(?:blacksquare|square|qed)\s*\\\)|\\(?:blacksquare|qed)\b|[∎■□]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Whole words, and no formula that is cut in its middle. */
function clipped(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  const cut = text.slice(0, text.lastIndexOf(" ", MOST_CHARACTERS));
  const open = Math.max(cut.lastIndexOf("\\("), cut.lastIndexOf("\\["));
  const closed = Math.max(cut.lastIndexOf("\\)"), cut.lastIndexOf("\\]"));
  return `${(open > closed ? cut.slice(0, open) : cut).trimEnd()} …`;
}
