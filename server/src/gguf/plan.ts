import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readChatTemplate } from "./chat-template.js";
import { ConversionError, fileError } from "./conversion-error.js";
import { type FileType, formatOf } from "./file-types.js";
import { bytesOf, type Format } from "./formats.js";
import { layOut } from "./gguf-header.js";
import { readJsonFile } from "./json-file.js";
import { metadataOf, modelName, readLicense } from "./metadata.js";
import { readModelConfig } from "./model-config.js";
import type { SourceTensor } from "./safetensors.js";
import { specialTokens } from "./special-tokens.js";
import { nameTensors } from "./tensor-names.js";
import { readTokenizer } from "./tokenizer.js";
import { readWeights } from "./weights.js";

/** A tensor to convert: from where, as what, to where in the result. */
export interface PlannedTensor {
  readonly name: string;
  readonly source: SourceTensor;
  readonly format: Format;
  /** Offset from the beginning of the result. */
  readonly offset: number;
  readonly bytes: number;
}

/** Everything about a conversion that is known before a weight is read. */
export interface Plan {
  readonly header: Buffer;
  /** In the order of the file. */
  readonly tensors: readonly PlannedTensor[];
  /** Size of the result in bytes. */
  readonly size: number;
  /** Changes with whatever would change a byte of the result: work for another fingerprint can't be gone on with. */
  readonly fingerprint: string;
}

/**
 * Reads all of a checkpoint but its weights and lays out the result. `name` is the model's, by default the folder's.
 * Throws a {@link ConversionError} if the checkpoint can't be converted.
 */
export async function planConversion(folder: string, type: FileType, name?: string): Promise<Plan> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    (error) => Promise.reject(fileError(error, folder)),
  );
  if (!isFolder) throw new ConversionError(`${folder} is not a folder. Name the folder of a downloaded checkpoint.`);
  const file = await readJsonFile(join(folder, "config.json"));
  if (file === null) {
    throw new ConversionError(`${folder} has no config.json. Name the folder of a downloaded checkpoint.`);
  }
  const config = readModelConfig(file);
  const weights = await readWeights(folder);
  const { tensors: named, tied } = nameTensors(weights, config);
  const tokenizerConfig = await readJsonFile(join(folder, "tokenizer_config.json"));
  const generation = await readJsonFile(join(folder, "generation_config.json"));
  const tokenizer = await readTokenizer(folder, tokenizerConfig, config.vocabulary);
  const template = await readChatTemplate(folder, tokenizerConfig);

  const tensors = named.map(({ name, source, layer }) => {
    const dimensions = [...source.shape].reverse();
    const format = formatOf({ name, dimensions, layer }, type, config.layers, tied);
    const bytes = bytesOf(format, count(source));
    return { name, source, format, dimensions, bytes };
  });
  const metadata = metadataOf({
    name: name ?? modelName(folder),
    license: await readLicense(folder),
    parameters: tensors.reduce((sum, { source }) => sum + count(source), 0),
    type,
    config,
    tokenizer,
    special: specialTokens(tokenizer, config, { tokenizer: tokenizerConfig, generation, template }),
    template,
    generation,
  });
  const { header, offsets, size } = layOut(metadata, tensors);
  const hash = createHash("sha256").update(header);
  for (const [name, shard] of weights.files) {
    hash.update(JSON.stringify([name, shard.size, shard.modified])).update(shard.header);
  }
  return {
    header,
    tensors: tensors.map(({ name, source, format, bytes }, at) => ({
      name,
      source,
      format,
      bytes,
      offset: offsets[at]!,
    })),
    size,
    fingerprint: hash.digest("hex"),
  };
}

function count(source: SourceTensor): number {
  return source.shape.reduce((product, dimension) => product * dimension, 1);
}
