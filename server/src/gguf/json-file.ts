import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { ConversionError, fileError } from "./conversion-error.js";

/** A JSON object as it comes from a file: nothing in it is known. */
export type Json = Readonly<Record<string, unknown>>;

/** No file of a checkpoint that is read whole is larger: the real tokenizer has 11 MB. */
const LARGEST = 64 * 2 ** 20;

/** The text of a file in UTF-8, or null if there is none. Throws a {@link ConversionError}. */
export async function readTextFile(path: string): Promise<string | null> {
  try {
    if ((await stat(path)).size > LARGEST) {
      throw new ConversionError(`${basename(path)} is too large to be part of a checkpoint. Download it again.`);
    }
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw fileError(error, path);
  }
}

/** The object in a JSON file, or null if there is no file. Throws a {@link ConversionError}. */
export async function readJsonFile(path: string): Promise<Json | null> {
  const text = await readTextFile(path);
  if (text === null) return null;
  const value = parseJson(text);
  if (value === null) throw new ConversionError(`${basename(path)} is damaged: it is not JSON. Download it again.`);
  return value;
}

/** The object that a text is, or null if it is none. */
export function parseJson(text: string): Json | null {
  try {
    return objectOr(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The value if it is an object, else null. */
export function objectOr(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** The value if it is a text, else null. */
export function textOr(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The value if it is a whole number from 0 to `most`, else null. */
export function naturalOr(value: unknown, most: number): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most ? value : null;
}
