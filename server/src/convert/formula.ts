import { withoutDenied } from "./danger.js";
import { mostCells, rowsPiece, trimRows } from "./environments.js";
import { FormulaReader, type ReaderOptions } from "./formula-reader.js";
import type { Dialect, Refer } from "./formula-text.js";
import { BrokenFormula, finish, glue, type Piece, type Tag, tagMarks, UnpairedDelimiters } from "./formula-tokens.js";
import { AMS, type LatexPackages } from "./plain-latex.js";

/** What a formula is converted for. */
export interface FormulaOptions {
  readonly dialect: Dialect;
  readonly display: boolean;
  /** What a LaTeX document has beyond the kernel; everything if not given. */
  readonly packages?: LatexPackages;
  /** Commands that the document itself defines, with their backslash; `any` keeps all unknown ones (for a page only). */
  readonly macros?: ReadonlySet<string> | "any";
  /** Where dangerous commands that were taken out are listed, as written. */
  readonly removed?: string[];
  /** The LaTeX of a reference to the tag or label of that name; null if the proof has none. */
  readonly reference?: Refer;
}

/** A formula that compiles with the packages given, or renders in KaTeX. */
export interface Formula {
  /** LaTeX without delimiters; holds tag marks (see `tagMark`) if `environment` is not null. */
  readonly body: string;
  /** The environment that must hold the body, because it has tags in more than one row; else null. */
  readonly environment: "align*" | "gather*" | null;
  /** In order; at most one unless `environment` is not null. */
  readonly tags: readonly Tag[];
  /** The labels that the model wrote in it. */
  readonly labels: readonly string[];
}

/** Tags that a model wrote one after the other (`\tag{1'}, (2')`) are read as one tag that prints both. */
const tagTail =
  /\\tag\*?\s*\{([^{}]*)\}\s*[,;]?\s*((?:(?:\\tag\*?\s*\{[^{}]*\}|\([^()\\{}\s]{1,8}\))\s*[,;]?\s*)+)(\.?)\s*$/;

function joinTags(tex: string): string {
  return tex.replace(tagTail, (_, first: string, rest: string, dot: string) => {
    const others = [...rest.matchAll(/\{([^{}]*)\}|\(([^()]*)\)/g)].map(([, braced, round]) => braced ?? round!);
    return `${dot}\\tag*{${[first, ...others].map((tag) => `(${tag})`).join(", ")}}`;
  });
}

/** `^^5c` and `^^^^005c` are a backslash to TeX: what they hide is made visible before the formula is read. */
function showHiddenCharacters(tex: string, removed: string[]): string {
  let out = tex;
  for (let round = 0; round < 4 && out.includes("^^"); round++) {
    out = out.replace(/\^\^\^\^([0-9a-f]{4})|\^\^+([0-9a-f]{2}|[\s\S]|$)/g, (whole, long: string, code = "") => {
      removed.push(whole);
      const hex = long ?? (code.length === 2 ? code : undefined);
      const number = hex === undefined ? (code === "" ? 0 : code.charCodeAt(0) ^ 64) : Number.parseInt(hex, 16) % 128;
      return String.fromCharCode(number).replace(/[^\x20-\x7E]/g, "");
    });
  }
  return out.replace(/\^{2,}/g, "^");
}

function read(
  tex: string,
  options: FormulaOptions,
  removed: string[],
  flat: boolean,
): { reader: FormulaReader; pieces: Piece[] } {
  const reading: ReaderOptions = {
    dialect: options.dialect,
    packages: options.packages ?? AMS,
    display: options.display,
    macros: options.macros ?? new Set(),
    removed,
    reference: options.reference ?? (() => null),
    math: (inner) => {
      const formula = convertFormula(inner, { ...options, display: false, removed });
      if (formula === null) throw new BrokenFormula("text");
      return formula.body;
    },
  };
  const reader = new FormulaReader(tex, reading, flat);
  return { reader, pieces: reader.read() };
}

