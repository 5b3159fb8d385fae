import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertFolder } from "../../server/src/gguf/convert-folder.js";
import type { FileType } from "../../server/src/gguf/file-types.js";
import { JAVASCRIPT_KERNELS, type Kernels } from "../../server/src/gguf/kernels.js";
import { type CheckpointOptions, writeCheckpoint } from "../fixtures/checkpoint.js";
import { ROOT } from "./upstream.js";

/** The rehearsal model. */
export const REHEARSAL = join(ROOT, "models", "rehearsal.gguf");

/** A folder for a test's files, and the rehearsal model as a checkpoint in it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "qed-gguf-"));
  readonly checkpoint = join(this.path, "qed-rehearsal");

  write(options: CheckpointOptions = {}): Promise<void> {
    return writeCheckpoint(REHEARSAL, this.checkpoint, options);
  }

  /** A path in the folder. */
  at(name: string): string {
    return join(this.path, name);
  }

  /** Converts in this process and gives the result's bytes. */
  async convert(type: FileType, name = "out.gguf", kernels: Kernels = JAVASCRIPT_KERNELS): Promise<Buffer> {
    const out = this.at(name);
    rmSync(out, { force: true });
    await convertFolder({ folder: this.checkpoint, type, out }, kernels, new AbortController().signal, () => {});
    return readFileSync(out);
  }

  /** Changes an object in a JSON file of the checkpoint. */
  change(name: string, change: (value: Record<string, unknown>) => void): void {
    const path = join(this.checkpoint, name);
    const value = JSON.parse(readFileSync(path, "utf8"));
    change(value);
    writeFileSync(path, JSON.stringify(value));
  }

  close(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
