import { bigs, controlSymbols, dropped, limitOperators, oldFonts, renamed, shapes, symbols } from "./commands.js";
import { isDenied, isDeniedEnvironment } from "./danger.js";
import { environmentPiece, takesArgument, transparent } from "./environments.js";
import { TokenCursor } from "./formula-cursor.js";
import { readTag, type TextContext, textCommand } from "./formula-text.js";
import {
  BrokenFormula,
  formulaTokens,
  glue,
  type Piece,
  type Tag,
  tagMark,
  UnpairedDelimiters,
} from "./formula-tokens.js";
import { mathSymbol, scriptOf } from "./symbols.js";

/** Where a list of pieces stands, which decides what may end it and whether rows and columns may break in it. */
type Place = "top" | "group" | "left" | "environment" | "rows" | "optional";

/** What is allowed beyond the list of known commands, and where findings go. */
export interface ReaderOptions extends TextContext {
  readonly display: boolean;
  /** Commands that the document itself defines, with their backslash; `any`: whatever is not known here. */
  readonly macros: ReadonlySet<string> | "any";
}

/** How deep braces and environments may nest; a proof's formulas stay below 15. */
const deepest = 60;

/** Reads one formula. It holds the place in the tokens and what was found on the way; make one for each formula. */
export class FormulaReader {
  readonly tags: Tag[] = [];
  readonly labels: string[] = [];
  readonly #cursor: TokenCursor;
  readonly #options: ReaderOptions;
  /** Without `\left`, `\right` and `\middle`: the delimiters stay, their growing goes. */
  readonly #flat: boolean;
  #depth = 0;

