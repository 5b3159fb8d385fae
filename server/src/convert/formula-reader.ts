import { isDeniedEnvironment } from "./danger.js";
import { environmentPiece, takesArgument, transparent } from "./environments.js";
import { readCommand } from "./formula-commands.js";
import { TokenCursor } from "./formula-cursor.js";
import { type TextContext, textCommand } from "./formula-text.js";
import { BrokenFormula, finish, formulaTokens, type Piece, type Tag, UnpairedDelimiters } from "./formula-tokens.js";
import { plainSign } from "./plain-latex.js";
import { mathSymbol, scriptOf } from "./symbols.js";

/** Where a list of pieces stands, which decides what may end it and whether rows and columns may break in it. */
export type Place = "top" | "group" | "left" | "environment" | "rows" | "optional";

/** What is allowed beyond the list of known commands, and where findings go. */
export interface ReaderOptions extends Omit<TextContext, "inScript"> {
  readonly display: boolean;
  /** Commands that the document itself defines, with their backslash; `any`: whatever is not known here. */
  readonly macros: ReadonlySet<string> | "any";
}

/** Combining marks as accents of mathematics. */
const marks: Readonly<Record<string, string>> = {
  "\u0302": "hat",
  "\u0303": "tilde",
  "\u0304": "bar",
  "\u0305": "bar",
  "\u0307": "dot",
  "\u0308": "ddot",
  "\u030C": "check",
  "\u20D7": "vec",
};

/** How deep braces and environments may nest; a proof's formulas stay below 15. */
const deepest = 60;

/** Reads one formula. It holds the place in the tokens and what was found on the way; make one for each formula. */
export class FormulaReader {
  readonly tags: Tag[] = [];
  readonly labels: string[] = [];
  readonly cursor: TokenCursor;
  readonly options: ReaderOptions;
  /** Without `\left`, `\right` and `\middle`: the delimiters stay, their growing goes. */
  readonly flat: boolean;
  #depth = 0;
  #scripts = 0;

