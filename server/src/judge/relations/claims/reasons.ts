/** Why a relation is passed over. The words are those that `--explain` prints. */
export const REASONS = {
  definition: "one side is a single letter or value: a definition or a condition",
  letters: "the two sides speak of different letters",
  condition: "said under a condition",
  negated: "said to be false, impossible or wanted",
  part: "holds on a part of the domain",
  few: "too few points at which both sides have a value",
  undecided: "false in general, but nothing shows that an identity is meant",
  structures: "the text speaks of rings, matrices or other things that only look like numbers",
  readings: "it can be read in more than one way, and one of them holds",
  modulus: "a congruence without a modulus",
  notRelation: "a relation that is not checked",
  fuel: "more work than one relation is worth",
  decimals: "rounded decimals",
  functions: "functions or sequences about which the text may say more",
  geometry: "products of capital letters that may be lengths of segments",
  empty: "no tried values satisfy what is stated nearby",
} as const;
