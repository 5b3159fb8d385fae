import { FoundProof } from "../../align/align.js";
import type { StoredRun } from "../../store/parse-run.js";

/** What is read of the runs on disk. */
export interface RunsOnDisk {
  ids(): string[];
  read(id: string): StoredRun | null;
}

/** A proof that a run found or is writing. */
export interface ProofOfRun {
  readonly found: FoundProof;
  /** False while the run goes on, and for what its budget cut short. */
  readonly complete: boolean;
  /** Whether the run goes on. */
  readonly running: boolean;
  /** ISO 8601, when the run began. */
  readonly time: string;
  readonly model: string;
}

interface Known {
  readonly statement: string;
  readonly uri: string;
  readonly proof: ProofOfRun | null;
  /** When it is read again, in milliseconds of the clock; runs that have ended with a proof stay as they are. */
  readonly until: number;
}

/** How often a run that goes on is read again, in milliseconds. */
const FRESH_MS = 300;
/** Runs without a proof may be continued; they are looked at again after this, in milliseconds. */
const SETTLED_MS = 30_000;
/** Most runs that are looked at: the newest. */
const MOST_RUNS = 2_000;
/** Most proofs that one statement is compared with. */
const MOST_PROOFS = 8;
/** How long reading may hold up other work, in milliseconds. */
const SLICE_MS = 8;

/** The proofs of the runs on disk, by what they prove; read once, and again only what may have changed. */
export class FoundProofs {
  readonly #store: RunsOnDisk;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();

  constructor(store: RunsOnDisk, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * The proofs for a statement, those of its own document first, the newest first.
   * @param statement its text, white space normalised
   */
  async of(statement: string, uri: string, signal: AbortSignal): Promise<readonly ProofOfRun[]> {
    const ids = this.#store.ids().slice(-MOST_RUNS).reverse();
    const here = new Set(ids);
    for (const id of this.#known.keys()) if (!here.has(id)) this.#known.delete(id);
    let began = performance.now();
    for (const id of ids) {
      const known = this.#known.get(id);
      if (known && (known.until > this.#now() || known.statement !== statement)) continue;
      this.#known.set(id, this.#read(id, known));
      if (performance.now() - began < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return [];
      began = performance.now();
    }
    const about = ids.flatMap((id) => {
      const known = this.#known.get(id);
      return known?.statement === statement && known.proof ? [{ ...known, proof: known.proof }] : [];
    });
    const own = about.filter((known) => known.uri === uri);
    const others = about.filter((known) => known.uri !== uri);
    return [...own, ...others].slice(0, MOST_PROOFS).map(({ proof }) => proof);
  }

  #read(id: string, before: Known | undefined): Known {
    const now = this.#now();
    let run: StoredRun["run"] | null = null;
    try {
      run = this.#store.read(id)?.run ?? null;
    } catch {
      // A file that can't be read is a run that isn't there.
    }
    if (run === null) return { statement: before?.statement ?? "", uri: "", proof: null, until: now + SETTLED_MS };
    const { header, answer, outcome, engine } = run;
    const { text: statement, uri } = header.statement;
    const kind = outcome?.kind;
    const running = outcome === null;
    const offers =
      answer !== null && answer.text.trim() !== "" && (running || kind === "proved" || kind === "cut-short");
    const until = kind === "proved" ? Number.POSITIVE_INFINITY : now + (running ? FRESH_MS : SETTLED_MS);
    if (!offers) return { statement, uri, proof: null, until };
    const same = before?.proof?.found.text === answer.text ? before.proof.found : null;
    const proof = {
      found: same ?? new FoundProof(answer.text),
      complete: kind === "proved",
      running,
      time: header.time,
      model: engine?.model ?? "",
    };
    return { statement, uri, proof, until };
  }
}
