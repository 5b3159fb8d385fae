import type { Document, HoleKind, StatementKind } from "../document/types.js";

/**
 * One statement as `qed outline --json` and `qed/statementAt` give it. A contract: fields may be added. Offsets are
 * UTF-16, half-open.
 */
export interface OutlineEntry {
  readonly kind: StatementKind;
  readonly name: string;
  readonly title: string | null;
  readonly label: string | null;
  readonly start: number;
  readonly end: number;
  readonly provable: boolean;
  readonly hole: boolean;
  readonly holes: readonly { readonly kind: HoleKind; readonly start: number; readonly end: number }[];
  readonly proof: {
    /** The file that holds the proof: as given to `outline`, or a URI in `qed/statementAt`. */
    readonly file: string;
    readonly start: number;
    readonly end: number;
    readonly steps: readonly { readonly start: number; readonly end: number }[];
  } | null;
}

/** The outline of a document; `file` is what its proofs name as their file. */
export function outline(document: Document, file: string): OutlineEntry[] {
  return document.statements.map((statement) => ({
    kind: statement.kind,
    name: statement.name,
    title: statement.title,
    label: statement.label,
    start: statement.start,
    end: statement.end,
    provable: statement.provable,
    hole: statement.hole,
    holes: statement.holes.map(({ kind, start, end }) => ({ kind, start, end })),
    proof: statement.proof && {
      file,
      start: statement.proof.start,
      end: statement.proof.end,
      steps: statement.proof.steps.map(({ start, end }) => ({ start, end })),
    },
  }));
}
