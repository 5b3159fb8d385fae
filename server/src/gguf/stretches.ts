import { FORMATS } from "./formats.js";
import type { PlannedTensor } from "./plan.js";

/** A part of a tensor that is converted in one go. */
export interface Stretch {
  readonly tensor: PlannedTensor;
  /** Offset of its values in the weight file, and their bytes there. */
  readonly from: number;
  readonly fromBytes: number;
  /** Offset of its blocks in the result, and their bytes there. */
  readonly to: number;
  readonly toBytes: number;
}

/** Values are cut at multiples of it: the least common one of all blocks. */
const GRAIN = 256;

/**
 * Cuts tensors into stretches of at most `bytes` of the weight files, in the order of the result. Those that end at or
 * before the offset `done` of the result are left out.
 */
export function* stretchesOf(tensors: readonly PlannedTensor[], bytes: number, done: number): Generator<Stretch> {
  for (const tensor of tensors) {
    const { source, format } = tensor;
    const unit = FORMATS[source.format].bytes;
    const block = FORMATS[format];
    const step = Math.max(GRAIN, Math.floor(bytes / unit / GRAIN) * GRAIN);
    const count = source.bytes / unit;
    for (let value = 0; value < count; value += step) {
      const now = Math.min(step, count - value);
      const to = tensor.offset + (value / block.values) * block.bytes;
      const toBytes = (now / block.values) * block.bytes;
      if (to + toBytes <= done) continue;
      yield { tensor, from: source.offset + value * unit, fromBytes: now * unit, to, toBytes };
    }
  }
}
