import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Downloaded, type DownloadOptions, download } from "../../server/src/models/download.js";
import type { Network } from "../../server/src/models/network.js";
import type { DownloadProgress } from "../../server/src/models/rate.js";
import type { WantedFile } from "../../server/src/models/transfer.js";
import { COMMIT, type FakeHub, startHub } from "../fixtures/hub-server.js";

/** Straight, without a token, and quick to give up. */
export const NETWORK: Network = { proxy: "", token: null, allowHttp: false, silenceMs: 2_000, env: {} };

/** The SHA-256 of bytes, in hexadecimal. */
export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Random bytes that begin like a GGUF file. */
export function modelBytes(length: number): Buffer {
  return Buffer.concat([Buffer.from("GGUF"), randomBytes(length - 4)]);
}

/** One file on an imitated hub, and a folder to download it into. */
export class Trial {
  readonly folder = mkdtempSync(join(tmpdir(), "qed-download-"));
  readonly target = join(this.folder, "model.gguf");
  readonly progress: DownloadProgress[] = [];

  private constructor(
    readonly hub: FakeHub,
    readonly content: Buffer,
  ) {}

  static async start(content: Buffer): Promise<Trial> {
    return new Trial(await startHub({ "x/y": { files: { "model.gguf": content } } }), content);
  }

  /** The file as the hub lists it. */
  wanted(change: Partial<WantedFile> = {}): WantedFile {
    return {
      url: `${this.hub.address}/x/y/resolve/${COMMIT}/model.gguf`,
      size: this.content.length,
      sha256: sha256(this.content),
      begins: "GGUF",
      name: "model.gguf",
      ...change,
    };
  }

  download(change: Partial<WantedFile> = {}, options: Partial<DownloadOptions> = {}): Promise<Downloaded> {
    return download(this.wanted(change), this.target, {
      network: NETWORK,
      signal: new AbortController().signal,
      onProgress: (progress) => this.progress.push(progress),
      pauseMs: 1,
      ...options,
    });
  }

  /** The file under its final name; null if there is none. */
  whole(): Buffer | null {
    return existsSync(this.target) ? readFileSync(this.target) : null;
  }

  async close(): Promise<void> {
    await this.hub.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
