import { readFileSync } from "node:fs";
import { gguf } from "@huggingface/gguf";

/** A tensor of a GGUF file with its bytes, those of the padding after it included. */
export interface ReadTensor {
  readonly name: string;
  /** ggml's number of the format. */
  readonly dtype: number;
  readonly shape: readonly number[];
  /** Offset in the file. */
  readonly at: number;
  readonly data: Buffer;
}

/** Reads a GGUF file with a reader that has nothing to do with ours. */
export async function readGguf(path: string) {
  const { metadata, tensorInfos, tensorDataOffset } = await gguf(path, { allowLocalFile: true });
  const bytes = readFileSync(path);
  const places = tensorInfos.map(({ offset }) => Number(tensorDataOffset) + Number(offset));
  const ends = [...places, bytes.length].sort((a, b) => a - b);
  const tensors = tensorInfos.map(({ name, shape, dtype }, index): ReadTensor => {
    const at = places[index]!;
    const data = bytes.subarray(at, ends[ends.indexOf(at) + 1]);
    return { name, dtype: Number(dtype), shape: shape.map(Number), at, data };
  });
  return {
    metadata: metadata as unknown as Readonly<Record<string, unknown>>,
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
  };
}
