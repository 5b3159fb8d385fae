import type { TextChange } from "./changes.js";
import { detached } from "./detached.js";
import { type ReadProof, readProof } from "./read-proof.js";
import type { Syntax, TextRange } from "./types.js";

/** Most proofs whose reading is remembered by what they say, beside those of the text as it is. */
const MOST = 4_000;

/**
 * What was read from the proofs of a text, so that an edit elsewhere reads none of them again: by where they stand, and,
 * for those that an edit had hidden, by what they say.
 */
export class ProofMemory {
  readonly #text: string;
  readonly #syntax: Syntax;
  readonly #before: ReadonlyMap<number, ReadProof>;
  readonly #change: TextChange;
  readonly #now = new Map<number, ReadProof>();
  /** Shared by all memories of one text, with ranges from the proof's begin. */
  readonly #bySource: Map<string, ReadProof>;

  private constructor(
    text: string,
    syntax: Syntax,
    before: ReadonlyMap<number, ReadProof>,
    change: TextChange,
    bySource: Map<string, ReadProof>,
  ) {
    this.#text = text;
    this.#syntax = syntax;
    this.#before = before;
    this.#change = change;
    this.#bySource = bySource;
  }

  /** A memory of nothing. */
  static empty(text: string, syntax: Syntax): ProofMemory {
    return new ProofMemory(text, syntax, new Map(), { start: 0, end: 0, inserted: 0 }, new Map());
  }

  /** The memory for the text after a change. */
  after(text: string, change: TextChange): ProofMemory {
    return new ProofMemory(text, this.#syntax, this.#now, change, this.#bySource);
  }

  /** A {@link ReadProof} of this text, remembered where it can be. */
  readonly read = (body: TextRange): ReadProof => {
    const here = this.#now.get(body.start);
    if (here?.end === body.end) return here;
    const proof = this.#moved(body) ?? this.#said(body);
    this.#now.set(body.start, proof);
    return proof;
  };

  #moved({ start, end }: TextRange): ReadProof | null {
    const { start: from, end: to, inserted } = this.#change;
    const delta = from + inserted - to;
    const by = end <= from ? 0 : start >= from + inserted ? delta : null;
    if (by === null) return null;
    const known = this.#before.get(start - by);
    return known && known.end === end - by ? shifted(known, by) : null;
  }

  #said(body: TextRange): ReadProof {
    const source = this.#text.slice(body.start, body.end);
    const known = this.#bySource.get(source);
    if (known) return shifted(known, body.start);
    const proof = readProof(this.#text, body, this.#syntax);
    if (this.#bySource.size >= MOST) this.#bySource.clear();
    this.#bySource.set(detached(source), shifted(proof, -body.start));
    return proof;
  }
}

function shifted(proof: ReadProof, by: number): ReadProof {
  if (by === 0) return proof;
  const { start, end, steps, marks, isSilent } = proof;
  return {
    start: start + by,
    end: end + by,
    steps: steps.map(({ start, end, hash, id }) => ({ start: start + by, end: end + by, hash, id })),
    marks: marks.map(({ kind, start, end }) => ({ kind, start: start + by, end: end + by })),
    isSilent,
  };
}
