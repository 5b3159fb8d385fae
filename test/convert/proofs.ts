import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../shared/data/proofs/", import.meta.url));

/** The published teacher proofs, as the model writes them; null (said aloud) where the data is not beside the repository. */
export function teacherProofs(): readonly string[] | null {
  if (!existsSync(folder)) {
    console.log("      skipped: ../shared/data/proofs is not here");
    return null;
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .flatMap((name) =>
      readFileSync(folder + name, "utf8")
        .trim()
        .split("\n"),
    )
    .map((line) => (JSON.parse(line) as { model_prediction: { proof: string } }).model_prediction.proof);
}
