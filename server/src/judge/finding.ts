import type { TextRange } from "../document/types.js";

/**
 * What a judge can find. Documented codes; the severity of each is a setting of the editor.
 * `step.refuted`: a relation is false, with a witness. The others are opinions of models.
 */
type FindingCode = "step.refuted" | "step.error" | "step.gap";

/** Severities in the words of the language server protocol. */
type Severity = "error" | "warning" | "information" | "hint";

/** Values at which a relation is false. */
export interface Witness {
  /** The values of its letters, exact, as text: `{n: "2", "f(1)": "3"}`; empty where it has no letters. */
  readonly values: Readonly<Record<string, string>>;
  /** The two sides there: exact, or `≈` and ten digits. */
  readonly left: string;
  readonly right: string;
}

/** One defect of a text: a range of UTF-16 offsets, half-open, with what is wrong there. */
export interface Finding extends TextRange {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** One or two sentences for the author, without markup. */
  readonly message: string;
  /** Null for what was not refuted but doubted. */
  readonly witness: Witness | null;
  /** The step of a proof in which it lies; null outside proofs. */
  readonly step: TextRange | null;
  /** Who says so: the relation checker, or reviewers with how many of how many. */
  readonly source:
    | { readonly kind: "relations" }
    | { readonly kind: "review"; readonly judge: string; readonly votes: number; readonly reviews: number };
}
