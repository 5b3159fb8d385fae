import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { ConversionError, fileError } from "./conversion-error.js";
import type { Kernels } from "./kernels.js";
import type { PartialFile } from "./partial-file.js";
import type { Plan } from "./plan.js";
import { type Stretch, stretchesOf } from "./stretches.js";

/** How far a conversion is. */
export interface ConversionProgress {
  /** Bytes of the result that are written. */
  readonly done: number;
  readonly total: number;
  /** The tensor that is worked on. */
  readonly tensor: string;
}

/** How many bytes are written between two notes in the journal. */
const NOTE_BYTES = 256 * 2 ** 20;

/**
 * Converts the tensors of a plan into a partial file, from where it stands. Several stretches are under way at once, so
 * that reading, converting and writing overlap; memory is that of their buffers. Throws a {@link ConversionError}, or
 * the signal's reason; what is done has been noted then.
 */
export async function convertWeights(
  plan: Plan,
  file: PartialFile,
  kernels: Kernels,
  signal: AbortSignal,
  onProgress: (progress: ConversionProgress) => void,
): Promise<void> {
  const work = new Work(plan, file, kernels);
  let failed = false;
  const run = async (): Promise<void> => {
    const buffers = new Buffers();
    try {
      for (let next = work.next(); next !== null && !failed; next = work.next()) {
        signal.throwIfAborted();
        const { stretch, finish } = next;
        await work.convert(stretch, buffers);
        onProgress({ done: finish(), total: plan.size, tensor: stretch.tensor.name });
        if (work.isNoteDue) await work.note();
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: kernels.parallel }, run));
  const failure = results.find((result) => result.status === "rejected");
  try {
    // A full disk may refuse the note as well: the first error says more.
    if (failure) await work.note().catch(() => {});
  } finally {
    await work.close();
  }
  if (failure) throw failure.reason;
  onProgress({ done: plan.size, total: plan.size, tensor: plan.tensors.at(-1)?.name ?? "" });
}

/** Memory that one stretch after another uses: taking it anew each time costs as much as a copy. */
class Buffers {
  #input: Buffer = Buffer.alloc(0);
  #output: Buffer = Buffer.alloc(0);

  /** Room for the values and the blocks of a stretch; what was in it before is lost. */
  fitting({ fromBytes, toBytes }: Stretch): { readonly input: Buffer; readonly output: Buffer } {
    if (this.#input.length < fromBytes) this.#input = Buffer.allocUnsafeSlow(fromBytes);
    if (this.#output.length < toBytes) this.#output = Buffer.allocUnsafeSlow(toBytes);
    return { input: this.#input.subarray(0, fromBytes), output: this.#output.subarray(0, toBytes) };
  }
}

/** The stretches of a conversion: which are to be done, and up to where all are. */
class Work {
  readonly #file: PartialFile;
  readonly #size: number;
  readonly #kernels: Kernels;
  readonly #stretches: Iterator<Stretch>;
  readonly #sources = new Map<string, Promise<FileHandle>>();
  /** Beginnings of stretches that are under way. */
  readonly #open = new Set<number>();
  /** Where the next stretch begins, or the end. */
  #next: number;
  #written: number;
  #noted: number;
  #noting = false;

  constructor(plan: Plan, file: PartialFile, kernels: Kernels) {
    this.#file = file;
    this.#size = plan.size;
    this.#kernels = kernels;
    this.#stretches = stretchesOf(plan.tensors, kernels.stretch, file.done);
    this.#next = this.#written = this.#noted = Math.max(file.done, plan.header.length);
  }

  /** The next stretch, and what to call when it is written, which gives the bytes that are; null after the last. */
  next(): { readonly stretch: Stretch; readonly finish: () => number } | null {
    const { value: stretch, done } = this.#stretches.next();
    if (done) return null;
    this.#open.add(stretch.to);
    this.#next = stretch.to + stretch.toBytes;
    const finish = () => {
      this.#open.delete(stretch.to);
      // The first stretch of a conversion that goes on may have been done in part.
      this.#written = Math.min(this.#written + stretch.toBytes, this.#size);
      return this.#written;
    };
    return { stretch, finish };
  }

  /** Converts one stretch. Throws a {@link ConversionError}. */
  async convert(stretch: Stretch, buffers: Buffers): Promise<void> {
    const { tensor, from, to } = stretch;
    const { input, output } = buffers.fitting(stretch);
    await this.#read(tensor.source.file, input, from);
    if (!(await this.#kernels.convert(tensor.source.format, tensor.format, input, output))) {
      throw new ConversionError(
        `${tensor.source.name} in ${basename(tensor.source.file)} holds values that are no usable numbers. Download the checkpoint again.`,
      );
    }
    await this.#file.write(output, to);
  }

  get isNoteDue(): boolean {
    return !this.#noting && this.#written - this.#noted >= NOTE_BYTES;
  }

  /** Notes how far everything is written. */
  async note(): Promise<void> {
    const upTo = Math.min(this.#next, ...this.#open);
    this.#noted = this.#written;
    this.#noting = true;
    try {
      await this.#file.note(upTo);
    } finally {
      this.#noting = false;
    }
  }

  async close(): Promise<void> {
    for (const source of this.#sources.values()) await source.then((file) => file.close()).catch(() => {});
  }

  async #read(path: string, into: Buffer, position: number): Promise<void> {
    let source = this.#sources.get(path);
    if (source === undefined) {
      source = open(path, "r");
      this.#sources.set(path, source);
    }
    try {
      const file = await source;
      for (let at = 0; at < into.length; ) {
        const { bytesRead } = await file.read(into, at, into.length - at, position + at);
        if (bytesRead === 0) {
          throw new ConversionError(`${basename(path)} has become shorter while it was read. Download it again.`);
        }
        at += bytesRead;
      }
    } catch (error) {
      throw fileError(error, path);
    }
  }
}
