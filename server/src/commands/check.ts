import { parseArgs } from "node:util";
import { checkRelations } from "../judge/relations/check-relations.js";
import { type CheckedFile, explained, jsonOf, sarifOf, wordsOf } from "./check-output.js";
import { EXIT, parseSource, readSource, UsageError } from "./io.js";

const USAGE = "Usage: qed check FILE… [--json | --sarif] [--explain] [--root DIR]";

/**
 * `check FILE… [--json | --sarif] [--explain] [--root DIR]`: relations that are false, each with a witness. No model is
 * needed. Exit code 1 if any relation is refuted.
 */
export function checkCommand(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: "boolean" },
      sarif: { type: "boolean" },
      explain: { type: "boolean" },
      root: { type: "string" },
    },
  });
  if (positionals.length === 0) throw new UsageError(USAGE);
  if (values.json && values.sarif) throw new UsageError("--json and --sarif can't be had together. Give one of them.");
  const sources = positionals.map((file) => ({ file, source: readSource(file) }));
  const files = sources.map(({ file, source }): CheckedFile => {
    const { document, macros } = parseSource(source, values.root);
    return { file, text: source.text, report: checkRelations(document, { macros }) };
  });
  if (values.json) process.stdout.write(`${JSON.stringify(jsonOf(files, values.explain === true))}\n`);
  else if (values.sarif) process.stdout.write(`${JSON.stringify(sarifOf(files), null, 2)}\n`);
  else process.stdout.write(`${values.explain ? explained(files) : ""}${wordsOf(files)}`);
  return files.some(({ report }) => report.findings.length > 0) ? EXIT.refuted : EXIT.done;
}
