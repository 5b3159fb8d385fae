import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { convertCheckpoint } from "../gguf/convert-checkpoint.js";
import type { ConversionProgress } from "../gguf/convert-weights.js";
import { FILE_TYPES, type FileType } from "../gguf/file-types.js";
import { modelName } from "../gguf/metadata.js";
import { EXIT, UsageError } from "./io.js";
import { inTerminal } from "./terminal-words.js";

const USAGE = "Usage: qed convert-model DIR --type q8_0|q4_k_m|bf16 [--out FILE]";
const GIGA = 1e9;

/**
 * `convert-model`: a downloaded Qwen3 checkpoint becomes a GGUF file, by default in the checkpoint's folder. Progress goes
 * to standard error, the file's path to standard output. Ctrl-C keeps what is done for the next time.
 */
export async function convertModelCommand(args: string[], extensionRoot: string): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { type: { type: "string" }, out: { type: "string" } },
  });
  const [folder] = positionals;
  const type = values.type?.toLowerCase();
  if (folder === undefined || positionals.length > 1 || type === undefined) throw new UsageError(USAGE);
  if (!isFileType(type)) throw new UsageError(`--type is q8_0, q4_k_m or bf16, not "${values.type}".`);
  if (!existsSync(folder)) throw new UsageError(`There is no folder ${folder}. Check the path.`);
  if (!statSync(folder).isDirectory()) {
    throw new UsageError(`${folder} is not a folder. Name the folder of a downloaded checkpoint.`);
  }
  const out = resolve(values.out ?? join(folder, `${modelName(folder)}-${FILE_TYPES[type].label}.gguf`));
  if (existsSync(out)) {
    throw new UsageError(`${out} is there already. Move it away, or name another file with --out.`);
  }
  if (!existsSync(dirname(out))) throw new UsageError(`There is no folder ${dirname(out)}. Make it, or check --out.`);

  const abort = new AbortController();
  const onSignal = () => abort.abort(new Error("interrupted"));
  for (const signal of SIGNALS) process.once(signal, onSignal);
  const printer = new ProgressPrinter(process.stderr);
  try {
    const { bytes, kernels } = await convertCheckpoint({
      folder,
      type,
      out,
      extensionRoot,
      signal: abort.signal,
      onProgress: (progress) => printer.show(progress),
    });
    printer.end();
    // The doctor says why.
    const how = kernels === "native" ? "" : ", in JavaScript: the native module is not there";
    process.stderr.write(`${(bytes / GIGA).toFixed(2)} GB in ${printer.seconds.toFixed(0)} s${how}.\n`);
    process.stdout.write(`${inTerminal(out)}\n`);
    return EXIT.done;
  } catch (error) {
    printer.end();
    if (!abort.signal.aborted) throw error;
    process.stderr.write("Interrupted. The same command goes on from here; delete the .partial files to give it up.\n");
    return EXIT.noProof;
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function isFileType(type: string): type is FileType {
  return Object.hasOwn(FILE_TYPES, type);
}

/** Progress as one line that is written over in a terminal, and as a line for every tenth elsewhere. */
class ProgressPrinter {
  readonly #stream: NodeJS.WriteStream;
  readonly #began = performance.now();
  #first: number | null = null;
  #tenths = -1;
  #isOpen = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  show({ done, total }: ConversionProgress): void {
    // What an earlier conversion had done says nothing about the speed.
    this.#first ??= done;
    const speed = (done - this.#first) / this.seconds;
    const left = speed > 0 ? `, ${Math.ceil((total - done) / speed)} s left` : "";
    const line = `${Math.floor((100 * done) / total)} %: ${(done / GIGA).toFixed(2)} of ${(total / GIGA).toFixed(2)} GB${left}`;
    if (this.#stream.isTTY) {
      this.#stream.write(`\r${line}\u001b[K`);
      this.#isOpen = true;
      return;
    }
    const tenths = Math.floor((10 * done) / total);
    if (tenths === this.#tenths) return;
    this.#tenths = tenths;
    this.#stream.write(`${line}\n`);
  }

  /** Ends the line that is written over. */
  end(): void {
    if (this.#isOpen) this.#stream.write("\n");
    this.#isOpen = false;
  }
}
