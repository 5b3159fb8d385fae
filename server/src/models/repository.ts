import { type HubFile, type HubRepository, readHubJson } from "./hub.js";
import type { Network } from "./network.js";
import { bytesInWords } from "./quantities.js";
import { SetUpError } from "./set-up-error.js";
import { WEIGHT_NAMES, type WeightType } from "./weights.js";

/** What a repository gives for a model. */
export type Selection =
  /** A ready model: its file, or all parts of one that is split, the first part first. */
  | { readonly kind: "gguf"; readonly files: readonly HubFile[] }
  /** Weights to be converted: configuration, tokenizer, chat template and shards. */
  | { readonly kind: "checkpoint"; readonly files: readonly HubFile[] };

/** What a conversion reads beside the weights, as far as it is there. */
const BESIDE_WEIGHTS = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "vocab.json",
  "merges.txt",
  "added_tokens.json",
  "special_tokens_map.json",
  "chat_template.jinja",
  "chat_template.json",
];
const INDEX = "model.safetensors.index.json";
const SINGLE = "model.safetensors";
const PART = /^(.*)-(\d{5})-of-(\d{5})(\.gguf)$/i;

/**
 * Chooses what to download. A GGUF file that is named is taken; else one of the wanted type, or the only one; else the
 * checkpoint. Throws `net.missing` with what there is.
 */
export async function select(
  repository: HubRepository,
  file: string | null,
  type: WeightType,
  network: Network,
  signal: AbortSignal,
): Promise<Selection> {
  const models = ggufModels(repository.files);
  if (file !== null) {
    const named = models.find((parts) => parts.some(({ path }) => path === file));
    if (named) return { kind: "gguf", files: named };
    throw missing(`hf:${repository.name} has no file ${file}.`, repository.name, models);
  }
  const ofType = models.filter(([first]) =>
    first!.path
      .toLowerCase()
      .replace(/[^a-z0-9]/g, "")
      .includes(plain(type)),
  );
  if (ofType.length === 1) return { kind: "gguf", files: ofType[0]! };
  const checkpoint = await checkpointFiles(repository, network, signal);
  if (checkpoint !== null) return { kind: "checkpoint", files: checkpoint };
  if (models.length === 1) return { kind: "gguf", files: models[0]! };
  if (models.length > 1) {
    throw missing(
      `hf:${repository.name} has ${models.length} models, and ${ofType.length === 0 ? "none" : ofType.length} of them by the name of ${WEIGHT_NAMES[type]}.`,
      repository.name,
      models,
    );
  }
  throw new SetUpError(
    "net.missing",
    `hf:${repository.name} holds neither a GGUF file nor a checkpoint (config.json and safetensors). Name another repository.`,
  );
}

/** The GGUF models of a repository, each with all its parts; projectors for pictures are none. */
function ggufModels(files: readonly HubFile[]): HubFile[][] {
  const models = new Map<string, HubFile[]>();
  for (const file of files) {
    if (!/\.gguf$/i.test(file.path) || /(?:^|\/)mmproj/i.test(file.path)) continue;
    const split = PART.exec(file.path);
    const key = split ? `${split[1]}-of-${split[3]}` : file.path;
    models.set(key, [...(models.get(key) ?? []), file]);
  }
  return [...models.values()]
    .map((parts) => parts.sort((a, b) => (a.path < b.path ? -1 : 1)))
    .filter(([first, ...rest]) => {
      const of = Number(PART.exec(first!.path)?.[3] ?? 1);
      return rest.length + 1 === of;
    });
}

async function checkpointFiles(
  { files, name }: HubRepository,
  network: Network,
  signal: AbortSignal,
): Promise<HubFile[] | null> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  if (!byPath.has("config.json")) return null;
  const index = byPath.get(INDEX);
  const single = byPath.get(SINGLE);
  let shards: HubFile[];
  if (index) {
    const map = ((await readHubJson(index, network, signal)) as { readonly weight_map?: unknown } | null)?.weight_map;
    const names = new Set(Object.values(typeof map === "object" && map !== null ? map : {}));
    if (names.size === 0) {
      throw new SetUpError(
        "net.missing",
        `The index of hf:${name} names no shards. Use another revision or repository.`,
      );
    }
    shards = [...names].map((shard) => {
      const found = typeof shard === "string" ? byPath.get(shard) : undefined;
      if (found) return found;
      throw new SetUpError(
        "net.missing",
        `hf:${name} lacks the shard ${String(shard).slice(0, 80)} that its index names. Use another revision or repository.`,
      );
    });
    shards.sort((a, b) => (a.path < b.path ? -1 : 1));
  } else if (single) shards = [single];
  else return null;
  const beside = BESIDE_WEIGHTS.flatMap((path) => byPath.get(path) ?? []);
  if (!byPath.has("tokenizer.json") && !(byPath.has("vocab.json") && byPath.has("merges.txt"))) {
    throw new SetUpError("net.missing", `hf:${name} has weights but no tokenizer. Use another revision or repository.`);
  }
  // Small files first: what is wrong with them shows before gigabytes have come.
  return [...beside, ...(index ? [index] : []), ...shards];
}

function missing(what: string, name: string, models: readonly (readonly HubFile[])[]): SetUpError {
  const list = models
    .slice(0, 12)
    .map((parts) => `hf:${name}/${parts[0]!.path} (${bytesInWords(parts.reduce((sum, { bytes }) => sum + bytes, 0))})`);
  const more = models.length > list.length ? `, and ${models.length - list.length} more` : "";
  return new SetUpError(
    "net.missing",
    list.length === 0 ? `${what} It has no GGUF file at all.` : `${what} Name one of: ${list.join(", ")}${more}.`,
  );
}

function plain(type: WeightType): string {
  return type.replaceAll("_", "");
}
