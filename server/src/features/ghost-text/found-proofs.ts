import { FoundProof } from "../../align/align.js";
import type { RunStore } from "../../store/store.js";

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

/** What a run is about: the first line of its file says so, and never changes. */
interface About {
  readonly statement: string;
  readonly uri: string;
}

interface Known {
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

/** The proofs of the runs on disk, by what they prove: of each run its head is read once, all of it where it matters. */
export class FoundProofs {
  readonly #store: Pick<RunStore, "ids" | "read" | "summary">;
  readonly #now: () => number;
  readonly #about = new Map<string, About | null>();
  readonly #known = new Map<string, Known>();

  constructor(store: Pick<RunStore, "ids" | "read" | "summary">, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * The proofs for a statement, those of its own document first, the newest first.
   * @param statement its text, white space normalised
   */
  async of(statement: string, uri: string, signal: AbortSignal): Promise<readonly ProofOfRun[]> {
    const ids = this.#store.ids().slice(-MOST_RUNS).reverse();
    this.#forgetBut(new Set(ids));
    let began = performance.now();
    const others = async () => {
      if (performance.now() - began < SLICE_MS) return;
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    };
    for (const id of ids) {
      if (this.#about.has(id)) continue;
      this.#about.set(id, this.#aboutOf(id));
      await others();
      if (signal.aborted) return [];
    }
    const about = ids.filter((id) => this.#about.get(id)?.statement === statement);
    const isOwn = (id: string) => this.#about.get(id)?.uri === uri;
    const proofs: ProofOfRun[] = [];
    for (const id of [...about.filter(isOwn), ...about.filter((id) => !isOwn(id))]) {
      const known = this.#knownOf(id);
      if (known.proof && proofs.push(known.proof) === MOST_PROOFS) break;
      await others();
      if (signal.aborted) return [];
    }
    return proofs;
  }

  #forgetBut(ids: ReadonlySet<string>): void {
    for (const id of this.#about.keys()) {
      if (ids.has(id)) continue;
      this.#about.delete(id);
      this.#known.delete(id);
    }
  }

  /** null for a file that can't be read or that a later version wrote. */
  #aboutOf(id: string): About | null {
    const summary = this.#store.summary(id);
    if (summary === null || "newer" in summary) return null;
    const { text, uri } = summary.header.statement;
    return { statement: text, uri };
  }

  #knownOf(id: string): Known {
    const before = this.#known.get(id);
    if (before && before.until > this.#now()) return before;
    const known = this.#read(id, before?.proof ?? null);
    this.#known.set(id, known);
    return known;
  }

  #read(id: string, before: ProofOfRun | null): Known {
    const now = this.#now();
    const run = this.#runOf(id);
    if (run === null) return { proof: null, until: now + SETTLED_MS };
    const { header, answer, outcome, engine } = run;
    const kind = outcome?.kind;
    const running = outcome === null;
    const offers =
      answer !== null && answer.text.trim() !== "" && (running || kind === "proved" || kind === "cut-short");
    const until = kind === "proved" ? Number.POSITIVE_INFINITY : now + (running ? FRESH_MS : SETTLED_MS);
    if (!offers) return { proof: null, until };
    const proof = {
      found: before?.found.text === answer.text ? before.found : new FoundProof(answer.text),
      complete: kind === "proved",
      running,
      time: header.time,
      model: engine?.model ?? "",
    };
    return { proof, until };
  }

  #runOf(id: string) {
    try {
      return this.#store.read(id)?.run ?? null;
    } catch {
      // A file that can't be read is a run that isn't there.
      return null;
    }
  }
}
