import assert from "node:assert/strict";
import { convertValues } from "../../server/src/gguf/convert-values.js";
import { bytesOf, FORMATS, type Format, type SourceFormat } from "../../server/src/gguf/formats.js";
import { kernels } from "../../server/src/gguf/kernels.js";
import { loadAddon } from "../../server/src/native/addon.js";
import { openUpstream, ROOT, type Upstream } from "./upstream.js";
import { anyBits, drawn, SORTS } from "./values.js";

const COUNT = 256 * 120;
const QUANTISED = ["Q8_0", "Q5_0", "Q4_K", "Q6_K"] as const;
const ROWS = [
  ...SORTS.map((sort, seed) => ({ name: sort.name, values: () => drawn(sort, COUNT, seed + 1) })),
  { name: "of any bits", values: () => anyBits(COUNT, 99) },
];

function javaScript(from: SourceFormat, input: Uint8Array, to: Format): { output: Uint8Array; finite: boolean } {
  const output = new Uint8Array(bytesOf(to, input.length / FORMATS[from].bytes)).fill(0xaa);
  return { finite: convertValues(from, input, to, output), output };
}

async function native(from: SourceFormat, input: Uint8Array, to: Format) {
  const output = new Uint8Array(bytesOf(to, input.length / FORMATS[from].bytes)).fill(0x55);
  return { finite: await kernels(ROOT).convert(from, to, input, output), output };
}

function bytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer);
}

/** Compares without printing megabytes. */
function assertSame(actual: Uint8Array, expected: Uint8Array, what: string): void {
  const at = Buffer.compare(actual, expected) === 0 ? -1 : actual.findIndex((byte, place) => byte !== expected[place]);
  assert.equal(at, -1, `${what}: byte ${at} of ${expected.length} differs`);
  assert.equal(actual.length, expected.length);
}

