import { trimRange } from "../blocks.js";
import { readDirective } from "../directives.js";
import type { Macro } from "../types.js";
import { type Checkpoint, type Knowledge, LOOK, type Scan } from "./checkpoints.js";
import { readCall } from "./declarers.js";
import { type Definition, edgesOf, isDefining, readDefinition } from "./definitions.js";
import { Found } from "./found.js";
import { bracketEnd, type Fuel, readName } from "./groups.js";
import { Known } from "./known.js";
import { readLabels, readSection } from "./labels.js";
import { type Printing, printedHead } from "./printing-macros.js";
import { headText, opensParagraph, skipFalse, urlEnd, verbEnd } from "./skips.js";
import type { Lexed } from "./tokens.js";
import { HEADS, PICTURES, REFERENCES, SECTIONS, URLS, VERBATIM } from "./vocabulary.js";

/** Checkpoints stand at line ends, at least this far apart, in UTF-16 units. */
const APART = 1_000;

/** The begin of a text. */
export const START: Checkpoint = {
  at: 0,
  reach: 0,
  knowledge: { inMath: false, opaque: VERBATIM, declarers: new Map(), printers: new Map(), unclosed: new Set() },
  fuelUsed: 0,
  tokens: 0,
  exercises: 0,
  theorems: 0,
  environments: 0,
  macros: 0,
  references: 0,
  directives: 0,
  dollar: 0,
  paren: 0,
  double: 0,
  bracket: 0,
};

/** Scans LaTeX once, from left to right. Total: any text, cut anywhere, gives a result in linear time. */
export function lex(text: string): Lexed {
  return scan(text).lexed;
}

/** Scans a whole text so that changes of it can be scanned at little cost. */
export function scan(text: string): Scan {
  const { found, end, knowledge, fuelUsed } = scanFrom(text, START, null);
  const { tokens, exercises, theorems, environments, macros, references, directives, math } = found;
  const lexed = { tokens, exercises, theorems, environments, macros, references, directives, end, math };
  return { lexed, checkpoints: found.checkpoints, fuelUsed, unclosed: knowledge.unclosed };
}

/** What is asked at the line ends at or after `at` while a scan goes on. */
export interface Stop {
  at: number;
  /** Whether the scan ends here; sets `at` to where it wants to be asked next. */
  isHere(offset: number, knowledge: Knowledge): boolean;
}

/** A part of a text that has been scanned. */
export interface ScannedPart {
  readonly found: Found;
  /** Where it stopped, at the text's end for TeX if nothing stopped it before. */
  readonly end: number;
  readonly stopped: boolean;
  readonly knowledge: Knowledge;
  readonly fuelUsed: number;
  /** What lies at or after this offset was not looked at. */
  readonly reach: number;
}

/** Scans a text from a checkpoint on, to its end or to where `stop` says. */
export function scanFrom(text: string, from: Checkpoint, stop: Stop | null): ScannedPart {
  const scanner = new Scanner(text, from);
  const stopped = scanner.run(from.at, stop);
  const { found, end, knowledge, fuelUsed } = scanner;
  return { found, end, stopped, knowledge, fuelUsed, reach: scanner.reachFrom(end) };
}

class Scanner {
  readonly found: Found;
  end: number;
  readonly #text: string;
  readonly #fuel: Fuel;
  readonly #fuelAtFirst: number;
  readonly #known: Known;

  constructor(text: string, from: Checkpoint) {
    this.#text = text;
    this.found = new Found(from);
    this.end = text.length;
    this.#fuelAtFirst = 200_000 + 4 * text.length;
    this.#fuel = { left: this.#fuelAtFirst - from.fuelUsed, reach: from.reach - LOOK };
    this.#known = new Known(from.knowledge);
  }

  get knowledge(): Knowledge {
    return this.#known.value;
  }

  get fuelUsed(): number {
    return this.#fuelAtFirst - this.#fuel.left;
  }

  /** Gives whether `stop` ended it. */
  run(from: number, stop: Stop | null): boolean {
    const text = this.#text;
    const { math, directives } = this.found;
    const known = this.#known;
    let due = from + APART;
    let ask = stop === null ? Number.POSITIVE_INFINITY : stop.at;
    let i = from;
    while (i < this.end) {
      const c = text.charCodeAt(i);
      if (c === 10) {
        if (i >= ask) {
          if (stop!.isHere(i, this.knowledge)) {
            this.end = i;
            return true;
          }
          ask = stop!.at;
        }
        if (i >= due) {
          this.#mark(i);
          due = i + APART;
        }
        if (known.inMath && text.charCodeAt(i + 1) === 10) known.inMath = false;
        i++;
      } else if (c === 37) {
        let close = text.indexOf("\n", i);
        if (close < 0) close = text.length;
        const directive = close - i > 4 ? readDirective(text, i, trimRange(text, i, close).end) : null;
        if (directive) directives.push(directive);
        i = close;
      } else if (c === 36) {
        if (text.charCodeAt(i + 1) === 36 && !known.inMath) {
          math.double++;
          i += 2;
        } else {
          known.inMath = !known.inMath;
          if (known.inMath) math.dollar++;
          i++;
        }
      } else if (c === 92) i = this.#command(i);
      else i++;
    }
    return false;
  }

  /** How far may have been looked by a scan that stands at `at`. */
  reachFrom(at: number): number {
    return Math.max(this.#fuel.reach, at) + LOOK;
  }

  #mark(at: number): void {
    const { knowledge, fuelUsed } = this;
    const counts = this.found.counts();
    this.found.checkpoints.push({ at, reach: this.reachFrom(at), knowledge, fuelUsed, ...counts });
  }

