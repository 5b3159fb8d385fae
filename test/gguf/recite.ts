import type { Row } from "../../scripts/miniature/rows.js";
// The script that checks the model after training is plain JavaScript.
// @ts-expect-error: it has no types of its own
import { verify } from "../../scripts/miniature/verify.mjs";

/** Has the real engine write all rows with a model, and gives one line for each that is not exactly as trained. */
export async function recite(model: string, rows: readonly Row[]): Promise<string[]> {
  const { wrong } = (await verify(model, rows)) as { wrong: string[] };
  return wrong;
}
