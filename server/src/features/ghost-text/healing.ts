/** What stands before a place, cut where a model's tokens surely end. */
export interface Healed {
  /** What a model is given. */
  readonly given: string;
  /** What was typed after that: what a model gives is kept only if it begins with it. */
  readonly typed: string;
}

/**
 * Cuts a half-typed word, number or macro off, with the space before it: tokens begin with their space.
 * A word that may be whole is cut too, since nobody can tell.
 */
export function heal(before: string): Healed {
  const tail = /(?:\\[A-Za-z@]*|\\|[\p{L}\p{M}\p{N}'’]+)$/u.exec(before)?.index ?? before.length;
  const cut = before.slice(0, tail).replace(/[ \t]+$/, "").length;
  // Line ends and the indentation after them are kept: they say that a line begins.
  const at = before[cut - 1] === "\n" ? tail : cut;
  return { given: before.slice(0, at), typed: before.slice(at) };
}

/** What a text says after what was typed, or null if it doesn't begin with that; "more" while it may still. */
export function afterTyped(text: string, typed: string): { readonly rest: string } | "more" | null {
  const word = typed.trimStart();
  if (word === "") {
    // The space is there already.
    if (text === "") return "more";
    return { rest: typed === "" ? text : text.replace(/^[ \t]+/, "") };
  }
  const start = /^\s*/.exec(text)![0].length;
  if (start > 0 && typed === word && text.trim() !== "") return null;
  const said = text.slice(start);
  if (said.length < word.length) return word.startsWith(said) ? "more" : null;
  return said.startsWith(word) ? { rest: said.slice(word.length) } : null;
}
