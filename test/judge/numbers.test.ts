import assert from "node:assert/strict";
import {
  addI,
  around,
  type Interval,
  invI,
  mulI,
  rootI,
  UNIT,
} from "../../server/src/judge/relations/numbers/interval.js";
import { exactRoot, floorRoot, ONE, ratio } from "../../server/src/judge/relations/numbers/rational.js";
import {
  acosI,
  asinI,
  atanI,
  cosI,
  expI,
  logI,
  PI,
  sinI,
} from "../../server/src/judge/relations/numbers/transcendental.js";
import { compare, decimal, pow, real, wholeValue } from "../../server/src/judge/relations/numbers/value.js";
import { seeded } from "./plant.js";

/** Digits of known numbers, from Abramowitz and Stegun, table 1.1, cut. */
const DIGITS: readonly (readonly [string, () => ReturnType<typeof expI>, string])[] = [
  ["e", () => expI(around(ratio(1n, 1n)!)), "2.71828182845904523536028747135266"],
  ["pi", () => PI, "3.14159265358979323846264338327950"],
  ["ln 2", () => logI(around(ratio(2n, 1n)!)), "0.69314718055994530941723212145817"],
  ["ln 10", () => logI(around(ratio(10n, 1n)!)), "2.30258509299404568401799145468436"],
  ["sqrt 2", () => rootI(around(ratio(2n, 1n)!), 2), "1.41421356237309504880168872420969"],
  ["sin 1", () => sinI(around(ratio(1n, 1n)!)), "0.84147098480789650665250232163029"],
  ["cos 1", () => cosI(around(ratio(1n, 1n)!)), "0.54030230586813971740093660744297"],
  ["arctan 1", () => atanI(around(ratio(1n, 1n)!)), "0.78539816339744830961566084581987"],
];

describe("intervals", () => {
  for (const [name, value, digits] of DIGITS) {
    it(`hold ${name} to 30 digits`, () => {
      const interval = value();
      assert.ok(interval);
      const [whole = "0", places = ""] = digits.split(".");
      const below = (BigInt(whole + places) * UNIT) / 10n ** BigInt(places.length);
      const above = (BigInt(whole + places) * UNIT + UNIT) / 10n ** BigInt(places.length) + 1n;
      assert.ok(interval.lo <= above && interval.hi >= below, decimal(interval));
      assert.ok(interval.hi - interval.lo < UNIT >> 140n);
    });
  }

  it("hold what double precision gives, at 500 random numbers", () => {
    const random = seeded(3);
    const functions = [
      [expI, Math.exp],
      [logI, Math.log],
      [sinI, Math.sin],
      [cosI, Math.cos],
      [atanI, Math.atan],
      [asinI, Math.asin],
      [acosI, Math.acos],
    ] as const;
    for (let k = 0; k < 500; k++) {
      const [n, d] = [random(4_001) - 2_000, 1 + random(300)];
      for (const [exact, double] of functions) {
        const interval = exact(around(ratio(BigInt(n), BigInt(d))!));
        const expected = double(n / d);
        // Double precision ends here.
        if (expected === Number.POSITIVE_INFINITY) continue;
        if (!interval)
          assert.ok(!Number.isFinite(expected) || Math.abs(n / d) >= 1 || n === 0, `${double.name}(${n}/${d})`);
        else
          assert.ok(
            Math.abs(Number(decimal(interval).replace("10^", "1e")) - expected) <=
              1e-8 * Math.max(1, Math.abs(expected)),
            `${double.name}(${n}/${d}): ${decimal(interval)}`,
          );
      }
    }
  });

  it("never leave out a product or an inverse", () => {
    const random = seeded(5);
    for (let k = 0; k < 300; k++) {
      const [a, b] = [
        ratio(BigInt(random(200) - 100), BigInt(1 + random(40)))!,
        ratio(BigInt(1 + random(90)), BigInt(1 + random(40)))!,
      ];
      const product = mulI(around(a), around(b))!;
      const exact = around(ratio(a.n * b.n, a.d * b.d)!);
      assert.ok(product.lo <= exact.lo && exact.hi <= product.hi);
      const inverse = invI(around(b))!;
      const wanted = around(ratio(b.d, b.n)!);
      assert.ok(inverse.lo <= wanted.lo && wanted.hi <= inverse.hi);
    }
  });

  it("never leave out the value of a function: what undoes it leads back", () => {
    const random = seeded(9);
    const holds = (found: Interval | null, { lo, hi }: Interval, what: string) =>
      assert.ok(found && found.lo <= lo && hi <= found.hi, what);
    for (let k = 0; k < 200; k++) {
      const x = around(ratio(BigInt(1 + random(900)), BigInt(1 + random(90)))!);
      const [root2, root3] = [rootI(x, 2)!, rootI(x, 3)!];
      holds(mulI(root2, root2), x, `square root ${decimal(x)}`);
      holds(mulI(root3, mulI(root3, root3)!), x, `cube root ${decimal(x)}`);
      holds(logI(expI(x)!), x, `exp and log ${decimal(x)}`);
      holds(expI(logI(x)!), x, `log and exp ${decimal(x)}`);
      const [sin, cos] = [sinI(x)!, cosI(x)!];
      holds(addI(mulI(sin, sin)!, mulI(cos, cos)!), around(ONE), `sin and cos ${decimal(x)}`);
      const angle = atanI(x)!;
      holds(mulI(sinI(angle)!, invI(cosI(angle)!)!), x, `arctan ${decimal(x)}`);
      const part = around(ratio(BigInt(random(97)), 97n)!);
      holds(sinI(asinI(part)!), part, `arcsin ${decimal(part)}`);
      holds(cosI(acosI(part)!), part, `arccos ${decimal(part)}`);
    }
  });

  it("do not tell apart what is equal, and tell apart what is not", () => {
    const root = pow(wholeValue(2), real(ratio(1n, 2n)!))!;
    const square = pow(root, wholeValue(2))!;
    assert.equal(compare(square, wholeValue(2)), null);
    assert.equal(compare(root, real(ratio(141421356237n, 100000000000n)!)), 1);
  });
});

describe("roots of whole numbers", () => {
  it("are exact or nothing", () => {
    assert.equal(exactRoot(27n, 3), 3n);
    assert.equal(exactRoot(-27n, 3), -3n);
    assert.equal(exactRoot(-4n, 2), null);
    assert.equal(exactRoot(2n, 2), null);
    for (let n = 0n; n < 200n; n++) {
      for (const k of [2, 3, 5]) {
        const root = floorRoot(n, k);
        assert.ok(root ** BigInt(k) <= n && n < (root + 1n) ** BigInt(k), `${n} ${k}`);
      }
    }
  });
});
