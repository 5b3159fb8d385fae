import type { Document, Statement } from "../document/types.js";

/** A lens above a statement, at the offset of its start. */
export interface Lens {
  readonly offset: number;
  readonly title: string;
}

/**
 * Where "Prove this" is offered: above holes, above everything provable, or nowhere.
 * @param provedElsewhere whether another file holds the proof of a statement that has none here
 */
export function lenses(
  document: Document,
  mode: "holes" | "all" | "off",
  provedElsewhere: (statement: Statement) => boolean = () => false,
): Lens[] {
  if (mode === "off") return [];
  return document.statements
    .filter((statement) => statement.provable && (mode === "all" || (statement.hole && !provedElsewhere(statement))))
    .map(({ start, proof }) => ({ offset: start, title: proof ? "Continue this proof" : "Prove this" }));
}