  constructor(tex: string, options: ReaderOptions, flat: boolean) {
    const repaired = tex
      .replace(/([A-Za-z])([\u0300-\u030C\u20D7])/g, (whole, letter: string, mark: string) =>
        marks[mark] === undefined ? whole : `{\\${marks[mark]} ${letter}}`,
      )
      .replace(/\\(left|right)\s*([{}])/g, "\\$1\\$2")
      .replace(/(?<!\\)[′″‴"]/g, (prime) => "'".repeat(prime === "‴" ? 3 : prime === "′" ? 1 : 2));
    this.cursor = new TokenCursor(formulaTokens(repaired));
    this.options = options;
    this.flat = flat;
  }

  /** Whether the present place is in an exponent or an index. */
  get inScript(): boolean {
    return this.#scripts > 0;
  }

  /** What text inside the formula needs at the present place. */
  textContext(): TextContext {
    return { ...this.options, inScript: this.inScript };
  }

  /** All pieces of the formula. @throws BrokenFormula, UnpairedDelimiters */
  read(): Piece[] {
    return this.list("top");
  }

  /** The pieces up to what ends the place, which is not taken. @throws BrokenFormula, UnpairedDelimiters */
  list(place: Place): Piece[] {
    if (++this.#depth > deepest) throw new BrokenFormula("too deep");
    const pieces: Piece[] = [];
    // Which scripts the last atom has: a second one of a kind stops TeX.
    let scripts = "";
    for (;;) {
      const token = this.cursor.token;
      if (token === undefined) {
        if (place === "left") throw new UnpairedDelimiters();
        if (place === "top") break;
        throw new BrokenFormula("unclosed");
      }
      if (token === "}" || token === "\\end" || (token === "]" && place === "optional")) {
        if (place === "left") throw new UnpairedDelimiters();
        const ends = { "}": "group", "\\end": "environment", "]": "optional" }[token];
        if (place === ends || (token === "}" && place === "rows")) break;
        throw new BrokenFormula(token);
      }
      if (token === "\\right" && place === "left") break;
      this.cursor.at++;
      if (/^\s+$/.test(token)) {
        pieces.push({ kind: "space", out: token.includes("\n") ? "\n" : " " });
        continue;
      }
      const mark = token === "'" ? "'" : (scriptOf(token)?.mark ?? token);
      if (mark === "^" || mark === "_" || mark === "'") {
        // A prime is a superscript, which only a `^` right behind it may join.
        const primed = scripts.includes("'") && pieces.at(-1)?.out !== "'";
        const twice =
          mark === "'" ? scripts.includes("^") || primed : scripts.includes(mark) || (mark === "^" && primed);
        if (twice) pieces.push({ kind: "atom", out: "{}" });
        scripts = twice ? mark : scripts + mark;
        pieces.push({ kind: "atom", out: mark === "'" ? "'" : mark + this.#script(token) });
        continue;
      }
      const piece = this.#piece(token, place, pieces);
      if (piece === null) continue;
      pieces.push(...piece);
      if (piece.some(({ kind }) => kind !== "space")) scripts = "";
    }
    this.#depth--;
    return pieces;
  }

  /** The argument of `^` or `_`, always braced unless it is one character or one symbol. */
  #script(token: string): string {
    if (scriptOf(token) === null) {
      this.#scripts++;
      const out = this.argument();
      this.#scripts--;
      return out;
    }
    let base = "";
    this.cursor.at--;
    for (;;) {
      const script = scriptOf(this.cursor.peek());
      if (script === null || script.mark !== scriptOf(token)!.mark) break;
      base += script.base;
      this.cursor.at++;
    }
    return `{${base}}`;
  }

  #piece(token: string, place: Place, before: readonly Piece[]): Piece[] | null {
    const atom = (out: string): Piece[] => [{ kind: "atom", out }];
    switch (token) {
      case "{": {
        const pieces = this.list("group");
        this.cursor.at++;
        return atom(`{${finish(pieces, this.options.packages)}}`);
      }
      case "&":
        if (place === "left") throw new UnpairedDelimiters();
        return place === "environment" || place === "top" ? [{ kind: "cell", out: "&" }] : null;
      case "\\\\":
        if (place === "left") throw new UnpairedDelimiters();
        return this.row(place);
      case "%":
      case "#":
        return atom(`\\${token}`);
      case "$":
        return null;
      case "`":
        return atom(`\\${this.options.packages.amsmath ? "text" : "mbox"}{\`}`);
      case "~":
        return atom("~");
    }
    if (token.startsWith("\\")) return readCommand(this, token.slice(1), place, before);
    if (token < "\u0080") return atom(token);
    const symbol = mathSymbol(token);
    if (symbol !== null) return atom(plainSign(symbol, this.options.packages));
    if (/^\s$/u.test(token)) return atom("\\ ");
    return atom(textCommand("text", token, this.textContext()));
  }

  /** A row end where rows may break, a space elsewhere; its backslashes are taken already. */
  row(place: Place): Piece[] | null {
    if (place !== "environment" && place !== "top" && place !== "rows") return [{ kind: "space", out: " " }];
    const out = this.cursor.rowEnd();
    return [{ kind: "row", out }];
  }

  /** An argument of a command: a group, or the next token, braced if it is more than one character or symbol. */
  argument(place: "group" | "rows" = "group"): string {
    this.cursor.skipSpace();
    const token = this.cursor.token;
    if (token === undefined || /^(?:[}&^_]|\\\\|\\end|\\right)$/.test(token)) throw new BrokenFormula("argument");
    this.cursor.at++;
    if (token === "{") {
      const pieces = this.list(place);
      this.cursor.at++;
      return `{${finish(pieces, this.options.packages).trim()}}`;
    }
    if (++this.#depth > deepest) throw new BrokenFormula("too deep");
    const out = finish(this.#piece(token, "group", []) ?? [], this.options.packages);
    this.#depth--;
    return /^(?:[^\\{}~']|\\[a-zA-Z]+|\{[^{}]*\})$/u.test(out) ? out : `{${out}}`;
  }

  /** An environment of mathematics, its `\begin` taken already. @throws BrokenFormula */
  environment(place: Place): Piece[] | null {
    const name = this.cursor.raw().trim();
    const plain = name.replace(/\*$/, "");
    if (isDeniedEnvironment(name)) {
      this.options.removed.push(`\\begin{${name}}`);
      throw new BrokenFormula(name);
    }
    this.cursor.skipSpace();
    if (
      this.cursor.token === "[" &&
      /^\[[tbc]\]/.test(this.cursor.tokens.slice(this.cursor.at, this.cursor.at + 3).join(""))
    )
      this.cursor.at += 3;
    const argument = takesArgument(plain) ? this.cursor.raw() : "";
    const pieces = this.list("environment");
    this.cursor.at++;
    if (this.cursor.raw().trim() !== name) throw new BrokenFormula(name);
    if (!transparent.has(plain)) return [environmentPiece(name, argument, pieces, this.options.packages)];
    return place === "top" ? pieces : [{ kind: "atom", out: `{${finish(pieces, this.options.packages)}}` }];
  }

  /** Takes and reads what is left of the present group, cell or row: what a font switch of plain TeX acts on. */
  groupRest(optional: boolean): string {
    return this.#inner(this.cursor.takeGroupRest(optional));
  }

  /** Reads other LaTeX in the place of what was taken. */
  insteadOf(tex: string): Piece[] {
    return [{ kind: "atom", out: this.#inner(tex) }];
  }

  #inner(tex: string): string {
    const inner = new FormulaReader(tex, this.options, this.flat);
    inner.#depth = this.#depth;
    inner.#scripts = this.#scripts;
    return finish(inner.read(), this.options.packages);
  }
}
