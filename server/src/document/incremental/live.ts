import { type ParseOptions, parseDocument } from "../parse.js";
import type { Document, Syntax } from "../types.js";
import { type Change, changed, clipped } from "./changes.js";
import { editLatex, type LiveLatex, openLatex } from "./latex.js";

/** A document that is being typed: a value, from which an edit gives another one at little cost. */
export interface LiveDocument {
  /** Equal, field for field, to what `parseDocument` gives for its text. */
  readonly document: Document;
  /**
   * The document after changes, in order, each of which is to the text that those before it gave (as an editor sends
   * them). Ranges beyond the text are cut to it.
   */
  edit(changes: readonly Change[]): LiveDocument;
}

/** Reads a text in such a way that edits of it cost little. Pure and total. */
export function openDocument(text: string, syntax: Syntax, options: ParseOptions = {}): LiveDocument {
  if (syntax === "latex") {
    const latex = openLatex(text, options.names ?? {});
    if (latex) return liveLatex(latex, options);
  }
  return whole(text, syntax, options);
}

function liveLatex(latex: LiveLatex, options: ParseOptions): LiveDocument {
  return {
    document: latex.document,
    edit: (changes) => {
      const { texts, cut } = applied(latex.document.text, changes);
      const edited = editLatex(latex, texts, cut);
      return edited ? liveLatex(edited, options) : whole(texts.at(-1)!, "latex", options);
    },
  };
}

/** A document that is read as a whole after each edit. */
function whole(text: string, syntax: Syntax, options: ParseOptions): LiveDocument {
  return {
    document: parseDocument(text, syntax, options),
    edit: (changes) => openDocument(applied(text, changes).texts.at(-1) ?? text, syntax, options),
  };
}

/** The texts that the changes give one after another, and the changes with their ranges inside of the texts. */
function applied(text: string, changes: readonly Change[]): { texts: readonly string[]; cut: readonly Change[] } {
  const texts: string[] = [];
  const cut: Change[] = [];
  let current = text;
  for (const change of changes) {
    const inside = clipped(change, current.length);
    current = changed(current, inside);
    cut.push(inside);
    texts.push(current);
  }
  return { texts, cut };
}
