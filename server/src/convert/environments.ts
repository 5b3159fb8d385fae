import { BrokenFormula, glue, type Piece } from "./formula-tokens.js";

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

/**
 * An environment as it may stand in a display of a document that has only amsmath. What would stop TeX there is
 * rewritten: more columns than declared, `&` in `gathered`, a third column in `cases`, an eleventh in `pmatrix`.
 *
 * @throws BrokenFormula if the environment is not one of mathematics.
 */
export function environmentPiece(starredName: string, argument: string, content: readonly Piece[]): Piece {
  const name = inside[starredName.replace(/\*$/, "")];
  if (name === undefined) throw new BrokenFormula(starredName);
  const pieces = trimRows(content);
  const cells = mostCells(pieces);
  // `aligned` and its kin would take a bracket at their beginning for their option.
  const body = glue(pieces.map((piece) => piece.out))
    .trim()
    .replace(/^\[/, "{}[");
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
  if (name === "eqnarray") return cells > 3 ? plain("aligned") : array("rcl");
  if (name === "rcases" || (name === "cases" && cells > 2)) return array("l".repeat(cells), ...fences[name]!);
  if (name === "gathered") return plain(cells > 1 ? "aligned" : "gathered");
  if (name in fences && name !== "cases" && cells > 10) return array("c".repeat(cells), ...fences[name]!);
  return plain(name);
}
