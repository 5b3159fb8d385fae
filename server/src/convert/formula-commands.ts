import { bigs, controlSymbols, dropped, limitOperators, oldFonts, renamed, shapes, symbols } from "./commands.js";
import { isDenied, reachesOutside } from "./danger.js";
import type { FormulaReader, Place } from "./formula-reader.js";
import { readTag, textCommand } from "./formula-text.js";
import { finish, glue, type Piece, tagMark, UnpairedDelimiters } from "./formula-tokens.js";
import { plainShaped } from "./plain-latex.js";
import { plainSymbol } from "./plain-signs.js";

const atom = (out: string): Piece[] => [{ kind: "atom", out }];

/**
 * Reads one command of a formula with its arguments; null if nothing is left of it.
 * @param name without its backslash
 * @param before the pieces that stand before it in its group
 * @throws BrokenFormula, UnpairedDelimiters
 */
export function readCommand(
  reader: FormulaReader,
  name: string,
  place: Place,
  before: readonly Piece[],
): Piece[] | null {
  const { cursor } = reader;
  if (name.startsWith("@")) return remove(reader, name);
  if (name === "" || (!/^[a-zA-Z]/.test(name) && !controlSymbols.has(name))) {
    return /^\s$/.test(name) ? atom("\\ ") : null;
  }
  const { macros, packages } = reader.options;
  // A document may well have its own `\char`, for a characteristic, but no proof calls its `\input`.
  if (reachesOutside(name)) return remove(reader, name);
  if (macros !== "any" && macros.has(`\\${name}`)) return atom(`\\${name}`);
  if (name === "left" || name === "right" || name === "middle") return fence(reader, name, place);
  if (name === "begin") return reader.environment(place);
  if (name === "tag" || name === "label" || name === "ref" || name === "eqref") return labelled(reader, name);
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
    return cursor.takeDimension() ? atom("\\,") : null;
  if (name === "not") {
    cursor.skipSpace();
    return /^(?:[=<>{|]|\\[a-zA-Z]+)$/.test(cursor.peek()) ? atom(glue(["\\not", reader.argument()])) : null;
  }
  if (bigs.has(name)) {
    const delimiter = cursor.delimiter(false, packages);
    return delimiter === null ? null : atom(glue([`\\${name}`, delimiter]));
  }
  const font = oldFonts.get(name);
  if (font !== undefined) return atom(`\\${font}{${reader.groupRest(place === "optional").trim()}}`);
  if (isDenied(name)) return remove(reader, name);
  const drop = dropped.get(name);
  if (drop !== undefined) {
    if (cursor.token === "*") cursor.at++;
    for (let count = 0; count < drop; count++) cursor.raw();
    return name === "hspace" || name === "mspace" || name === "rule" ? atom("\\ ") : null;
  }
  const other = renamed.get(name);
  if (other !== undefined) {
    if (other === "" || other === "\\\\") return other === "" ? null : reader.row(place);
    if (/^\\[a-zA-Z]+$/.test(other)) return readCommand(reader, other.slice(1), place, before);
    return /^\\(?:operatorname|math[a-z]+|tfrac)\{/.test(other) && !(packages.amsmath && packages.amsfonts)
      ? reader.insteadOf(other)
      : atom(other);
  }
  if (!/^[a-zA-Z]/.test(name)) return atom(`\\${name}`);
  if (symbols.has(name)) {
    return [{ kind: limitOperators.has(name) ? "operator" : "atom", out: plainSymbol(name, packages) ?? `\\${name}` }];
  }
  const shape = shapes.get(name);
  if (shape !== undefined) return [shaped(reader, name, shape)];
  if (macros === "any") return atom(`\\${name}`);
  if (name.length === 1) return atom(`\\mathrm{${name}}`);
  return atom(plainShaped("operatorname", [`{${name}}`], null, packages) ?? `\\operatorname{${name}}`);
}

function shaped(reader: FormulaReader, name: string, shape: string): Piece {
  const { cursor, options } = reader;
  if (shape === "t") return { kind: "atom", out: textCommand(name, cursor.raw(), reader.textContext()) };
  const starred = name === "operatorname" && cursor.token === "*";
  if (starred) cursor.at++;
  const parts: string[] = [];
  let option: string | null = null;
  for (const kind of shape) {
    if (kind === "o") {
      cursor.skipSpace();
      if (cursor.token !== "[") continue;
      cursor.at++;
      option = finish(reader.list("optional"), options.packages);
      cursor.at++;
    } else if (kind === "x") reader.argument();
    else parts.push(reader.argument(name === "substack" ? "rows" : "group"));
  }
  if (name === "sideset") return { kind: "atom", out: parts.at(-1)! };
  if (name === "cancel" && options.dialect === "latex") return { kind: "atom", out: parts[0]! };
  const operator = name === "operatorname" || name === "mathop";
  const as = starred ? "operatorname*" : name;
  const plain = plainShaped(as, parts, option, options.packages, reader.inScript);
  if (plain !== null) return { kind: operator ? "operator" : "atom", out: plain };
  // Blackboard letters exist as capitals only; the font has other signs in the other places.
  const command = name === "mathbb" && /^\{?\s*[a-z0-9]+\s*\}?$/.test(parts[0]!) ? "mathbf" : as;
  return {
    kind: operator ? "operator" : "atom",
    out: spaced([`\\${command}`, ...(option === null ? [] : [`[${option}]`]), ...parts]),
  };
}

function fence(reader: FormulaReader, name: string, place: Place): Piece[] | null {
  const { cursor, options } = reader;
  const delimiter = cursor.delimiter(true, options.packages);
  const plain = delimiter === null || delimiter === "." ? null : atom(delimiter);
  if (reader.flat) return plain;
  if (delimiter === null || name === "right") throw new UnpairedDelimiters();
  if (name === "middle") return place === "left" ? atom(glue(["\\middle", delimiter])) : plain;
  const inner = reader.list("left");
  cursor.at++;
  const right = cursor.delimiter(true, options.packages);
  if (right === null) throw new UnpairedDelimiters();
  return atom(glue(["\\left", delimiter, finish(inner, options.packages), "\\right", right]));
}

function labelled(reader: FormulaReader, name: "tag" | "label" | "ref" | "eqref"): Piece[] | null {
  const { cursor } = reader;
  const starred = cursor.token === "*";
  if (starred) cursor.at++;
  const text = cursor.raw();
  if (name === "label") {
    reader.labels.push(text.trim());
    return null;
  }
  const context = reader.textContext();
  if (name !== "tag") {
    const out = context.reference(text.trim(), name);
    return atom(
      out === null
        ? textCommand("text", `(${text})`, context)
        : `\\${context.packages.amsmath ? "text" : "mbox"}{${out}}`,
    );
  }
  reader.tags.push(readTag(text, starred, context));
  return [{ kind: "tag", out: tagMark(reader.tags.length - 1) }];
}

/** Takes a denied command out, with the groups that belong to it. */
function remove(reader: FormulaReader, name: string): null {
  reader.options.removed.push(`\\${name}${reader.cursor.takeArguments()}`);
  return null;
}

function spaced(parts: readonly string[]): string {
  return glue(
    parts.map((part, index) =>
      index > 0 && /^[0-9]$/.test(part) && parts[index - 1]!.startsWith("\\") ? ` ${part}` : part,
    ),
  );
}
