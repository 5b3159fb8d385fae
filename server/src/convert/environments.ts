import { BrokenFormula, glue, type Piece } from "./formula-tokens.js";
import type { LatexPackages } from "./plain-latex.js";

/** Environments that are replaced by another that may stand inside a display. */
const inside: Readonly<Record<string, string>> = {
  align: "aligned",
  alignat: "aligned",
  alignedat: "aligned",
  flalign: "aligned",
  split: "aligned",
  aligned: "aligned",
  eqnarray: "eqnarray",
  gather: "gathered",
  gathered: "gathered",
  multline: "gathered",
  multlined: "gathered",
  cases: "cases",
  dcases: "cases",
  rcases: "rcases",
  array: "array",
  tabular: "array",
  subarray: "array",
  smallmatrix: "smallmatrix",
  matrix: "matrix",
  pmatrix: "pmatrix",
  bmatrix: "bmatrix",
  Bmatrix: "Bmatrix",
  vmatrix: "vmatrix",
  Vmatrix: "Vmatrix",
};

/** Environments that only say "this is a display" and disappear into the one that is written. */
export const transparent: ReadonlySet<string> = new Set(["equation", "displaymath", "math"]);

const fences: Readonly<Record<string, readonly [string, string]>> = {
  matrix: ["", ""],
  pmatrix: ["\\left(", "\\right)"],
  bmatrix: ["\\left[", "\\right]"],
  Bmatrix: ["\\left\\{", "\\right\\}"],
  vmatrix: ["\\left|", "\\right|"],
  Vmatrix: ["\\left\\|", "\\right\\|"],
  cases: ["\\left\\{", "\\right."],
  rcases: ["\\left.", "\\right\\}"],
};

/** Whether an environment (without star) takes a braced argument: column types, or a number of columns. */
export function takesArgument(name: string): boolean {
  return ["array", "tabular", "subarray", "alignat", "alignedat"].includes(name);
}

/** The most cells in one row. */
export function mostCells(pieces: readonly Piece[]): number {
  let most = 1;
  let row = 1;
  for (const piece of pieces) {
    if (piece.kind === "cell") row++;
    if (piece.kind === "row") row = 1;
    most = Math.max(most, row);
  }
  return most;
}

/** Takes white space and row ends from the end of rows: LaTeX would print an empty row. */
export function trimRows(pieces: readonly Piece[]): readonly Piece[] {
  let end = pieces.length;
  while (end > 0 && (pieces[end - 1]!.kind === "space" || pieces[end - 1]!.kind === "row")) end--;
  return pieces.slice(0, end);
}

/** A relation or a sign at the beginning of a column needs something before it to keep its distance from. */
function plainBody(pieces: readonly Piece[], aligned: boolean): string {
  const out: string[] = [];
  let column = 0;
  let fresh = true;
  for (const { kind, out: tex } of pieces) {
    const rule = kind === "atom" && tex.startsWith("\\hline");
    if (fresh && kind !== "cell" && kind !== "row" && kind !== "space" && !rule) {
      out.push(column % 2 === 1 && aligned ? "\\displaystyle{}" : "\\displaystyle ");
      fresh = false;
    }
    // Tall rows would touch.
    out.push(kind === "row" ? tex.replace(/^\\\\(?:\{\})?(?!\[|\{)/, "\\\\[1ex]") : tex);
    if (kind === "cell") column++;
    if (kind === "row") column = 0;
    if (kind === "cell" || kind === "row") fresh = true;
  }
  return glue(out).trim();
}

/**
 * Rows of a display as `aligned` or `gathered`, or as an `array` that prints the same where amsmath is missing.
 */
export function rowsPiece(name: "aligned" | "gathered", content: readonly Piece[], packages: LatexPackages): Piece {
  const pieces = trimRows(content);
  const cells = mostCells(pieces);
  if (packages.amsmath) {
    // `aligned` and its kin would take a bracket at their beginning for their option.
    const body = glue(pieces.map((piece) => piece.out))
      .trim()
      .replace(/^\[/, "{}[");
    return {
      kind: "environment",
      out: `\\begin{${name}}\n${body}\n\\end{${name}}`,
      environment: { name, body, cells },
    };
  }
  const aligned = name === "aligned" && cells > 1;
  const pairs = Array.from({ length: Math.ceil(cells / 2) }, () => "r@{}l");
  const columns = aligned ? pairs.join("@{\\qquad}") : "c";
  const body = plainBody(pieces, aligned);
  return {
    kind: "environment",
    out: `\\begin{array}{${columns}}\n${body}\n\\end{array}`,
    environment: { name: "array", body, cells },
  };
}

/**
 * An environment as it may stand in a display of a document that has only amsmath, or not even that. What would stop TeX there is
 * rewritten: more columns than declared, `&` in `gathered`, a third column in `cases`, an eleventh in `pmatrix`.
 *
 * @throws BrokenFormula if the environment is not one of mathematics.
 */
export function environmentPiece(
  starredName: string,
  argument: string,
  content: readonly Piece[],
  packages: LatexPackages,
): Piece {
  const name = inside[starredName.replace(/\*$/, "")];
  if (name === undefined) throw new BrokenFormula(starredName);
  const pieces = trimRows(content);
  const cells = mostCells(pieces);
  if (name === "aligned") return rowsPiece("aligned", pieces, packages);
  if (name === "gathered") return rowsPiece(cells > 1 ? "aligned" : "gathered", pieces, packages);
  if (name === "eqnarray" && cells > 3) return rowsPiece("aligned", pieces, packages);
  const body = glue(pieces.map((piece) => piece.out)).trim();
  const plain = (as: string): Piece => ({
    kind: "environment",
    out: `\\begin{${as}}\n${body}\n\\end{${as}}`,
    environment: { name: as, body, cells },
  });
  const array = (columns: string, left = "", right = ""): Piece => ({
    kind: "environment",
    out: `${left}\\begin{array}{${columns}}\n${body}\n\\end{array}${right}`,
    environment: { name: "array", body, cells },
  });
  if (name === "array") {
    const asked = argument.replace(/[^lcr|]/g, "");
    const missing = cells - asked.replace(/\|/g, "").length;
    return array(asked + (asked.at(-1)?.replace("|", "c") ?? "c").repeat(Math.max(0, missing)));
  }
  if (name === "eqnarray") return array("rcl");
  if (name === "rcases" || (name === "cases" && (cells > 2 || !packages.amsmath))) {
    return array("l".repeat(cells), ...fences[name]!);
  }
  if (name in fences && name !== "cases" && (cells > 10 || !packages.amsmath)) {
    return array("c".repeat(cells), ...fences[name]!);
  }
  if (name === "smallmatrix" && !packages.amsmath) return array("c".repeat(cells));
  return plain(name);
}
