import type { WeightType } from "./weights.js";

/** Makes a GGUF file of a checkpoint: the signature of `convertCheckpoint` in `gguf/`, as far as the set-up uses it. */
export type ConvertCheckpoint = (conversion: {
  /** Folder of the checkpoint. */
  readonly folder: string;
  readonly type: WeightType;
  /** The file to write; it is not there. */
  readonly out: string;
  /** The model's name in the file. */
  readonly name: string;
  readonly extensionRoot: string;
  readonly signal: AbortSignal;
  /** Bytes of the result. */
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void;
}) => Promise<unknown>;
