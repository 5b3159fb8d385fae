import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { backendFolders, type PinnedBackends, pinnedBackends } from "../engine/local/backend-packages.js";
import { assertGguf } from "../engine/local/failures.js";
import { backendPackages, backendStates, packedBytes } from "./backends.js";
import { assertRoom, bytesThere, freeBytes } from "./download.js";
import { type Fit, type Machine, type Proposal, propose } from "./fit.js";
import { fileFacts, type HubFile, listRepository } from "./hub.js";
import { lookAtMachine } from "./machine.js";
import type { Network } from "./network.js";
import { select } from "./repository.js";
import { SetUpError } from "./set-up-error.js";
import { isSafePath, type ModelSource, OFFICIAL_SOURCE, parseSource, sourceInWords } from "./source.js";
import type { WantedFile } from "./transfer.js";
import { convertedBytes, MODEL_BYTES, WEIGHT_NAMES, WEIGHT_TYPES, type WeightType } from "./weights.js";

/** What a set-up works with. */
export interface SetUpContext {
  /** The folder that holds dist/, models/ and native/. */
  readonly extensionRoot: string;
  readonly stateDirectory: string;
  /** Base address of the hub or its mirror. */
  readonly hub: string;
  /** Where the user has put backends; "" for nowhere. */
  readonly backendPath: string;
  readonly network: Network;
}

/** What the user asks for; null leaves it to us. */
export interface SetUpRequest {
  /** As {@link parseSource} reads it; the official checkpoint by default. */
  readonly source: string | null;
  /** The proposed one by default. */
  readonly type: WeightType | null;
  /** Where models are put; a folder in the state directory by default. */
  readonly directory: string | null;
}

/** A file to download, and to where. */
interface PlannedFile extends WantedFile {
  /** Absolute. */
  readonly target: string;
  /** Bytes that are there from an earlier time. */
  readonly there: number;
}

/** Everything that will be done, told before it is begun. */
export interface SetUpPlan {
  /** As the user would write it. */
  readonly source: string;
  readonly request: SetUpRequest;
  /** The weights that are wanted; a ready GGUF file has what it has. */
  readonly type: WeightType;
  /** The GGUF file that will be there in the end; absolute. */
  readonly model: string;
  /** Host that the files come from; null if nothing is downloaded. */
  readonly host: string | null;
  readonly files: readonly PlannedFile[];
  /** Bytes of all files; null if a server won't say. */
  readonly totalBytes: number | null;
  /** Bytes still to be downloaded; null if a server won't say. */
  readonly downloadBytes: number | null;
  /** Weights that are converted after the download. */
  readonly conversion: {
    readonly folder: string;
    /** Whether we have put the checkpoint there, and take it away afterwards. */
    readonly ours: boolean;
    /** About as many bytes as the result will have. */
    readonly bytes: number;
  } | null;
  /** Backend packages that npm will fetch; empty for none. */
  readonly backend: { readonly packages: readonly string[]; readonly bytes: number };
  /** Bytes that are free on the disk of the models; null if that can't be told. */
  readonly freeBytes: number | null;
  /** How it will run; null for a model of another shape than ours, of which nothing was measured. */
  readonly fit: Fit | null;
}

/** What a look at the machine gives. */
export interface Look {
  readonly machine: Machine;
  readonly proposal: Proposal;
  /** One sentence about GPUs that could not be asked; null if all could. */
  readonly gpuError: string | null;
}

/** Looks at the machine and proposes what fits. Loads and downloads nothing. */
export async function look(extensionRoot: string): Promise<Look> {
  const { machine, report } = await lookAtMachine(extensionRoot);
  return { machine, proposal: propose(machine), gpuError: report.error };
}

/** Where models are put unless the user names a folder. */
function modelDirectory(stateDirectory: string): string {
  return join(stateDirectory, "models");
}

/**
 * Finds out what a set-up will do, asking the hub for its lists but downloading nothing. Throws a {@link SetUpError} if
 * it can't be done, also for want of room on the disk.
 */
export async function planSetUp(
  request: SetUpRequest,
  { proposal, machine }: Pick<Look, "proposal" | "machine">,
  context: SetUpContext,
  signal: AbortSignal,
): Promise<SetUpPlan> {
  const source = parseSource(request.source ?? OFFICIAL_SOURCE, context.hub, isFolder);
  const type = request.type ?? proposal.weights;
  const directory = resolve(untilde(request.directory ?? modelDirectory(context.stateDirectory)));
  const found = await contents(source, type, directory, context, signal);
  const sizes = found.files.map(({ size }) => size);
  const known = sizes.every((size) => size !== null);
  const totalBytes = known ? sizes.reduce((sum: number, size) => sum + (size ?? 0), 0) : null;
  const there = found.files.reduce((sum, file) => sum + file.there, 0);
  const downloadBytes = totalBytes === null ? null : Math.max(0, totalBytes - there);
  const size =
    found.conversion !== null ? null : (totalBytes ?? (await stat(found.model).catch(() => null))?.size ?? null);
  const weights = size === null ? type : weightsOf(size);
  const fit = proposal.choices.find((choice) => choice.weights === weights) ?? null;
  await assertRoom(directory, (downloadBytes ?? 0) + (found.conversion?.bytes ?? 0));
  return {
    source: sourceInWords(source),
    request: { ...request, source: sourceInWords(source), type },
    type,
    ...found,
    host: found.files.length === 0 ? null : new URL(found.files[0]!.url).host,
    totalBytes,
    downloadBytes,
    backend: backendToFetch((fit ?? proposal).backend, machine, pinnedBackends(context.extensionRoot), context),
    freeBytes: await freeBytes(directory),
    fit,
  };
}

