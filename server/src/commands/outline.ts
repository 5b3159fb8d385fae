import { isAbsolute, relative } from "node:path";
import { parseArgs } from "node:util";
import { type OutlineEntry, outline } from "../features/outline.js";
import { EXIT, parseSource, readSource, UsageError } from "./io.js";

/** `outline FILE [--json]`: what the file states and proves; on stderr, which of its `qed:` directives are wrong. */
export function outlineCommand(args: string[]): number {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: "boolean" } } });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError("Usage: qed outline FILE [--json]");
  const source = readSource(file);
  const { document, elsewhere } = parseSource(source, undefined);
  const nameOf = (path: string) => (isAbsolute(file) ? path : relative(process.cwd(), path));
  const statements = outline(document, { file, elsewhere, nameOf });
  if (values.json) process.stdout.write(`${JSON.stringify({ statements })}\n`);
  else process.stdout.write(table(source.text, statements, file));
  for (const { start, error } of document.directives) {
    if (error !== null) process.stderr.write(`${file}:${lineOf(source.text, start)}: ${error}\n`);
  }
  return EXIT.done;
}

function table(text: string, statements: readonly OutlineEntry[], file: string): string {
  if (statements.length === 0) return "No statements.\n";
  const rows = statements.map((entry) => [
    String(lineOf(text, entry.start)),
    entry.kind === "other" ? entry.name : entry.kind,
    entry.label ?? "",
    entry.title ?? "",
    state(entry, file),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.min(40, Math.max(...rows.map((row) => row[column]!.length))));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.slice(0, 40).padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((row) => `${row}\n`)
    .join("");
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function state({ provable, hole, proof, otherProofs }: OutlineEntry, file: string): string {
  if (!provable) return "";
  if (proof === null) return "no proof";
  const where = proof.file === file ? "" : ` in ${proof.file}`;
  const more = otherProofs.length === 0 ? "" : `, ${otherProofs.length} more`;
  return `${proof.steps.length} steps${where}${hole ? ", with a hole" : ""}${more}`;
}
