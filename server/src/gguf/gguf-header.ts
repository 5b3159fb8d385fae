import { FORMATS, type Format } from "./formats.js";

/** A value in the metadata of a GGUF file. */
export type GgufValue =
  | { readonly type: "u32" | "i32" | "f32"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "text"; readonly value: string }
  | { readonly type: "texts"; readonly value: readonly string[] }
  | { readonly type: "i32s"; readonly value: readonly number[] };

/** A tensor as a GGUF file lists it. */
export interface GgufTensor {
  readonly name: string;
  readonly format: Format;
  /** GGUF's order: the length of a row first. */
  readonly dimensions: readonly number[];
  readonly bytes: number;
}

/** A file's beginning, and where its tensors go. */
export interface GgufLayout {
  /** Everything before the first tensor, padding included. */
  readonly header: Buffer;
  /** Offset of each tensor from the beginning of the file, in the order given. */
  readonly offsets: readonly number[];
  /** Size of the whole file in bytes. */
  readonly size: number;
}

/** Every tensor begins at a multiple of it, in bytes: GGUF's default, which need not be stated. */
const ALIGNMENT = 32;
const VERSION = 3;

/** GGUF's numbers of value types. */
const TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, array: 9 } as const;

/**
 * Lays out a GGUF file (format version 3, little-endian; ggml's specification, docs/gguf.md). The order of metadata and
 * tensors is kept. The file ends with padding too, as llama.cpp writes it.
 */
export function layOut(
  metadata: readonly (readonly [string, GgufValue])[],
  tensors: readonly GgufTensor[],
): GgufLayout {
  const parts: Buffer[] = [Buffer.from("GGUF"), u32(VERSION), u64(tensors.length), u64(metadata.length)];
  for (const [key, value] of metadata) parts.push(text(key), encode(value));
  let data = 0;
  const places = tensors.map((tensor) => {
    const place = data;
    parts.push(text(tensor.name), u32(tensor.dimensions.length), ...tensor.dimensions.map(u64));
    parts.push(u32(FORMATS[tensor.format].id), u64(place));
    data += padded(tensor.bytes);
    return place;
  });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const header = Buffer.concat([...parts, Buffer.alloc(padded(length) - length)]);
  return { header, offsets: places.map((place) => header.length + place), size: header.length + data };
}

function padded(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

function encode(value: GgufValue): Buffer {
  switch (value.type) {
    case "u32":
      return Buffer.concat([u32(TYPES.u32), u32(value.value)]);
    case "i32":
      return Buffer.concat([u32(TYPES.i32), i32(value.value)]);
    case "f32": {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(value.value);
      return Buffer.concat([u32(TYPES.f32), bytes]);
    }
    case "bool":
      return Buffer.concat([u32(TYPES.bool), Buffer.of(value.value ? 1 : 0)]);
    case "text":
      return Buffer.concat([u32(TYPES.text), text(value.value)]);
    case "texts":
      return Buffer.concat([u32(TYPES.array), u32(TYPES.text), u64(value.value.length), ...value.value.map(text)]);
    case "i32s":
      return Buffer.concat([u32(TYPES.array), u32(TYPES.i32), u64(value.value.length), ...value.value.map(i32)]);
  }
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
