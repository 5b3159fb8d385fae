import { trimRange } from "../blocks.js";
import { readDirective } from "../directives.js";
import type { MathCounts } from "../math-style.js";
import type { Directive, Macro, Reference } from "../types.js";
import {
  DECLARES,
  type Definition,
  edgesOf,
  isDefining,
  readDefinition,
  type TheoremDeclaration,
} from "./definitions.js";
import { bracketEnd, type Fuel, groupEnd, LONGEST_TITLE, readName, skipBlank } from "./groups.js";
import { type Printing, printedBy, printedHead } from "./printing-macros.js";
import { headText, opensParagraph, skipFalse, urlEnd, verbEnd } from "./skips.js";

/** One thing that structure hangs on. `end` is the offset after the token (for `begin` after the closing brace). */
export interface Token {
  readonly type: "begin" | "end" | "label" | "section" | "head" | "qed" | "proof" | "endproof";
  /** Environment, label, section title or head text; with its star. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Depth of a section, 1 (`\part`) to 7 (`\subparagraph`); else 0. */
  readonly level: number;
}

/** An environment that the document defines: the text with which its begin part is typeset. */
interface EnvironmentDefinition {
  readonly name: string;
  readonly begin: string;
  /** A letter for each argument: `m` in braces, `o` in brackets. */
  readonly parameters: string;
}

/** What one pass over LaTeX text gives: all that the block layer and the prompt need, in order of offsets. */
export interface Lexed {
  readonly tokens: readonly Token[];
  readonly theorems: readonly TheoremDeclaration[];
  readonly environments: readonly EnvironmentDefinition[];
  readonly macros: readonly Macro[];
  readonly references: readonly Reference[];
  readonly directives: readonly Directive[];
  /** Where the text ends for TeX: at `\end{document}` or `\endinput`, else the length. */
  readonly end: number;
  /** How often each delimiter opens. */
  readonly math: MathCounts;
}

const VERBATIM = new Set(
  "verbatim verbatim* Verbatim Verbatim* BVerbatim LVerbatim SaveVerbatim lstlisting minted comment filecontents filecontents* alltt luacode luacode* pycode pyblock sagesilent sageblock tcblisting code listing* asy asydef".split(
    " ",
  ),
);
/** Opaque only if closed: an open picture must not swallow the theorems after it. */
const PICTURES = new Set(["tikzpicture", "tikzpicture*", "pspicture", "picture"]);
const SECTIONS = new Map([
  ["part", 1],
  ["chapter", 2],
  ["section", 3],
  ["subsection", 4],
  ["subsubsection", 5],
  ["paragraph", 6],
  ["subparagraph", 7],
]);
const REFERENCES = new Set(
  "ref cref Cref autoref eqref pageref nameref vref Vref thref Thref fullref vpageref cpageref labelcref namecref nameCref lcnamecref crefrange Crefrange zcref zref sref".split(
    " ",
  ),
);
const HEADS = new Set([
  "textbf",
  "textit",
  "emph",
  "textsc",
  "underline",
  "textsl",
  "paragraph",
  "subparagraph",
  "bf",
  "it",
  "bfseries",
  "itshape",
  "em",
  "sc",
  "scshape",
  "sl",
]);
const URLS = new Set(["url", "path", "href", "nolinkurl", "hyperref"]);

