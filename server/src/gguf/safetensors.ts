import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { ConversionError, fileError, inWords } from "./conversion-error.js";
import { FORMATS, type SourceFormat } from "./formats.js";
import { type Json, objectOr, parseJson } from "./json-file.js";

/** One tensor of a safetensors file. */
export interface SourceTensor {
  readonly name: string;
  /** The file that holds it: an absolute path. */
  readonly file: string;
  readonly format: SourceFormat;
  /** Rows before columns; empty for a single number. */
  readonly shape: readonly number[];
  /** Where its bytes begin in the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** A safetensors file: what its header says, which has been compared with its size. */
export interface SafetensorsFile {
  readonly tensors: readonly SourceTensor[];
  /** Size of the whole file in bytes. */
  readonly size: number;
  /** When it was changed last, in milliseconds. */
  readonly modified: number;
  /** The header's text. */
  readonly header: string;
}

/** As in the format's own library. */
const LONGEST_HEADER = 100_000_000;
const LARGEST_DIMENSION = 2 ** 31;
const MOST_DIMENSIONS = 8;

/**
 * Reads and checks the header of a safetensors file: that the file is as long as its header says, that each tensor takes
 * the bytes of its shape, and that no two overlap and nothing lies between them (the format's specification asks for
 * both). Throws a {@link ConversionError}.
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, "r");
    const { size, mtimeMs } = await file.stat();
    const header = await readHeader(file, size, path);
    return { tensors: tensorsOf(header, size, path), size, modified: mtimeMs, header: header.text };
  } catch (error) {
    throw fileError(error, path);
  } finally {
    await file?.close();
  }
}

interface Header {
  readonly text: string;
  readonly value: Json;
  /** Where the tensors' bytes begin. */
  readonly end: number;
}

async function readHeader(file: FileHandle, size: number, path: string): Promise<Header> {
  const start = Buffer.alloc(8);
  const { bytesRead } = await file.read(start, 0, 8, 0);
  if (bytesRead < 8) throw short(path);
  const length = start.readBigUInt64LE();
  if (length > BigInt(LONGEST_HEADER) || length < 2n) throw damaged(path, "it does not begin as a safetensors file");
  const end = 8 + Number(length);
  if (end > size) throw short(path);
  const bytes = Buffer.alloc(Number(length));
  if ((await file.read(bytes, 0, bytes.length, 8)).bytesRead < bytes.length) throw short(path);
  const text = bytes.toString("utf8");
  const value = parseJson(text);
  if (value === null) throw damaged(path, "its header is not JSON");
  return { text, value, end };
}

function tensorsOf({ value, end }: Header, size: number, path: string): SourceTensor[] {
  const entries = Object.keys(value).filter((name) => name !== "__metadata__");
  const tensors = entries.map((name) => tensorOf(name, objectOr(value[name]), end, path));
  let at = end;
  for (const tensor of [...tensors].sort((a, b) => a.offset - b.offset || a.bytes - b.bytes)) {
    if (tensor.offset < at) throw damaged(path, `${inWords(tensor.name)} overlaps another tensor`);
    if (tensor.offset > at)
      throw damaged(path, `there are bytes before ${inWords(tensor.name)} that belong to nothing`);
    at = tensor.offset + tensor.bytes;
  }
  if (at > size) throw short(path);
  if (at < size) throw damaged(path, "it is longer than its header says");
  return tensors;
}

function tensorOf(name: string, entry: Json | null, start: number, path: string): SourceTensor {
  const shape = entry?.shape;
  const offsets = entry?.data_offsets;
  if (!isNaturals(shape, LARGEST_DIMENSION) || shape.length > MOST_DIMENSIONS) {
    throw damaged(path, `the shape of ${inWords(name)} makes no sense`);
  }
  if (!isNaturals(offsets, Number.MAX_SAFE_INTEGER) || offsets.length !== 2 || offsets[1]! < offsets[0]!) {
    throw damaged(path, `the place of ${inWords(name)} makes no sense`);
  }
  const format = entry?.dtype;
  if (format !== "F32" && format !== "F16" && format !== "BF16") {
    const stated = typeof format === "string" ? inWords(format) : "nothing known";
    throw new ConversionError(
      `${inWords(name)} in ${basename(path)} is stored as ${stated}; only F32, F16 and BF16 can be converted. Take the checkpoint with unquantised weights.`,
    );
  }
  const bytes = offsets[1]! - offsets[0]!;
  if (shape.reduce((product, dimension) => product * dimension, FORMATS[format].bytes) !== bytes) {
    throw damaged(path, `${inWords(name)} does not take the bytes of its shape`);
  }
  return { name, file: path, format, shape, offset: start + offsets[0]!, bytes };
}

function isNaturals(value: unknown, most: number): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isInteger(item) && item >= 0 && item <= most);
}

function short(path: string): ConversionError {
  return new ConversionError(`${basename(path)} is cut short: its end is missing. Download it again.`);
}

function damaged(path: string, why: string): ConversionError {
  return new ConversionError(`${basename(path)} is damaged: ${why}. Download it again.`);
}
