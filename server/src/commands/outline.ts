import { parseArgs } from "node:util";
import { type OutlineEntry, outline } from "../features/outline.js";
import { EXIT, parseSource, readSource, UsageError } from "./io.js";

/** `outline FILE [--json]`: what the file states and proves. */
export function outlineCommand(args: string[]): number {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: "boolean" } } });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError("Usage: qed outline FILE [--json]");
  const source = readSource(file);
  const statements = outline(parseSource(source, undefined).document, file);
  if (values.json) process.stdout.write(`${JSON.stringify({ statements })}\n`);
  else process.stdout.write(table(source.text, statements));
  return EXIT.done;
}

function table(text: string, statements: readonly OutlineEntry[]): string {
  if (statements.length === 0) return "No statements.\n";
  const line = (offset: number) => text.slice(0, offset).split("\n").length;
  const rows = statements.map((entry) => [
    String(line(entry.start)),
    entry.kind === "other" ? entry.name : entry.kind,
    entry.label ?? "",
    entry.title ?? "",
    state(entry),
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

function state({ provable, hole, proof }: OutlineEntry): string {
  if (!provable) return "";
  if (proof === null) return "no proof";
  return `${proof.steps.length} steps${hole ? ", with a hole" : ""}`;
}