  constructor(tex: string, options: ReaderOptions, flat: boolean) {
    const repaired = tex
      .replace(/\\(left|right)\s*([{}])/g, "\\$1\\$2")
      .replace(/(?<!\\)[′″‴"]/g, (prime) => "'".repeat(prime === "‴" ? 3 : prime === "′" ? 1 : 2));
    this.#cursor = new TokenCursor(formulaTokens(repaired));
    this.#options = options;
    this.#flat = flat;
  }

  /** All pieces of the formula. @throws BrokenFormula, UnpairedDelimiters */
  read(): Piece[] {
    return this.#list("top");
  }

  #list(place: Place): Piece[] {
    if (++this.#depth > deepest) throw new BrokenFormula("too deep");
    const pieces: Piece[] = [];
    // Which scripts the last atom has: a second one of a kind stops TeX.
    let scripts = "";
    for (;;) {
      const token = this.#cursor.token;
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
      this.#cursor.at++;
      if (/^\s+$/.test(token)) {
        pieces.push({ kind: "space", out: token.includes("\n") ? "\n" : " " });
        continue;
      }
      const mark = token === "'" ? "'" : (scriptOf(token)?.mark ?? token);
      if (mark === "^" || mark === "_" || mark === "'") {
        // A prime is a superscript, which only a `^` right behind it may join.
        const primed = scripts.includes("'") && pieces.at(-1)?.out !== "'";
        const twice = mark === "'" ? scripts.includes("^") : scripts.includes(mark) || (mark === "^" && primed);
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
    if (scriptOf(token) === null) return this.#argument();
    let base = "";
    this.#cursor.at--;
    for (;;) {
      const script = scriptOf(this.#cursor.peek());
      if (script === null || script.mark !== scriptOf(token)!.mark) break;
      base += script.base;
      this.#cursor.at++;
    }
    return `{${base}}`;
  }

  #piece(token: string, place: Place, before: readonly Piece[]): Piece[] | null {
    const atom = (out: string): Piece[] => [{ kind: "atom", out }];
    switch (token) {
      case "{": {
        const pieces = this.#list("group");
        this.#cursor.at++;
        return atom(`{${finish(pieces)}}`);
      }
      case "&":
        if (place === "left") throw new UnpairedDelimiters();
        return place === "environment" || place === "top" ? [{ kind: "cell", out: "&" }] : null;
      case "\\\\":
        if (place === "left") throw new UnpairedDelimiters();
        return this.#row(place);
      case "%":
      case "#":
        return atom(`\\${token}`);
      case "$":
        return null;
      case "`":
        return atom("\\text{`}");
      case "~":
        return atom("~");
    }
    if (token.startsWith("\\")) return this.#command(token.slice(1), place, before);
    if (token < "\u0080") return atom(token);
    const symbol = mathSymbol(token);
    if (symbol !== null) return atom(symbol);
    if (/^\s$/u.test(token)) return atom("\\ ");
    return atom(textCommand("text", token, this.#options));
  }

  #row(place: Place): Piece[] | null {
    if (place !== "environment" && place !== "top" && place !== "rows") return [{ kind: "space", out: " " }];
    const out = this.#cursor.rowEnd();
    return [{ kind: "row", out }];
  }

  #command(name: string, place: Place, before: readonly Piece[]): Piece[] | null {
    const atom = (out: string): Piece[] => [{ kind: "atom", out }];
    if (name === "" || (!/^[a-zA-Z]/.test(name) && !controlSymbols.has(name))) {
      return /^\s$/.test(name) ? atom("\\ ") : null;
    }
    const { macros } = this.#options;
    if (macros !== "any" && macros.has(`\\${name}`)) return atom(`\\${name}`);
    if (name === "left" || name === "right" || name === "middle") return this.#left(name, place);
    if (name === "begin") return this.#environment(place);
    if (name === "tag" || name === "label" || name === "ref" || name === "eqref") return this.#labelled(name);
    if (name === "hline") {
      const row = before.findLast(({ kind }) => kind !== "space");
      return place === "environment" && (row === undefined || row.kind === "row") ? atom("\\hline ") : null;
    }
    if (name === "limits" || name === "nolimits") {
      const last = before.findLast(({ kind }) => kind !== "space");
      return last?.kind === "operator" ? atom(`\\${name}`) : null;
    }
    if (name === "over" || name === "choose" || name === "atop") return [{ kind: "infix", out: name }];
    if (name === "kern" || name === "mkern" || name === "hskip" || name === "mskip")
      return this.#cursor.takeDimension() ? atom("\\,") : null;
    if (name === "not") {
      this.#cursor.skipSpace();
      return /^(?:[=<>{|]|\\[a-zA-Z]+)$/.test(this.#cursor.peek()) ? atom(glue(["\\not", this.#argument()])) : null;
    }
    if (bigs.has(name)) {
      const delimiter = this.#cursor.delimiter(false);
      return delimiter === null ? null : atom(glue([`\\${name}`, delimiter]));
    }
    const font = oldFonts.get(name);
    if (font !== undefined) return this.#oldFont(font, place);
    if (isDenied(name)) return this.#remove(name);
    const drop = dropped.get(name);
    if (drop !== undefined) {
      if (this.#cursor.token === "*") this.#cursor.at++;
      for (let count = 0; count < drop; count++) this.#cursor.raw();
      return name === "hspace" || name === "mspace" || name === "rule" ? atom("\\ ") : null;
    }
    const other = renamed.get(name);
    if (other !== undefined) {
      if (!/^\\[a-zA-Z]+$/.test(other)) return other === "" ? null : other === "\\\\" ? this.#row(place) : atom(other);
      return this.#command(other.slice(1), place, before);
    }
    if (!/^[a-zA-Z]/.test(name)) return atom(`\\${name}`);
    if (symbols.has(name)) return [{ kind: limitOperators.has(name) ? "operator" : "atom", out: `\\${name}` }];
    const shape = shapes.get(name);
    if (shape !== undefined) return [this.#shaped(name, shape)];
    if (macros === "any") return atom(`\\${name}`);
    return atom(name.length === 1 ? `\\mathrm{${name}}` : `\\operatorname{${name}}`);
  }

  #shaped(name: string, shape: string): Piece {
    if (shape === "t") return { kind: "atom", out: textCommand(name, this.#cursor.raw(), this.#options) };
    const starred = name === "operatorname" && this.#cursor.token === "*";
    if (starred) this.#cursor.at++;
    const parts = [`\\${name}${starred ? "*" : ""}`];
    for (const kind of shape) {
      if (kind === "o") {
        this.#cursor.skipSpace();
        if (this.#cursor.token !== "[") continue;
        this.#cursor.at++;
        parts.push(`[${finish(this.#list("optional"))}]`);
        this.#cursor.at++;
      } else if (kind === "x") this.#argument();
      else parts.push(this.#argument(name === "substack" ? "rows" : "group"));
    }
    if (name === "sideset") return { kind: "atom", out: parts.at(-1)! };
    if (name === "cancel" && this.#options.dialect === "latex") return { kind: "atom", out: parts[1]! };
    // Blackboard letters exist as capitals only; the font has other signs in the other places.
    if (name === "mathbb" && /^\{?\s*[a-z0-9]+\s*\}?$/.test(parts[1]!)) parts[0] = "\\mathbf";
    return { kind: name === "operatorname" || name === "mathop" ? "operator" : "atom", out: spaced(parts) };
  }

  /** An argument of a command: a group, or the next token, braced if it is more than one character or symbol. */
  #argument(place: "group" | "rows" = "group"): string {
    this.#cursor.skipSpace();
    const token = this.#cursor.token;
    if (token === undefined || /^(?:[}&^_]|\\\\|\\end|\\right)$/.test(token)) throw new BrokenFormula("argument");
    this.#cursor.at++;
    if (token === "{") {
      const pieces = this.#list(place);
      this.#cursor.at++;
      return `{${finish(pieces).trim()}}`;
    }
    if (++this.#depth > deepest) throw new BrokenFormula("too deep");
    const out = finish(this.#piece(token, "group", []) ?? []);
    this.#depth--;
    return /^(?:[^\\{}~']|\\[a-zA-Z]+|\{[^{}]*\})$/u.test(out) ? out : `{${out}}`;
  }

  #left(name: string, place: Place): Piece[] | null {
    const delimiter = this.#cursor.delimiter(true);
    const plain = delimiter === null || delimiter === "." ? null : [{ kind: "atom" as const, out: delimiter }];
    if (this.#flat) return plain;
    if (delimiter === null || name === "right") throw new UnpairedDelimiters();
    if (name === "middle") {
      if (place !== "left") return plain;
      return [{ kind: "atom", out: glue(["\\middle", delimiter]) }];
    }
    const inner = this.#list("left");
    this.#cursor.at++;
    const right = this.#cursor.delimiter(true);
    if (right === null) throw new UnpairedDelimiters();
    return [{ kind: "atom", out: glue(["\\left", delimiter, finish(inner), "\\right", right]) }];
  }

  #environment(place: Place): Piece[] | null {
    const name = this.#cursor.raw().trim();
    const plain = name.replace(/\*$/, "");
    if (isDeniedEnvironment(name)) {
      this.#options.removed.push(`\\begin{${name}}`);
      throw new BrokenFormula(name);
    }
    this.#cursor.skipSpace();
    if (
      this.#cursor.token === "[" &&
      /^\[[tbc]\]/.test(this.#cursor.tokens.slice(this.#cursor.at, this.#cursor.at + 3).join(""))
    )
      this.#cursor.at += 3;
    const argument = takesArgument(plain) ? this.#cursor.raw() : "";
    const pieces = this.#list("environment");
    this.#cursor.at++;
    if (this.#cursor.raw().trim() !== name) throw new BrokenFormula(name);
    if (!transparent.has(plain)) return [environmentPiece(name, argument, pieces)];
    return place === "top" ? pieces : [{ kind: "atom", out: `{${finish(pieces)}}` }];
  }

  #labelled(name: string): Piece[] | null {
    const starred = this.#cursor.token === "*";
    if (starred) this.#cursor.at++;
    const text = this.#cursor.raw();
    if (name === "label") {
      this.labels.push(text.trim());
      return null;
    }
    if (name !== "tag") {
      const out = this.#options.reference(text.trim());
      return [{ kind: "atom", out: out === null ? textCommand("text", `(${text})`, this.#options) : `\\text{${out}}` }];
    }
    this.tags.push(readTag(text, starred, this.#options));
    return [{ kind: "tag", out: tagMark(this.tags.length - 1) }];
  }

  #oldFont(font: string, place: Place): Piece[] {
    const inner = new FormulaReader(this.#cursor.takeGroupRest(place === "optional"), this.#options, this.#flat);
    inner.#depth = this.#depth;
    return [{ kind: "atom", out: `\\${font}{${finish(inner.read()).trim()}}` }];
  }

  /** Takes a denied command out, with the groups that belong to it. */
  #remove(name: string): null {
    this.#options.removed.push(`\\${name}${this.#cursor.takeArguments()}`);
    return null;
  }
}

function spaced(parts: readonly string[]): string {
  return glue(
    parts.map((part, index) =>
      index > 0 && /^[0-9]$/.test(part) && parts[index - 1]!.startsWith("\\") ? ` ${part}` : part,
    ),
  );
}

/** The LaTeX of pieces in one group; `a \over b` becomes a fraction. */
export function finish(pieces: readonly Piece[]): string {
  const infix = pieces.findIndex(({ kind }) => kind === "infix");
  if (infix < 0) return glue(pieces.map(({ out }) => out)).replace(/\n\s*\n/g, "\n");
  const command = { over: "\\frac", choose: "\\binom", atop: "\\genfrac{}{}{0pt}{}" }[pieces[infix]!.out]!;
  return `${command}{${finish(pieces.slice(0, infix)).trim()}}{${finish(pieces.slice(infix + 1)).trim()}}`;
}
