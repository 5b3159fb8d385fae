import { join } from "node:path";
import { type Json, objectOr, readJsonFile, readTextFile, textOr } from "./json-file.js";

/**
 * The chat template of a checkpoint: `chat_template.jinja`, else the one in `tokenizer_config.json` (its default, if there
 * are several), else `chat_template.json`. Null if there is none. Throws a ConversionError if a file is damaged.
 */
export async function readChatTemplate(folder: string, tokenizerConfig: Json | null): Promise<string | null> {
  return (
    (await readTextFile(join(folder, "chat_template.jinja"))) ??
    templateIn(tokenizerConfig?.chat_template) ??
    templateIn((await readJsonFile(join(folder, "chat_template.json")))?.chat_template)
  );
}

function templateIn(value: unknown): string | null {
  if (!Array.isArray(value)) return textOr(value);
  const named = value.map(objectOr).find((entry) => entry?.name === "default");
  return textOr(named?.template);
}