  /** Reads what the backslash at `start` begins; gives the offset after it. */
  #command(start: number): number {
    const text = this.#text;
    const { found } = this;
    let j = start + 1;
    for (let d = text.charCodeAt(j); (d >= 97 && d <= 122) || (d >= 65 && d <= 90) || d === 64; d = text.charCodeAt(j))
      j++;
    if (j === start + 1) {
      const d = text.charCodeAt(j);
      if (d === 40) found.math.paren++;
      else if (d === 91) found.math.bracket++;
      return start + 2;
    }
    const command = text.slice(start + 1, j);
    switch (command) {
      case "begin": {
        const name = readName(text, j);
        if (!name) return j;
        if (this.#known.isOpaque(name.name) || PICTURES.has(name.name)) return this.#skip(name.name, name.end);
        found.push("begin", name.name, start, name.end);
        return name.end;
      }
      case "end": {
        const name = readName(text, j);
        if (!name) return j;
        if (name.name === "document") this.end = start;
        else found.push("end", name.name, start, name.end);
        return name.end;
      }
      case "endinput":
        this.end = start;
        return j;
      case "string":
        // What it stands before is printed, and does nothing.
        return text.charCodeAt(j) === 92 ? j + 2 : j;
      case "verb":
      case "lstinline":
      case "mintinline":
        return verbEnd(text, j, command);
      case "if":
        // \if0 compares 0 with what follows it.
        return text.charCodeAt(j) === 48 && text.charCodeAt(j + 1) !== 48 ? skipFalse(text, j + 1) : j;
      case "iffalse":
        return skipFalse(text, j);
      case "label":
      case "thlabel": {
        const name = readName(text, j);
        if (!name) return j;
        found.push("label", name.name, start, name.end);
        return name.end;
      }
      case "qed":
      case "blacksquare":
      case "square":
      case "Box":
      case "qedsymbol":
        found.push("qed", command, start, j);
        return j;
      case "proof":
      case "endproof":
        found.push(command, command, start, j);
        return j;
      default:
        return this.#other(command, start, j);
    }
  }

  #other(command: string, start: number, at: number): number {
    const text = this.#text;
    const level = SECTIONS.get(command);
    if (level !== undefined) return this.#section(start, at, level);
    if (HEADS.has(command)) {
      const head = headText(text, start, at);
      // What the head holds (labels, references) is scanned as well.
      if (head) this.found.push("head", head.text, head.start, head.end);
      return at;
    }
    if (REFERENCES.has(command)) return this.#refer(start, at, false);
    if (URLS.has(command)) {
      if (command === "hyperref") return this.#refer(start, at, true);
      const open = text.charCodeAt(at) === 91 ? bracketEnd(text, at, 200) : at;
      return open < 0 ? at : urlEnd(text, open);
    }
    const printing = this.#known.printing(command);
    if (printing) return this.#print(printing, command, start, at);
    const declarer = this.#known.declarer(command);
    if (declarer !== undefined) return this.#declareBy(declarer, start, at);
    if (!isDefining(command)) return at;
    const star = text.charCodeAt(at) === 42;
    const definition = readDefinition(text, command, start, star ? at + 1 : at, this.#fuel, star);
    if (!definition) return at;
    this.#define(definition);
    return definition.end;
  }

  /** A macro that stands for a head or for an end mark. */
  #print(printing: Printing, command: string, start: number, at: number): number {
    const text = this.#text;
    if (printing.type === "qed") {
      this.found.push("qed", command, start, at);
      return at;
    }
    const head = opensParagraph(text, start) ? printedHead(text, at, printing) : null;
    if (!head) return at;
    this.found.push("head", head.text, start, head.end);
    return head.end;
  }

  /** Passes over an environment whose content is no structure. */
  #skip(name: string, at: number): number {
    const close = `\\end{${name}}`;
    const found = this.#known.isUnclosed(name) ? -1 : this.#text.indexOf(close, at);
    if (found >= 0) return found + close.length;
    if (!PICTURES.has(name)) return this.end;
    this.#known.leaveOpen(name);
    return at;
  }

  #section(start: number, at: number, level: number): number {
    const section = readSection(this.#text, at);
    if (!section) return at;
    const { title, isStarred, titleStart, end } = section;
    this.found.push("section", isStarred ? `*${title}` : title, start, end, level);
    if (level >= 6) this.found.push("head", title, start, end);
    // The title may hold labels and references: they are scanned as well.
    return titleStart;
  }

  #refer(start: number, at: number, inBrackets: boolean): number {
    const read = readLabels(this.#text, at, inBrackets);
    if (!read) return at;
    this.found.references.push({ labels: read.labels, start, end: read.end });
    return read.end;
  }

  #define(definition: Definition): void {
    const { found } = this;
    if (definition.type === "macro") {
      const { macro } = definition;
      found.macros.push(macro);
      this.#known.define(macro);
    } else if (definition.type === "theorem") found.theorems.push(...definition.theorems);
    else if (definition.type === "opaque") this.#known.hide(definition.name);
    else if (definition.type === "environment") {
      const { name, begin, parameters } = definition;
      if (/^\s*\\(?:comment|verbatim|lstlisting|begin\{(?:comment|verbatim)\})/.test(begin)) this.#known.hide(name);
      else found.environments.push({ name, begin, parameters });
    }
  }

  /** What a macro of the document's own declares, opens or ends where it is called. */
  #declareBy(declarer: Macro, start: number, at: number): number {
    const call = readCall(this.#text, at, declarer, this.#fuel);
    if (!call) return at;
    this.found.theorems.push(...call.theorems);
    for (const { type, name } of edgesOf(declarer.body))
      if (!this.#known.isOpaque(name)) this.found.push(type, name, start, call.end);
    return call.end;
  }
}