type Contents = Pick<SetUpPlan, "model" | "files" | "conversion">;

async function contents(
  source: ModelSource,
  type: WeightType,
  directory: string,
  { hub, network }: SetUpContext,
  signal: AbortSignal,
): Promise<Contents> {
  switch (source.kind) {
    case "file": {
      const model = resolve(untilde(source.path));
      await assertGguf(model);
      return { model, files: [], conversion: null };
    }
    case "folder": {
      const folder = resolve(untilde(source.path));
      return converted(folder, false, basename(folder), join(directory, `local--${basename(folder)}`), type, []);
    }
    case "url": {
      const url = new URL(source.url);
      const name = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
      const file = isSafePath(name) && /\.gguf$/i.test(name) ? name : "model.gguf";
      const key = createHash("sha256").update(url.href).digest("hex").slice(0, 8);
      const { bytes, sha256 } = await fileFacts(url.href, file, network, signal);
      const wanted = { url: url.href, size: bytes, sha256, begins: "GGUF", name: file };
      const planned = await withPlace(wanted, join(directory, `${url.hostname.replace(/[^\w.-]/g, "_")}-${key}`, file));
      return { model: planned.target, files: [planned], conversion: null };
    }
    case "hub": {
      const { owner, repo, revision, file } = source;
      const at = revision === "main" ? "" : `@${revision.replaceAll("/", "_")}`;
      const folder = join(directory, `${owner}--${repo}${at}`);
      const checkpoint = join(folder, "checkpoint");
      if (file === null) {
        const ready = convertedPath(folder, repo, type);
        if (await isFile(ready)) {
          // An interruption may have left the checkpoint behind.
          const conversion = isFolder(checkpoint) ? { folder: checkpoint, ours: true, bytes: 0 } : null;
          return { model: ready, files: [], conversion };
        }
      }
      const selection = await select(await listRepository(source, hub, network, signal), file, type, network, signal);
      if (selection.kind === "gguf") {
        const files = await Promise.all(selection.files.map((one) => withPlace(wantedOf(one), join(folder, one.path))));
        return { model: files[0]!.target, files, conversion: null };
      }
      const files = await Promise.all(
        selection.files.map((one) => withPlace(wantedOf(one), join(checkpoint, one.path))),
      );
      return converted(checkpoint, true, repo, folder, type, files);
    }
  }
}

/** A checkpoint and what becomes of it; nothing to do if that is there. */
async function converted(
  folder: string,
  ours: boolean,
  name: string,
  into: string,
  type: WeightType,
  files: readonly PlannedFile[],
): Promise<Contents> {
  const model = convertedPath(into, name, type);
  if (await isFile(model)) return { model, files: [], conversion: null };
  const weights = files.filter(({ name }) => name.endsWith(".safetensors"));
  const size = files.length > 0 ? weights.reduce((sum, { size }) => sum + (size ?? 0), 0) : await folderBytes(folder);
  return { model, files, conversion: { folder, ours, bytes: convertedBytes(size, type) } };
}

function convertedPath(folder: string, name: string, type: WeightType): string {
  return join(folder, `${name}-${WEIGHT_NAMES[type]}.gguf`);
}

async function folderBytes(folder: string): Promise<number> {
  const shards = (await readdir(folder)).filter((name) => name.endsWith(".safetensors"));
  const sizes = await Promise.all(shards.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The kind of weights of a 4B model of this size; null if no kind is near. */
function weightsOf(bytes: number): WeightType | null {
  return WEIGHT_TYPES.find((type) => Math.abs(Math.log(bytes / MODEL_BYTES[type])) < 0.2) ?? null;
}

function wantedOf({ url, bytes, sha256, path }: HubFile): WantedFile {
  return { url, size: bytes, sha256, begins: /\.gguf$/i.test(path) ? "GGUF" : "", name: path };
}

async function withPlace(wanted: WantedFile, target: string): Promise<PlannedFile> {
  return { ...wanted, target, there: await bytesThere(wanted, target) };
}

function backendToFetch(
  backend: Fit["backend"],
  machine: Machine,
  pinned: PinnedBackends | null,
  { extensionRoot, stateDirectory, backendPath }: SetUpContext,
): SetUpPlan["backend"] {
  const nothing = { packages: [], bytes: 0 };
  if (pinned === null || backend === "cpu") return nothing;
  const folders = backendFolders(backendPath, stateDirectory, pinned.version);
  if (backendStates(machine, pinned, extensionRoot, folders)[backend].there) return nothing;
  const packages = backendPackages(backend, machine);
  return { packages, bytes: packedBytes(packages) };
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

function isFolder(path: string): boolean {
  return statSync(untilde(path), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function untilde(path: string): string {
  return /^~(?:[/\\]|$)/.test(path) ? join(homedir(), path.slice(1)) : path;
}
