import type { Format } from "./formats.js";

/** What a conversion can make: all weights in one format, or llama.cpp's mixture. */
export type FileType = "bf16" | "q8_0" | "q4_k_m";

/** The file types with llama.cpp's number (`llama_ftype`) and the name that goes into file names. */
export const FILE_TYPES: Readonly<Record<FileType, { readonly id: number; readonly label: string }>> = {
  bf16: { id: 32, label: "BF16" },
  q8_0: { id: 7, label: "Q8_0" },
  q4_k_m: { id: 15, label: "Q4_K_M" },
};

/** A tensor, as far as its format depends on it. */
export interface Role {
  /** GGUF's name: `blk.3.attn_v.weight`. */
  readonly name: string;
  /** GGUF's order: the length of a row first. */
  readonly dimensions: readonly number[];
  /** The layer, or null for the tensors outside. */
  readonly layer: number | null;
}

/**
 * The format that a tensor gets. Vectors stay singles. In Q4_K_M the output layer (the embedding, if they are one), the
 * values of attention and the second half of the feed-forward network get six bits, the latter two in the first and last
 * eighth of the layers and every third between (`llama_tensor_get_type_impl` in llama.cpp, MIT). Rows that can't be cut
 * into a format's blocks get the next one that they can (`tensor_type_fallback`).
 */
export function formatOf(role: Role, type: FileType, layers: number, tied: boolean): Format {
  if (role.dimensions.length < 2) return "F32";
  const columns = role.dimensions[0]!;
  if (type === "bf16") return "BF16";
  if (type === "q8_0") return columns % 32 === 0 ? "Q8_0" : "F16";
  const part = role.name.replace(/^blk\.\d+\./, "");
  const output = part === "output.weight" || (tied && part === "token_embd.weight");
  if (output && columns % 256 !== 0) return columns % 32 === 0 ? "Q8_0" : "F16";
  const precise = part === "attn_v.weight" || part === "ffn_down.weight";
  const six = output || (precise && role.layer !== null && getsMoreBits(role.layer, layers));
  if (columns % 256 === 0) return six ? "Q6_K" : "Q4_K";
  if (columns % 32 === 0) return six ? "Q8_0" : "Q5_0";
  return "F16";
}

function getsMoreBits(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}
