import { bytesOf, FORMATS, type Format, type SourceFormat } from "./formats.js";
import { bf16OfBits, bitsOfF16, f16OfBits } from "./half.js";
import { quantiseQ5_0, quantiseQ8_0 } from "./quantise.js";
import { quantiseQ4_K } from "./quantise-q4-k.js";
import { quantiseQ6_K } from "./quantise-q6-k.js";

/** Values that are turned into singles at a time: a multiple of every block. */
const STRETCH = 2048;
const VALUES = new Float32Array(STRETCH);
const BITS = new Uint32Array(VALUES.buffer);

const BLOCKS = { Q8_0: quantiseQ8_0, Q5_0: quantiseQ5_0, Q4_K: quantiseQ4_K, Q6_K: quantiseQ6_K };

/**
 * The native module's `convert` in plain JavaScript, byte for byte: turns all of `input` into `output`. Gives whether
 * everything read and written is finite; throws a RangeError if the sizes don't belong together.
 */
export function convertValues(from: SourceFormat, input: Uint8Array, to: Format, output: Uint8Array): boolean {
  const count = input.byteLength / FORMATS[from].bytes;
  const block = FORMATS[to];
  if (count % block.values !== 0 || bytesOf(to, count) !== output.byteLength) {
    throw new RangeError("The sizes of input and output do not belong together.");
  }
  const source = view(from, input);
  let finite = true;
  for (let at = 0; at < count; at += STRETCH) {
    const now = Math.min(STRETCH, count - at);
    read(from, source, at, now);
    for (let i = 0; i < now; i++) finite &&= (BITS[i]! & 0x7f800000) !== 0x7f800000;
    const outAt = (at / block.values) * block.bytes;
    const outEnd = outAt + (now / block.values) * block.bytes;
    if (from === to) output.set(input.subarray(outAt, outEnd), outAt);
    else write(to, now, output, outAt);
    if (from !== to) finite = finiteOutput(to, output, outAt, outEnd) && finite;
  }
  return finite;
}

function view(from: SourceFormat, input: Uint8Array): Uint16Array | Uint32Array {
  const size = FORMATS[from].bytes;
  const { buffer, byteOffset, byteLength } =
    // A view of wider numbers must begin at a multiple of their size.
    input.byteOffset % size === 0 ? input : Uint8Array.from(input);
  return size === 2
    ? new Uint16Array(buffer, byteOffset, byteLength / 2)
    : new Uint32Array(buffer, byteOffset, byteLength / 4);
}

function read(from: SourceFormat, source: Uint16Array | Uint32Array, at: number, count: number): void {
  if (from === "F32") for (let i = 0; i < count; i++) BITS[i] = source[at + i]!;
  else if (from === "BF16") for (let i = 0; i < count; i++) BITS[i] = source[at + i]! << 16;
  else for (let i = 0; i < count; i++) BITS[i] = bitsOfF16(source[at + i]!);
}

function write(to: Format, count: number, output: Uint8Array, outAt: number): void {
  switch (to) {
    case "F32":
      output.set(new Uint8Array(VALUES.buffer, 0, 4 * count), outAt);
      return;
    case "F16":
    case "BF16": {
      const half = to === "F16" ? f16OfBits : bf16OfBits;
      for (let i = 0; i < count; i++) {
        const bits = half(BITS[i]!);
        output[outAt + 2 * i] = bits & 0xff;
        output[outAt + 2 * i + 1] = bits >>> 8;
      }
      return;
    }
    default: {
      const quantise = BLOCKS[to];
      const { values, bytes } = FORMATS[to];
      for (let i = 0; i < count; i += values) quantise(VALUES, i, output, outAt + (i / values) * bytes);
    }
  }
}

/** Whether what was written from finite values is finite: scales and halves may have become too large. */
function finiteOutput(to: Format, output: Uint8Array, start: number, end: number): boolean {
  if (to === "F32") return true;
  const { bytes } = FORMATS[to];
  const scale = to === "Q6_K" ? 208 : 0;
  const exponent = to === "BF16" ? 0x7f80 : 0x7c00;
  for (let at = start; at < end; at += bytes) {
    if ((half(output, at + scale) & exponent) === exponent) return false;
    if (to === "Q4_K" && (half(output, at + 2) & exponent) === exponent) return false;
  }
  return true;
}

function half(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}
