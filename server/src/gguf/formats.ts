/** Number formats of weights that a conversion writes, by GGUF's names. */
export type Format = "F32" | "F16" | "BF16" | "Q8_0" | "Q5_0" | "Q4_K" | "Q6_K";

/** Number formats that checkpoints are read in. */
export type SourceFormat = "F32" | "F16" | "BF16";

/** What a format is: ggml's number for it, and how many values a block holds in how many bytes. */
export interface FormatShape {
  readonly id: number;
  readonly values: number;
  readonly bytes: number;
}

/** The formats by name (ggml's `ggml_type` and block structures, llama.cpp, MIT). */
export const FORMATS: Readonly<Record<Format, FormatShape>> = {
  F32: { id: 0, values: 1, bytes: 4 },
  F16: { id: 1, values: 1, bytes: 2 },
  BF16: { id: 30, values: 1, bytes: 2 },
  Q8_0: { id: 8, values: 32, bytes: 34 },
  Q5_0: { id: 6, values: 32, bytes: 22 },
  Q4_K: { id: 12, values: 256, bytes: 144 },
  Q6_K: { id: 14, values: 256, bytes: 210 },
};

/** The bytes that `values` values take, a multiple of the format's block. */
export function bytesOf(format: Format, values: number): number {
  const shape = FORMATS[format];
  return (values / shape.values) * shape.bytes;
}
