import { delimiters } from "./commands.js";
import { BrokenFormula } from "./formula-tokens.js";
import { type LatexPackages, plainSign } from "./plain-latex.js";
import { mathSymbol } from "./symbols.js";

const unit = "(?:pt|em|ex|mm|cm|in|mu|bp|pc)";
const rowSpace = new RegExp(`^[+-]?\\d{0,3}(?:\\.\\d{1,3})?\\s*${unit}$`);
const anySpace = new RegExp(`^\\s*=?\\s*[+-]?\\d*\\.?\\d*\\s*${unit}`);

/** A place in the tokens of a formula, and the ways to take tokens that are not read as mathematics. */
export class TokenCursor {
  readonly tokens: readonly string[];
  /** The index of the next token. */
  at = 0;

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  /** The next token; undefined at the end. */
  get token(): string | undefined {
    return this.tokens[this.at];
  }

  /** The next token; the empty string at the end. */
  peek(): string {
    return this.token ?? "";
  }

  /** Goes past white space. */
  skipSpace(): void {
    while (/^\s+$/.test(this.peek())) this.at++;
  }

  /** The text of a braced group (without its braces) or of the next token, unread. @throws BrokenFormula */
  raw(): string {
    this.skipSpace();
    if (this.token === undefined || this.token === "}") throw new BrokenFormula("argument");
    if (this.token !== "{") return this.tokens[this.at++]!;
    const start = ++this.at;
    for (let depth = 1; ; this.at++) {
      const token = this.tokens[this.at];
      if (token === undefined) throw new BrokenFormula("unclosed");
      if (token === "{") depth++;
      if (token === "}" && --depth === 0) break;
    }
    return this.tokens.slice(start, this.at++).join("");
  }

  /** Takes a delimiter, as LaTeX; null (and nothing taken) if there is none. `dot`: whether the empty one counts. */
  delimiter(dot: boolean, packages: LatexPackages): string | null {
    this.skipSpace();
    const token = this.peek();
    const symbol = token > "\u0080" ? (mathSymbol(token) ?? token) : token;
    const known = symbol.startsWith("\\") && delimiters.has(symbol.slice(1));
    if (!known && !/^(?:[()[\]/|<>]|\\[{}|])$/.test(symbol) && !(dot && symbol === ".")) return null;
    this.at++;
    return symbol === "<" ? "\\langle" : symbol === ">" ? "\\rangle" : plainSign(symbol, packages);
  }

  /** The LaTeX of a row end behind its backslashes: with its space if it has one, safe before a bracket or a star. */
  rowEnd(): string {
    if (this.token === "*") this.at++;
    const option = /^\[([^[\]{}\\]*)\]/.exec(this.tokens.slice(this.at, this.at + 12).join(""));
    if (option !== null && rowSpace.test(option[1]!.trim())) {
      while (this.token !== "]") this.at++;
      this.at++;
      return `\\\\${option[0]}`;
    }
    this.skipSpace();
    const guard = this.token === "[" || this.token === "*" ? "{}" : "";
    return `\\\\${guard}${this.tokens[this.at - 1]?.includes("\n") === true ? "\n" : " "}`;
  }

  /** Takes a length such as `-3mu`; whether there was one. */
  takeDimension(): boolean {
    const length = anySpace.exec(this.tokens.slice(this.at, this.at + 14).join(""))?.[0].length ?? 0;
    for (let read = 0; read < length; ) read += this.tokens[this.at++]!.length;
    return length > 0;
  }

  /** Takes what is left of the present group, cell or row: what a font switch of plain TeX acts on. */
  takeGroupRest(optional: boolean): string {
    const start = this.at;
    for (let depth = 0; this.token !== undefined; this.at++) {
      const token = this.tokens[this.at]!;
      if (token === "{" || token === "\\begin" || token === "\\left") depth++;
      if (token === "}" || token === "\\end" || token === "\\right") depth--;
      if (depth < 0 || (depth === 0 && /^(?:&|\\\\|\\tag|\\label)$/.test(token))) break;
      if (optional && depth === 0 && token === "]") break;
    }
    return this.tokens.slice(start, this.at).join("");
  }

  /** Takes the figures and groups that follow a command. */
  takeArguments(): string {
    const start = this.at;
    while (/^[0-9]$/.test(this.peek())) this.at++;
    for (let groups = 0; groups < 4; groups++) {
      const back = this.at;
      this.skipSpace();
      if (this.token === "{") this.raw();
      else {
        this.at = back;
        break;
      }
    }
    return this.tokens.slice(start, this.at).join("");
  }
}
