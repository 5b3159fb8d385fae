import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Syntax } from "../../server/src/document/types.js";
import { checkRelations, type RelationReport } from "../../server/src/judge/relations/check-relations.js";
import { FALSE_TEXTS } from "./false-texts.js";
import { TRUE_TEXTS } from "./true-texts.js";

const check = (text: string, syntax: Syntax = "latex"): RelationReport => checkRelations(parseDocument(text, syntax));

const only = (text: string, syntax: Syntax = "latex") => {
  const { findings } = check(text, syntax);
  assert.equal(findings.length, 1, `${findings.length} findings in ${text}`);
  return findings[0]!;
};

const states = (text: string) => check(text).relations.map(({ verdict }) => verdict.kind);

describe("relations that only look false", () => {
  for (const [why, text] of TRUE_TEXTS) {
    it(`is silent on ${why}`, () => {
      for (const syntax of ["latex", "markdown"] as const) {
        const found = check(text, syntax).findings.map(
          ({ start, end, message }) => `${text.slice(start, end)}: ${message}`,
        );
        assert.deepEqual(found, []);
      }
    });
  }
});

describe("slips of the pen", () => {
  for (const [slip, text, part] of FALSE_TEXTS) {
    it(`refutes ${slip}`, () => {
      const at = text.lastIndexOf(part);
      assert.ok(at >= 0);
      const syntax = text.includes("$$") ? "markdown" : "latex";
      const { findings } = check(text, syntax);
      const hit = findings.find(({ start, end }) => start <= at && at < end);
      assert.ok(hit, `not found in ${text}`);
      assert.equal(hit.code, "step.refuted");
      assert.ok(hit.witness);
      assert.notEqual(hit.witness.left, hit.witness.right);
      // Nothing else of the text is called false, but the other link of the same chain may be.
      assert.ok(findings.length <= 2);
    });
  }
});

