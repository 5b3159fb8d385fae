import { citation } from "../document/citations.js";
import type { Document, Hole, Proof, Statement, StatementKind } from "../document/types.js";

/** A file of a project with its document. */
export interface ProjectDocument {
  /** Absolute. */
  readonly path: string;
  readonly document: Document;
}

/** A statement that stands in another file. */
interface ForeignStatement extends ProjectDocument {
  readonly statement: Statement;
}

/** A proof that stands apart from its statement, with the places in it that ask for more. */
interface ForeignProof extends ProjectDocument {
  readonly proof: Proof;
  readonly holes: readonly Hole[];
}

/** What the other files of a project hold for one document. */
export interface Elsewhere {
  /** The statement with this label in another file, or null. */
  statement(label: string): ForeignStatement | null;
  /** The proof of a statement of this document that has none beside it, or null. */
  proof(statement: Statement): ForeignProof | null;
  /** Whether another file has a label of that name, of whatever it may be. */
  hasLabel(label: string): boolean;
}

/** For documents that stand alone. */
export const NOTHING_ELSEWHERE: Elsewhere = { statement: () => null, proof: () => null, hasLabel: () => false };

/** What one document holds for others: statements by label, proofs by what they prove. */
interface Joins {
  readonly statements: ReadonlyMap<string, Statement>;
  /** By label, or by the command (`\main`) of a `restatable`. */
  readonly proofs: ReadonlyMap<string, Kept>;
}

interface Kept {
  readonly proof: Proof;
  readonly holes: readonly Hole[];
  /** The kind of the statement that says it again, null if the proof stands alone. */
  readonly kind: StatementKind | null;
}

/** Looks things up for `own` in the other documents of its project, the first that has them winning. */
export function elsewhere(own: ProjectDocument, others: readonly ProjectDocument[]): Elsewhere {
  const withOwn = [...others, own];
  return {
    hasLabel: (label) => others.some(({ document }) => definesLabel(document, label)),
    statement(label) {
      for (const other of others) {
        const statement = joinsOf(other.document).statements.get(label);
        if (statement) return { ...other, statement };
      }
      return null;
    },
    proof(statement) {
      if (statement.proof !== null) return null;
      const command = restatable(own.document.text, statement);
      for (const key of [statement.label, command]) {
        // A restated theorem may have its proof further on in the same file.
        for (const other of key === null ? [] : key === command ? withOwn : others) {
          const found = joinsOf(other.document).proofs.get(key!);
          if (found && (found.kind ?? statement.kind) === statement.kind) {
            return { ...other, proof: found.proof, holes: found.holes };
          }
        }
      }
      return null;
    },
  };
}

/** Whether a document has a label of that name: a statement's, or any other's (`\label{x}`, `\thlabel{x}`, `[label=x]`). */
export function definesLabel({ text, statements }: Document, label: string): boolean {
  if (statements.some((statement) => statement.label === label) || text.includes(`label{${label}}`)) return true;
  for (let at = text.indexOf(label); at >= 0; at = text.indexOf(label, at + 1)) {
    const before = text.slice(Math.max(0, at - 12), at);
    const after = text.slice(at + label.length, at + label.length + 4);
    if (/label\s*=\s*\{?$/.test(before) && /^\s*[,\]}]/.test(after)) return true;
  }
  return false;
}

const KNOWN = new WeakMap<Document, Joins>();

function joinsOf(document: Document): Joins {
  const known = KNOWN.get(document);
  if (known) return known;
  const statements = new Map<string, Statement>();
  const proofs = new Map<string, Kept>();
  const add = (key: string | null, proof: Proof, holes: readonly Hole[], kind: StatementKind | null = null) => {
    if (key !== null && !proofs.has(key)) proofs.set(key, { proof, holes, kind });
  };
  for (const statement of document.statements) {
    if (statement.label !== null && !statements.has(statement.label)) statements.set(statement.label, statement);
  }
  for (const proof of document.looseProofs) {
    for (const label of proof.labels) add(label, proof, proof.holes);
    if (proof.labels.length === 0) add(restatedAbove(document.text, proof.start), proof, proof.holes);
  }
  for (const statement of document.statements) {
    if (!statement.proof) continue;
    for (const label of restates(document.text, statement)) {
      if (!statements.has(label)) add(label, statement.proof, statement.holes, statement.kind);
    }
  }
  const joins = { statements, proofs };
  KNOWN.set(document, joins);
  return joins;
}

/** The command that states a `restatable` again, with its backslash; null for other statements. */
function restatable(text: string, { start }: Statement): string | null {
  const opening = /^\\begin\s*\{restatable\*?\}\s*(?:\[[^\]]{0,400}\]\s*)?\{[^{}]{1,80}\}\s*\{([A-Za-z@]{1,80})\}/.exec(
    text.slice(start, start + 700),
  );
  return opening && `\\${opening[1]}`;
}

/** The command on the line above a proof, which may state a `restatable` again. */
function restatedAbove(text: string, start: number): string | null {
  const above = /(\\[A-Za-z@]{1,80})\*?(?:\{\})?\s*(?:%[^\n]{0,200}\s*){0,3}$/.exec(
    text.slice(Math.max(0, start - 400), start),
  );
  return above && above[1]!;
}

const AGAIN = /restat|repeat|recall|again|wiederh|rappel|^\s*(?:\p{Lu}\p{L}*[\s~.]*)?\\\w*ref\*?\s*\{[^{}]*\}[\s.]*$/iu;

/** The labels of what a statement says again: `[Theorem~\ref{x}, restated]`, `\begin{reptheorem}{x}`. */
function restates(text: string, statement: Statement): readonly string[] {
  const repeated = /^\\begin\s*\{(?:rep|restate)\w*\*?\}\s*\{([^{}]{1,200})\}/.exec(
    text.slice(statement.start, statement.start + 300),
  );
  if (repeated) return [repeated[1]!.trim()];
  // "Corollary (of Theorem~\ref{x})" does not say Theorem x again.
  if (statement.title === null || !AGAIN.test(statement.title)) return [];
  return citation(statement.title)?.labels ?? [];
}