/** Scans LaTeX once, from left to right. Total: any text, cut anywhere, gives a result in linear time. */
export function lex(text: string): Lexed {
  const tokens: Token[] = [];
  const theorems: TheoremDeclaration[] = [];
  const environments: EnvironmentDefinition[] = [];
  const macros: Macro[] = [];
  const references: Reference[] = [];
  const directives: Directive[] = [];
  const opaque = new Set(VERBATIM);
  const declarers = new Map<string, Macro>();
  const printers = new Map<string, Printing>();
  const unclosed = new Set<string>();
  const math = { dollar: 0, paren: 0, double: 0, bracket: 0 };
  const fuel: Fuel = { left: 200_000 + 4 * text.length };
  let inMath = false;
  let end = text.length;
  let i = 0;

  const push = (type: Token["type"], name: string, start: number, stop: number, level = 0) =>
    tokens.push({ type, name, start, end: stop, level });

  const define = (definition: Definition) => {
    if (definition.type === "macro") {
      macros.push(definition.macro);
      if (DECLARES.test(definition.macro.body) || edgesOf(definition.macro.body).length > 0)
        declarers.set(definition.macro.name.slice(1), definition.macro);
      const printing = printedBy(definition.macro);
      if (printing) printers.set(definition.macro.name.slice(1), printing);
    } else if (definition.type === "theorem") theorems.push(...definition.theorems);
    else if (definition.type === "opaque") opaque.add(definition.name);
    else if (definition.type === "environment") {
      if (/^\s*\\(?:comment|verbatim|lstlisting|begin\{(?:comment|verbatim)\})/.test(definition.begin))
        opaque.add(definition.name);
      else {
        const { name, begin, parameters } = definition;
        environments.push({ name, begin, parameters });
      }
    }
  };

  const declareBy = (declarer: Macro, start: number, at: number): number => {
    const values: string[] = [];
    let stop = at;
    for (let k = 0; k < declarer.arguments; k++) {
      const open = skipBlank(text, stop);
      const close = groupEnd(text, open, LONGEST_TITLE, fuel);
      if (close < 0) return at;
      values.push(text.slice(open + 1, close - 1));
      stop = close;
    }
    const body = declarer.body.replace(/#([1-9])/g, (_, k: string) => values[Number(k) - 1] ?? "");
    for (const match of body.matchAll(/\\([A-Za-z]+)(\*?)/g)) {
      if (!isDefining(match[1]!)) continue;
      const from = match.index + match[0].length;
      const definition = readDefinition(body, match[1]!, match.index, from, fuel, match[2] === "*");
      if (definition?.type === "theorem") define(definition);
    }
    for (const { type, name } of edgesOf(declarer.body)) if (!opaque.has(name)) push(type, name, start, stop);
    return stop;
  };

  const refer = (start: number, at: number, bracket: boolean): number => {
    let from = at;
    if (text.charCodeAt(from) === 42) from++;
    if (text.charCodeAt(from) === 91) {
      const close = bracketEnd(text, from, 200);
      if (close < 0) return at;
      if (bracket) {
        references.push({ labels: split(text.slice(from + 1, close - 1)), start, end: close });
        return close;
      }
      from = close;
    }
    const name = readName(text, from);
    if (!name) return at;
    references.push({ labels: split(name.name), start, end: name.end });
    return name.end;
  };

  while (i < end) {
    const c = text.charCodeAt(i);
    if (c === 37) {
      let stop = text.indexOf("\n", i);
      if (stop < 0) stop = text.length;
      const directive = stop - i > 4 ? readDirective(text, i, trimRange(text, i, stop).end) : null;
      if (directive) directives.push(directive);
      i = stop;
      continue;
    }
    if (c === 36) {
      if (text.charCodeAt(i + 1) === 36 && !inMath) {
        math.double++;
        i += 2;
        continue;
      }
      inMath = !inMath;
      if (inMath) math.dollar++;
      i++;
      continue;
    }
    if (c === 10 && inMath && text.charCodeAt(i + 1) === 10) inMath = false;
    if (c !== 92) {
      i++;
      continue;
    }
    const start = i;
    let j = i + 1;
    for (let d = text.charCodeAt(j); (d >= 97 && d <= 122) || (d >= 65 && d <= 90) || d === 64; d = text.charCodeAt(j))
      j++;
    if (j === i + 1) {
      const d = text.charCodeAt(j);
      if (d === 40) math.paren++;
      else if (d === 91) math.bracket++;
      i += 2;
      continue;
    }
    const command = text.slice(i + 1, j);
    i = j;
    switch (command) {
      case "begin": {
        const name = readName(text, j);
        if (!name) break;
        i = name.end;
        if (opaque.has(name.name) || PICTURES.has(name.name)) {
          const close = `\\end{${name.name}}`;
          const at = unclosed.has(name.name) ? -1 : text.indexOf(close, i);
          if (at >= 0) i = at + close.length;
          else if (PICTURES.has(name.name)) unclosed.add(name.name);
          else i = end;
          break;
        }
        push("begin", name.name, start, name.end);
        break;
      }
      case "end": {
        const name = readName(text, j);
        if (!name) break;
        i = name.end;
        if (name.name === "document") end = start;
        else push("end", name.name, start, name.end);
        break;
      }
      case "endinput":
        end = start;
        break;
      case "string":
        // What it stands before is printed, and does nothing.
        if (text.charCodeAt(j) === 92) i = j + 2;
        break;
      case "verb":
      case "lstinline":
      case "mintinline":
        i = verbEnd(text, j, command);
        break;
      case "if":
        // \if0 compares 0 with what follows it.
        if (text.charCodeAt(j) === 48 && text.charCodeAt(j + 1) !== 48) i = skipFalse(text, j + 1);
        break;
      case "iffalse":
        i = skipFalse(text, j);
        break;
      case "label":
      case "thlabel": {
        const name = readName(text, j);
        if (!name) break;
        i = name.end;
        push("label", name.name, start, name.end);
        break;
      }
      case "qed":
      case "blacksquare":
      case "square":
      case "Box":
      case "qedsymbol":
        push("qed", command, start, j);
        break;
      case "proof":
      case "endproof":
        push(command, command, start, j);
        break;
      default: {
        const level = SECTIONS.get(command);
        if (level !== undefined) {
          i = section(text, start, j, level, tokens);
          break;
        }
        if (HEADS.has(command)) {
          const head = headText(text, start, j);
          if (head) {
            push("head", head.text, head.start, head.end);
            // What the head holds (labels, references) is scanned as well.
          }
          break;
        }
        if (REFERENCES.has(command)) {
          i = refer(start, j, false);
          break;
        }
        if (URLS.has(command)) {
          if (command === "hyperref") i = refer(start, j, true);
          else {
            const open = text.charCodeAt(j) === 91 ? bracketEnd(text, j, 200) : j;
            i = open < 0 ? j : urlEnd(text, open);
          }
          break;
        }
        const printing = printers.get(command);
        if (printing?.type === "qed") push("qed", command, start, j);
        const head = printing?.type === "head" && opensParagraph(text, start) ? printedHead(text, j, printing) : null;
        if (head) {
          push("head", head.text, start, head.end);
          i = head.end;
        }
        if (printing) break;
        const declarer = declarers.get(command);
        if (declarer !== undefined) {
          i = declareBy(declarer, start, j);
          break;
        }
        if (isDefining(command)) {
          const star = text.charCodeAt(j) === 42;
          const definition = readDefinition(text, command, start, star ? j + 1 : j, fuel, star);
          if (definition) {
            define(definition);
            i = definition.end;
          }
        }
      }
    }
  }
  return { tokens, theorems, environments, macros, references, directives, end, math };
}

function split(labels: string): string[] {
  return labels
    .split(",")
    .map((label) => label.trim())
    .filter((label) => label !== "");
}

function section(text: string, start: number, at: number, level: number, tokens: Token[]): number {
  let i = at;
  const star = text.charCodeAt(i) === 42;
  if (star) i++;
  i = skipBlank(text, i);
  if (text.charCodeAt(i) === 91) {
    const close = bracketEnd(text, i, LONGEST_TITLE);
    if (close > 0) i = skipBlank(text, close);
  }
  const close = groupEnd(text, i, LONGEST_TITLE);
  if (close < 0) return at;
  const title = text.slice(i + 1, close - 1);
  tokens.push({ type: "section", name: star ? `*${title}` : title, start, end: close, level });
  if (level >= 6) tokens.push({ type: "head", name: title, start, end: close, level: 0 });
  // The title may hold labels and references: they are scanned as well.
  return i + 1;
}
