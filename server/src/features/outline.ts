import type { Document, Hole, HoleKind, Proof, Statement, StatementKind } from "../document/types.js";
import { type Elsewhere, NOTHING_ELSEWHERE } from "../workspace/joined.js";

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
  /** Offsets are into `file`, which is that of the proof if it stands in another. */
  readonly holes: readonly {
    readonly kind: HoleKind;
    readonly file: string;
    readonly start: number;
    readonly end: number;
  }[];
  readonly proof: {
    /**
     * The file that holds the proof, by its offsets: as given to `outline`, another file of the project in the same
     * way, or a URI in `qed/statementAt`.
     */
    readonly file: string;
    readonly start: number;
    readonly end: number;
    readonly steps: readonly { readonly start: number; readonly end: number }[];
  } | null;
  /** Second proofs and further solutions in the same file. */
  readonly otherProofs: readonly NonNullable<OutlineEntry["proof"]>[];
}

/** Where an outline has its files from. */
export interface OutlineFiles {
  /** What the document's own proofs name as their file. */
  readonly file: string;
  readonly elsewhere?: Elsewhere;
  /** How a proof in another file names it, by its absolute path. */
  readonly nameOf?: (path: string) => string;
}

/** The outline of a document, with the proofs that other files of its project hold for it. */
export function outline(
  document: Document,
  { file, elsewhere = NOTHING_ELSEWHERE, nameOf = (path) => path }: OutlineFiles,
): OutlineEntry[] {
  return document.statements.map((statement) => {
    const foreign = elsewhere.proof(statement);
    if (!foreign) return entry(statement, statement.proof, statement.holes, file, file);
    const name = foreign.document === document ? file : nameOf(foreign.path);
    return entry(statement, foreign.proof, statement.provable ? foreign.holes : [], name, file);
  });
}

function entry(
  statement: Statement,
  proof: Proof | null,
  holes: readonly Hole[],
  file: string,
  own: string,
): OutlineEntry {
  const { kind, name, title, label, start, end, provable } = statement;
  return {
    kind,
    name,
    title,
    label,
    start,
    end,
    provable,
    hole: holes.length > 0,
    holes: holes.map((hole) => ({ kind: hole.kind, file, start: hole.start, end: hole.end })),
    proof: proof && proofEntry(proof, file),
    otherProofs: statement.otherProofs.map((other) => proofEntry(other, own)),
  };
}

function proofEntry({ start, end, steps }: Proof, file: string): NonNullable<OutlineEntry["proof"]> {
  return { file, start, end, steps: steps.map((step) => ({ start: step.start, end: step.end })) };
}