describe("The conversion kernels", function () {
  this.timeout(60_000);

  describe("give the bytes of ggml_quantize_chunk in the engine's own library", () => {
    let upstream: Upstream;
    before(function () {
      const opened = openUpstream();
      if (typeof opened === "string") {
        console.log(`NOT TESTED: kernels against the engine's own: ${opened}`);
        this.skip();
      }
      upstream = opened;
    });
    after(() => upstream?.close());

    for (const { name, values } of ROWS) {
      it(`for rows ${name}: JavaScript and, where it is there, the native module`, async () => {
        const input = values();
        for (const to of QUANTISED) {
          const expected = upstream.quantise(to, input);
          assertSame(javaScript("F32", bytes(input), to).output, expected, `JavaScript's ${to}`);
          if (loadAddon(ROOT).addon)
            assertSame((await native("F32", bytes(input), to)).output, expected, `native ${to}`);
        }
      });
    }
  });

  describe("are the same natively and in JavaScript", () => {
    before(function () {
      if (loadAddon(ROOT).addon !== null) return;
      console.log(`NOT TESTED: native kernels: ${loadAddon(ROOT).error}`);
      this.skip();
    });
    for (const from of ["F32", "BF16", "F16"] as const) {
      it(`from ${from} to every format, for rows of every sort, and agree on what is finite`, async () => {
        for (const { name, values } of ROWS) {
          const input = from === "F32" ? bytes(values()) : javaScript("F32", bytes(values()), from).output;
          for (const to of Object.keys(FORMATS) as Format[]) {
            const expected = javaScript(from, input, to);
            const actual = await native(from, input, to);
            assertSame(actual.output, expected.output, `${from} to ${to}, rows ${name}`);
            assert.equal(actual.finite, expected.finite, `${from} to ${to}, rows ${name}`);
          }
        }
      });
    }

    it("for every half there is, and for every bfloat16", async () => {
      const all = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer);
      for (const [from, to] of [
        ["F16", "F32"],
        ["F16", "BF16"],
        ["BF16", "F16"],
      ] as const) {
        const values = from === "F16" ? withoutPayload(all, 0x7c00, 0x7e00) : withoutPayload(all, 0x7f80, 0x7fc0);
        assertSame((await native(from, values, to)).output, javaScript(from, values, to).output, `${from} to ${to}`);
      }
    });

    it("when several are under way, in one buffer that begins at an odd place", async () => {
      const whole = new Uint8Array(4 * COUNT + 1);
      const input = whole.subarray(1);
      input.set(bytes(drawn(SORTS[0]!, COUNT, 5)));
      const results = await Promise.all(QUANTISED.map((to) => native("F32", input, to)));
      for (const [at, to] of QUANTISED.entries()) {
        assertSame(results[at]!.output, javaScript("F32", input, to).output, to);
      }
    });

    it("refuse what does not fit, without reading or writing", async () => {
      const { addon } = loadAddon(ROOT);
      const convert = addon!.convert as (...args: unknown[]) => Promise<boolean>;
      const input = new Uint8Array(4 * 256);
      for (const args of [
        ["F32", "Q8_0", input, new Uint8Array(8 * 34 - 1)],
        ["F32", "Q4_K", input.subarray(4), new Uint8Array(144)],
        ["F32", "Q8_0", input.subarray(1), new Uint8Array(8 * 34)],
        ["Q8_0", "F32", input, new Uint8Array(4 * 256)],
        ["F32", "Q9", input, new Uint8Array(34)],
        ["F32", "Q8_0", new Uint16Array(512), new Uint8Array(8 * 34)],
        ["F32"],
        [],
      ]) {
        await assert.rejects(convert(...args), TypeError);
      }
    });
  });

  it("say which values and scales are not finite", () => {
    const finite = (to: Format, change: (values: Float32Array) => void) => {
      const values = drawn(SORTS[0]!, 512, 3);
      change(values);
      return javaScript("F32", bytes(values), to).finite;
    };
    for (const to of Object.keys(FORMATS) as Format[]) {
      assert.equal(
        finite(to, () => {}),
        true,
        to,
      );
      for (const at of [0, 255, 511]) {
        for (const bad of [Number.NaN, Infinity, -Infinity]) {
          assert.equal(
            finite(to, (values) => values.fill(bad, at, at + 1)),
            false,
            `${to} with ${bad} at ${at}`,
          );
        }
      }
    }
    // 3e38 fits a single; as a bfloat16 the largest single is infinite, and no scale in half precision is so large.
    assert.equal(
      finite("F32", (values) => values.fill(3.4e38, 300, 301)),
      true,
    );
    for (const to of ["F16", "Q8_0", "Q5_0", "Q4_K"] as const) {
      assert.equal(
        finite(to, (values) => values.fill(3.4e38, 300, 301)),
        false,
        to,
      );
    }
    assert.equal(
      finite("BF16", (values) => values.fill(3.4028235e38, 300, 301)),
      false,
    );
  });

  it("give in Q8_0 what the format's definition says", () => {
    const values = Float32Array.from({ length: 32 }, (_, at) => at - 16);
    const { output } = javaScript("F32", bytes(values), "Q8_0");
    // The scale is 16 / 127 to the nearest half, and each value the nearest multiple of that scale.
    assert.deepEqual([output[0], output[1]], [0x08, 0x30]);
    const quants = new Int8Array(output.buffer, 2, 32);
    assert.deepEqual(
      [...quants],
      [...values].map((value) => Math.sign(value) * Math.round(Math.abs(value) * (127 / 16))),
    );
  });
});

/** The same halves with every NaN the usual one. */
function withoutPayload(all: Uint8Array, infinity: number, nan: number): Uint8Array {
  const halves = new Uint16Array(Uint8Array.from(all).buffer);
  for (const [at, half] of halves.entries()) {
    if ((half & 0x7fff) > infinity) halves[at] = (half & 0x8000) | nan;
  }
  return new Uint8Array(halves.buffer);
}
