import type { Document } from "../document/types.js";

/** A lens above a statement, at the offset of its start. */
export interface Lens {
  readonly offset: number;
  readonly title: string;
}

/** Where "Prove this" is offered: above holes, above everything provable, or nowhere. */
export function lenses(document: Document, mode: "holes" | "all" | "off"): Lens[] {
  if (mode === "off") return [];
  return document.statements
    .filter(({ provable, hole }) => provable && (mode === "all" || hole))
    .map(({ start, proof }) => ({ offset: start, title: proof ? "Continue this proof" : "Prove this" }));
}
