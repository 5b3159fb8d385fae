/** Plants slips of the pen in relations, for measuring how many are found. */
export const SLIPS = ["sign", "factor", "exponent", "index", "bound", "residue", "dropped term"] as const;

/** One kind of slip. */
export type Slip = (typeof SLIPS)[number];

/** A slip that could be made: the range of the file that it replaces, and by what. */
export interface Planting {
  readonly slip: Slip;
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** A generator of whole numbers below a bound, the same sequence for the same seed. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** All slips that can be planted in a range of a text. */
export function plantings(text: string, start: number, end: number): Planting[] {
  const source = text.slice(start, end);
  const found: Planting[] = [];
  const each = (
    pattern: RegExp,
    slip: Slip,
    by: (match: RegExpExecArray) => readonly [number, number, string] | null,
  ) => {
    for (const match of source.matchAll(pattern)) {
      const [from, to, replacement] = by(match) ?? [0, 0, ""];
      if (to > from || replacement !== "") found.push({ slip, start: start + from, end: start + to, by: replacement });
    }
  };
  const at = (match: RegExpExecArray, group: number) => match.index + match[0].indexOf(match[group]!);
  // A binary sign, not one in an index or a bound.
  each(/(?<=[\w)}\]!])\s*([+-])(?=\s*[\w(\\{[])/g, "sign", (m) => {
    const k = at(m, 1);
    return [k, k + 1, m[1] === "+" ? "-" : "+"];
  });
  each(/(?<![\w^_{.,\\])(\d)(?![\d.,}])/g, "factor", (m) => [m.index, m.index + 1, String(Number(m[1]) + 1)]);
  each(/(?<=(?:frac|binom)\{)(\d)(?=\})/g, "factor", (m) => [m.index, m.index + 1, String(Number(m[1]) + 1)]);
  each(/(?<!\\(?:sum|prod)_\{[^{}]*\}|\\(?:sum|prod))\^(\d)(?!\d)/g, "exponent", (m) => [
    m.index,
    m.index + 2,
    m[1] === "2" ? "^3" : "^2",
  ]);
  each(/(?<!(?:sum|prod)(?:\\limits)?_\{[^{}]{0,40}\})\^\{(\w)([+-]\s*\d)?\}/g, "exponent", (m) => [
    m.index,
    m.index + m[0].length,
    m[2] === undefined ? `^{${m[1]}+1}` : `^{${m[1]}}`,
  ]);
  each(/(?<=[A-Za-z])_(\d)(?![\d}])/g, "index", (m) => [m.index, m.index + 2, m[1] === "1" ? "_2" : "_1"]);
  each(/(?<=[A-Za-z])_\{(\w)([+-]\s*\d)?\}/g, "index", (m) => [
    m.index,
    m.index + m[0].length,
    m[2] === undefined ? `_{${m[1]}+1}` : `_{${m[1]}}`,
  ]);
  each(/\\(?:sum|prod)(?:\\limits)?_\{\s*\w\s*=\s*(\d)\s*\}/g, "bound", (m) => {
    const k = m.index + m[0].lastIndexOf(m[1]!);
    return [k, k + 1, m[1] === "1" ? "0" : "1"];
  });
  each(/\\(?:sum|prod)(?:\\limits)?_\{[^{}]*\}\^(?:\{(\w)([+-]\s*\d)?\}|(\w))/g, "bound", (m) => {
    const k = m.index + m[0].lastIndexOf("^");
    return [
      k,
      m.index + m[0].length,
      m[3] !== undefined ? `^{${m[3]}+1}` : m[2] === undefined ? `^{${m[1]}-1}` : `^{${m[1]}}`,
    ];
  });
  if (/\\equiv|\\pmod/.test(source)) {
    each(/\\equiv\s*-?(\d)(?!\d)/g, "residue", (m) => {
      const k = m.index + m[0].length - 1;
      return [k, k + 1, String(Number(m[1]) + 1)];
    });
  }
  each(
    /(?<=[\w)}\]!])\s*[+-]\s*(?:\d*[a-zA-Z](?:\^\d)?(?![\w({])|\d+(?![\w^!]))(?=\s*(?:[+\-=<>)&]|\\\\|\\[lg]e|$))/g,
    "dropped term",
    (m) => [m.index, m.index + m[0].length, " "],
  );
  each(
    /(?<=[\w)}\]!])\s*[+-]\s*\\[dt]?frac\{[^{}]*\}\{[^{}]*\}(?=\s*(?:[+\-=<>)&]|\\\\|\\[lg]e|$))/g,
    "dropped term",
    (m) => [m.index, m.index + m[0].length, " "],
  );
  return found;
}