describe("what a finding says", () => {
  it("names exact values and both sides", () => {
    const { message, witness } = only(String.raw`\[ (a+b)^2 = a^2 + ab + b^2. \]`);
    assert.match(message, /^This equation is false\. At a = \d+, b = \d+: left \d+, right \d+\.$/);
    const { values, left, right } = witness!;
    const [a, b] = [Number(values.a), Number(values.b)];
    assert.equal(Number(left), (a + b) ** 2);
    assert.equal(Number(right), a * a + a * b + b * b);
  });

  it("has the range of the relation's own text", () => {
    const text = String.raw`Then, as is known, \[ x(x+1) = x^2 + x = x^2 + 2x. \] That is all.`;
    const { start, end } = only(text);
    assert.equal(text.slice(start, end), "x^2 + x = x^2 + 2x");
  });

  it("takes both sides over rows", () => {
    const text = "\\begin{align*}\nx(x+1) &= x^2 + x \\\\\n &= x^2 + 2x\n\\end{align*}";
    const { start, end } = only(text);
    assert.equal(text.slice(start, end), "x^2 + x \\\\\n &= x^2 + 2x");
  });

  it("belongs to the step of the proof that it stands in", () => {
    const text = String.raw`\begin{lemma}L.\end{lemma}
\begin{proof}
First we note a fact.

We have \[ (a+b)^2 = a^2 + ab + b^2. \]

The end.
\end{proof}`;
    const { step } = only(text);
    assert.ok(step);
    assert.match(text.slice(step.start, step.end), /^We have \\\[/);
  });

  it("has no step outside proofs", () => {
    assert.equal(only(String.raw`\[ (a+b)^2 = a^2 + ab + b^2. \]`).step, null);
  });

  it("counts in UTF-16 units", () => {
    const text = String.raw`𝔄𝔅 über \[ (a+b)^2 = a^2 + ab + b^2. \]`;
    const { start, end } = only(text);
    assert.equal(text.slice(start, end), "(a+b)^2 = a^2 + ab + b^2");
  });

  it("marks what is known to some digits only", () => {
    const { witness } = only(String.raw`\[ \sin 2x + 1 = \sin x\cos x + 1. \]`);
    assert.match(witness!.left, /^≈ -?\d\.\d+$/);
  });

  it("says the modulus of a congruence", () => {
    const { message } = only(String.raw`\[ (2k+1)^2 = 4k(k+1) + 1 \equiv 3 \pmod 8. \]`);
    assert.match(message, /^This congruence is false\. At k = .* modulo 8\.$/);
  });

  it("gives a witness that satisfies the definitions that were put in", () => {
    const { witness } = only(
      String.raw`Assume $T_k = 2^k + k$. Then \[ T_{k+1} = 2T_k + 2 - (k+1) = 2^{k+1} + k + 3. \]`,
    );
    assert.deepEqual(Object.keys(witness!.values), ["k"]);
    assert.equal(Number(witness!.right) - Number(witness!.left), 2);
  });

  it("gives values of sequences", () => {
    const { witness } = only(
      String.raw`\[ \sum_{k=1}^{n+1} a_k = \sum_{k=1}^{n} a_k + a_{n+1} = a_1 + \sum_{k=2}^{n} a_k. \]`,
    );
    assert.ok("a_1" in witness!.values);
  });
});

describe("what holds", () => {
  it("is called an identity only when it is proved", () => {
    assert.deepEqual(states(String.raw`\[ (a+b)^2 = a^2+2ab+b^2. \]`), ["proved"]);
    assert.deepEqual(states(String.raw`\[ \frac{1}{k(k+1)} = \frac1k - \frac1{k+1}. \]`), ["proved"]);
    assert.deepEqual(states(String.raw`\[ 2^{k+1} + 4^k = 2\cdot2^k + 2^{2k}. \]`), ["proved"]);
    assert.deepEqual(states(String.raw`\[ (k+2)! = (k+2)(k+1)\,k!. \]`), ["proved"]);
    assert.deepEqual(states(String.raw`\[ \sin^2 x + \cos^2 x = 1. \]`), ["agrees"]);
    assert.deepEqual(states(String.raw`\[ \sum_{k=1}^n k = \frac{n(n+1)}2. \]`), ["agrees"]);
  });

  it("is said to follow where stated equations make it true", () => {
    assert.deepEqual(
      states(String.raw`Let $abc = 1$. Then \[ \frac{1}{1+a+ab} = \frac{abc}{abc + a + ab}. \]`).slice(-1),
      ["follows"],
    );
  });

  it("is tried only where stated bounds hold", () => {
    assert.deepEqual(states(String.raw`For $n \ge 9$ we have \[ n! > 4^n. \]`).slice(-1), ["agrees"]);
  });

  it("is tried only where stated equations hold", () => {
    const text = String.raw`Let $a,b,c>0$ with $a+b+c=3$. Then \[ ab+bc+ca \le 3. \]`;
    assert.deepEqual(states(text).slice(-1), ["agrees"]);
  });
});

describe("why a relation is passed over", () => {
  const reasons: readonly [reason: RegExp, text: string][] = [
    [/integrals/, String.raw`\[ \int_0^1 x\,dx = 1. \]`],
    [/limits/, String.raw`\[ \lim_{n\to\infty} a_n = 1. \]`],
    [/derivatives/, String.raw`\[ f'(x) = 2x + 1. \]`],
    [/plus-minus/, String.raw`\[ x + 1 = 1 \pm \sqrt 2. \]`],
    [/series/, String.raw`\[ 1 + 7 + 8 + \cdots + x = y + 1. \]`],
    [/matrices/, String.raw`\[ \det A = 1. \]`],
    [/definition/, String.raw`\[ S := a + b. \]`],
    [/without a modulus/, String.raw`\[ a^2 \equiv b + 1. \]`],
    [/condition/, String.raw`Suppose that \[ a^2 + 2ab = b^2 + a. \]`],
    [/lines over letters/, String.raw`\[ \overline{ab} = 10a+b. \]`],
    [/more than one way|factor/, String.raw`\[ a(n) + 1 = an + 2. \]`],
  ];
  for (const [reason, text] of reasons) {
    it(`says ${reason.source}`, () => {
      const silent = check(text).relations.flatMap(({ verdict }) =>
        verdict.kind === "silent" ? [verdict.reason] : [],
      );
      assert.ok(
        silent.some((own) => reason.test(own)),
        JSON.stringify(silent),
      );
    });
  }
});
