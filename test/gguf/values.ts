/** Numbers of [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Rows of weights of every sort, by what they are. */
export const SORTS: readonly { readonly name: string; readonly draw: (next: () => number, at: number) => number }[] = [
  { name: "normal", draw: (next) => normal(next) * 0.02 },
  { name: "uniform", draw: (next) => next() },
  { name: "all negative", draw: (next) => -1 - next() },
  { name: "nearly constant", draw: (next) => 1 + next() * 1e-3 },
  { name: "constant, with both signs", draw: (next, at) => (Math.floor(at / 32) % 7) * (next() < 0.3 ? -1 : 1) },
  { name: "constant", draw: () => 0.7 },
  { name: "zeros", draw: () => 0 },
  { name: "zeros of both signs", draw: (next) => (next() < 0.5 ? -0 : 0) },
  { name: "sparse", draw: (next) => (next() < 0.02 ? normal(next) : 0) },
  { name: "halves", draw: (next) => Math.round(normal(next) * 40) + 0.5 },
  { name: "small whole numbers", draw: (next) => Math.round(normal(next) * 3) },
  { name: "around the least that counts", draw: (next) => normal(next) * 1e-15 },
  { name: "denormal", draw: (next) => normal(next) * 1e-41 },
  { name: "around the least normal", draw: (next) => normal(next) * 1e-38 },
  { name: "huge", draw: (next) => normal(next) * 1e30 },
  { name: "as large as can be", draw: (next) => (next() < 0.5 ? 3.4e38 : -3.4e38 * next()) },
  { name: "of every magnitude", draw: (next) => normal(next) * 10 ** (next() * 76 - 38) },
  { name: "with NaN", draw: (next) => (next() < 0.01 ? Number.NaN : normal(next)) },
  { name: "nothing but NaN", draw: () => Number.NaN },
  { name: "with infinities", draw: (next) => (next() < 0.01 ? Infinity * Math.sign(normal(next)) : normal(next)) },
];

/** Standard normal (Box and Muller). */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** `count` values of a sort. */
export function drawn(sort: (typeof SORTS)[number], count: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: count }, (_, at) => sort.draw(next, at));
}

/** Any bits at all, but for NaN with a payload, of which nothing is promised. */
export function anyBits(count: number, seed: number): Float32Array {
  const next = random(seed);
  const values = new Float32Array(count);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < count; i++) {
    const drawnBits = Math.floor(next() * 2 ** 32);
    bits[i] = (drawnBits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : drawnBits;
  }
  return values;
}
