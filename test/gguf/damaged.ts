import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConversionError } from "../../server/src/gguf/conversion-error.js";
import { Folder } from "./folders.js";

/** The two shards of the rehearsal model as a checkpoint, and their index. */
export const FIRST = "model-00001-of-00002.safetensors";
export const SECOND = "model-00002-of-00002.safetensors";
export const INDEX = "model.safetensors.index.json";

/** A header of a safetensors file: what tests change in it. */
export type Header = Record<string, { shape: number[]; data_offsets: number[]; dtype: string }>;

/** The rehearsal model as a checkpoint in BF16, whole before each test, to be damaged. */
export class DamagedCheckpoint {
  readonly #original = new Folder();
  readonly folder = new Folder();

  /** To be called in a `describe`. */
  constructor() {
    before(() => this.#original.write({ format: "BF16" }));
    beforeEach(() => {
      rmSync(this.folder.checkpoint, { recursive: true, force: true });
      cpSync(this.#original.checkpoint, this.folder.checkpoint, { recursive: true });
    });
    after(() => {
      this.#original.close();
      this.folder.close();
    });
  }

  at(name: string): string {
    return join(this.folder.checkpoint, name);
  }

  remove(...names: string[]): void {
    for (const name of names) rmSync(this.at(name));
  }

  /** Sets fields of the configuration. */
  configure(fields: Readonly<Record<string, unknown>>): void {
    this.folder.change("config.json", (config) => Object.assign(config, fields));
  }

  /** Sets entries of the index: tensor to file. */
  index(entries: Readonly<Record<string, string>>): void {
    this.folder.change(INDEX, (index) => Object.assign(index.weight_map as object, entries));
  }

  /** Changes the header of the first shard, its length and all. */
  changeHeader(change: (header: Header) => void): void {
    const bytes = readFileSync(this.at(FIRST));
    const end = 8 + Number(bytes.readBigUInt64LE());
    const header: Header = JSON.parse(bytes.toString("utf8", 8, end));
    change(header);
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    writeFileSync(this.at(FIRST), Buffer.concat([length, text, bytes.subarray(end)]));
  }

  /** Converts, and wants a refusal in words. */
  async assertRefused(message: RegExp): Promise<void> {
    await assert.rejects(this.folder.convert("q8_0"), (error: Error) => {
      assert.ok(error instanceof ConversionError, `${error.name}: ${error.message}`);
      assert.match(error.message, message);
      assertSentences(error.message);
      return true;
    });
  }
}

/** One sentence, and perhaps one more that says what to do; nothing that would change a terminal. */
export function assertSentences(message: string): void {
  assert.doesNotMatch(message, /[\u0000-\u001f\u007f]/, JSON.stringify(message));
  assert.match(message, /\.$/);
  assert.ok(message.length < 400, message);
}
