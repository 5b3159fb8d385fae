import { parseArgs } from "node:util";
import { convertProof, type Flavour } from "../convert/convert.js";
import { EXIT, readText, UsageError } from "./io.js";

const FLAVOURS: readonly Flavour[] = ["latex", "pandoc", "myst", "obsidian"];

/** `convert FILE.md --to latex|pandoc|myst|obsidian`: the model's Markdown as the body of a proof. */
export function convertCommand(args: string[]): number {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { to: { type: "string" } } });
  const [file] = positionals;
  const flavour = FLAVOURS.find((candidate) => candidate === values.to);
  if (file === undefined || positionals.length > 1 || flavour === undefined) {
    throw new UsageError(`Usage: qed convert FILE.md --to ${FLAVOURS.join("|")}`);
  }
  const { text, removed } = convertProof(readText(file), { flavour });
  process.stdout.write(`${text}\n`);
  for (const piece of removed) process.stderr.write(`Removed, since it could do harm: ${JSON.stringify(piece)}\n`);
  return EXIT.done;
}