/** Converts one formula (without its delimiters); null if nothing that compiles can be made of it. */
export function convertFormula(source: string, options: FormulaOptions): Formula | null {
  const removed: string[] = [];
  const tex = joinTags(showHiddenCharacters(source, removed));
  const attempt = (flat: boolean): Formula => {
    const { reader, pieces } = read(tex, options, removed, flat);
    return options.display ? display(pieces, reader) : inline(pieces, reader);
  };
  const before = removed.length;
  const without: string[] = [];
  try {
    try {
      return attempt(false);
    } catch (error) {
      if (!(error instanceof UnpairedDelimiters)) throw error;
      removed.length = before;
      return attempt(true);
    }
  } catch (error) {
    if (!(error instanceof BrokenFormula)) throw error;
    // It may be the dangerous part that breaks it.
    removed.length = before;
    const rest = withoutDenied(tex, without);
    removed.push(...without);
    return without.length === 0 || rest.trim() === "" ? null : convertFormula(rest, options);
  } finally {
    options.removed?.push(...removed);
  }
}

function withTags(body: string, tags: readonly Tag[], packages: LatexPackages): string {
  return body.replace(tagMarks(), (_, index: string) => {
    const tag = tags[Number(index)]!;
    return ` \\qquad\\${packages.amsmath ? "text" : "mbox"}{${tag.starred ? tag.text : `(${tag.text})`}}`;
  });
}

function inline(pieces: readonly Piece[], { tags, labels, options: { packages } }: FormulaReader): Formula {
  const kept = pieces
    .filter(({ kind }) => kind !== "cell")
    .map((piece) => (piece.kind === "row" ? { ...piece, out: "\\ " } : piece));
  const body = withTags(finish(kept, packages), tags, packages).replace(/\s+/g, " ").trim();
  return { body: /\\$/.test(body) ? `${body} ` : body, environment: null, tags: [], labels };
}

function display(pieces: readonly Piece[], { tags, labels, options }: FormulaReader): Formula {
  const { packages } = options;
  const rows = trimRows(pieces);
  const broken = rows.some(({ kind }) => kind === "row" || kind === "cell");
  const single = broken ? rowsPiece(mostCells(rows) > 1 ? "aligned" : "gathered", rows, packages) : null;
  const whole = single === null ? finish(rows, packages).trim() : single.out;
  if (tags.length <= 1) return { body: tidy(whole.replace(tagMarks(), "")), environment: null, tags, labels };
  const { name, body } = single?.environment ?? singleEnvironment(rows) ?? { name: "", body: whole };
  const once = body.split("\\\\").every((row) => (row.match(tagMarks()) ?? []).length <= 1);
  const inside = (body.match(tagMarks()) ?? []).length === tags.length;
  if (
    options.dialect === "latex" &&
    once &&
    inside &&
    !/\\begin/.test(body) &&
    (name === "aligned" || name === "gathered")
  ) {
    return { body: tidy(body), environment: name === "aligned" ? "align*" : "gather*", tags, labels };
  }
  if (name !== "" || /\\begin\{/.test(body)) {
    return { body: tidy(withTags(whole, tags, packages)), environment: null, tags: [], labels };
  }
  const text = tags.map((tag) => (tag.starred ? tag.text : `(${tag.text})`)).join(", ");
  return {
    body: tidy(body.replace(tagMarks(), "")),
    environment: null,
    tags: [{ text, starred: true, key: "" }],
    labels,
  };
}

function tidy(body: string): string {
  return body
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== "")
    .map((line) => (/(?<!\\)(?:\\\\)*\\$/.test(line) ? `${line} ` : line))
    .join("\n");
}

/** The one environment that a display consists of, with punctuation after it put at the end of its last row. */
function singleEnvironment(pieces: readonly Piece[]): { readonly name: string; readonly body: string } | null {
  const first = pieces.find(({ kind }) => kind !== "space");
  if (first?.environment === undefined || !/^(?:aligned|gathered)$/.test(first.environment.name)) return null;
  const rest = glue(pieces.slice(pieces.indexOf(first) + 1).map(({ out }) => out)).trim();
  if (!/^(?:[.,;]|\\[,;:! ]|\uE003\d+\uE004|\s)*$/.test(rest)) return null;
  return { name: first.environment.name, body: `${first.environment.body} ${rest}`.trim() };
}
