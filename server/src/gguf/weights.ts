import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ConversionError, fileError, inWords } from "./conversion-error.js";
import { objectOr, readJsonFile } from "./json-file.js";
import { readSafetensors, type SafetensorsFile, type SourceTensor } from "./safetensors.js";

/** The weights of a checkpoint. */
export interface Weights {
  readonly tensors: ReadonlyMap<string, SourceTensor>;
  /** The files they are in, by name. */
  readonly files: ReadonlyMap<string, SafetensorsFile>;
}

const INDEX = "model.safetensors.index.json";
const SINGLE = "model.safetensors";
/** More files than any checkpoint has. */
const MOST_FILES = 1000;

/**
 * Finds the weights of the checkpoint in a folder: the files of `model.safetensors.index.json`, or `model.safetensors`.
 * Throws a {@link ConversionError} if a file is missing or damaged, or says something else than the index.
 */
export async function readWeights(folder: string): Promise<Weights> {
  const index = await readJsonFile(join(folder, INDEX));
  const map = index === null ? null : objectOr(index.weight_map);
  if (index !== null && map === null) {
    throw new ConversionError(`${INDEX} is damaged: it names no files. Download it again.`);
  }
  const names = map === null ? [SINGLE] : [...new Set(Object.values(map))].sort().map(fileName);
  if (names.length === 0 || names.length > MOST_FILES) {
    throw new ConversionError(`${INDEX} is damaged: it names ${names.length} files. Download it again.`);
  }
  const present = new Set(await readdir(folder).catch((error) => Promise.reject(fileError(error, folder))));
  const missing = names.filter((name) => !present.has(name));
  if (missing.length > 0) throw missingFiles(folder, missing, names.length, present);

  const files = new Map<string, SafetensorsFile>();
  const tensors = new Map<string, SourceTensor>();
  for (const name of names) {
    const file = await readSafetensors(join(folder, name));
    files.set(name, file);
    for (const tensor of file.tensors) {
      if (tensors.has(tensor.name)) throw new ConversionError(disagreement(`${inWords(tensor.name)} is in two files`));
      if (map !== null && map[tensor.name] !== name) {
        throw new ConversionError(
          disagreement(`${inWords(tensor.name)} is in ${name}, where the index does not have it`),
        );
      }
      tensors.set(tensor.name, tensor);
    }
  }
  for (const [tensor, file] of Object.entries(map ?? {})) {
    if (!tensors.has(tensor)) throw new ConversionError(disagreement(`${inWords(tensor)} is not in ${file}`));
  }
  return { tensors, files };
}

/** A name in the index, which must be that of a file in the same folder. */
function fileName(name: unknown): string {
  if (typeof name === "string" && /^[\w.-]+\.safetensors$/.test(name)) return name;
  throw new ConversionError(`${INDEX} is damaged: it names something that is no safetensors file. Download it again.`);
}

function missingFiles(folder: string, missing: readonly string[], all: number, present: ReadonlySet<string>): Error {
  if (missing[0] !== SINGLE || all > 1) {
    const more = missing.length > 1 ? ` and ${missing.length - 1} more` : "";
    return new ConversionError(
      `${missing[0]}${more} of ${all} weight files is missing in ${folder}. Download the rest.`,
    );
  }
  const pickled = [...present].some((name) => /\.(?:bin|pth?)$/.test(name));
  return new ConversionError(
    pickled
      ? `${folder} holds PyTorch's own weight files; only safetensors can be converted. Download the checkpoint in safetensors form.`
      : `${folder} holds no safetensors weights. Name the folder of a downloaded checkpoint.`,
  );
}

function disagreement(what: string): string {
  return `The weight files and ${INDEX} don't belong together: ${what}. Download the checkpoint again.`;
}
