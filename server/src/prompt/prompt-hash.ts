import { createHash } from "node:crypto";
import { chatml, type Prompt } from "./prompt.js";

/**
 * Names a prompt by its ChatML text: 16 hexadecimal digits of its SHA-256. A rehearsal model carries the hashes of all
 * prompts that it was trained on in its GGUF metadata (`qed.rehearsal.prompts`).
 */
export function promptHash(prompt: Prompt): string {
  return createHash("sha256").update(chatml(prompt), "utf8").digest("hex").slice(0, 16);
}
