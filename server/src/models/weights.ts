/** How weights are stored: as published, in 8 bits, or in about 4.5. */
export type WeightType = "bf16" | "q8_0" | "q4_k_m";

/** All of them, the best first. */
export const WEIGHT_TYPES: readonly WeightType[] = ["bf16", "q8_0", "q4_k_m"];

/** As engines and their files call them. */
export const WEIGHT_NAMES: Readonly<Record<WeightType, string>> = { bf16: "BF16", q8_0: "Q8_0", q4_k_m: "Q4_K_M" };

/** Bytes of the 4B shape in each, measured. */
export const MODEL_BYTES: Readonly<Record<WeightType, number>> = { bf16: 8.05e9, q8_0: 4.28e9, q4_k_m: 2.5e9 };

/** Bytes of a converted model ÷ bytes of its BF16 checkpoint, from {@link MODEL_BYTES}. */
export function convertedBytes(checkpoint: number, type: WeightType): number {
  // The tokenizer and the names of 400 tensors are in the file too.
  return Math.ceil((checkpoint * MODEL_BYTES[type]) / MODEL_BYTES.bf16) + 8_000_000;
}

/** A type as people write it: any case, with or without underscores. Null if it is none. */
export function weightType(text: string): WeightType | null {
  const plain = text.toLowerCase().replace(/[^a-z0-9]/g, "");
  return WEIGHT_TYPES.find((type) => type.replaceAll("_", "") === plain) ?? null;
}
