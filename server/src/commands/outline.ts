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
  const lineOf = linesOf(source.text);
  const statements = outline(document, { file, elsewhere, nameOf });
  if (values.json) process.stdout.write(`${JSON.stringify({ statements })}\n`);
  else process.stdout.write(table(statements, file, lineOf));
  for (const { start, error } of document.directives) {
    if (error !== null) process.stderr.write(`${file}:${lineOf(start)}: ${error}\n`);
  }
  return EXIT.done;
}

function table(statements: readonly OutlineEntry[], file: string, lineOf: (offset: number) => number): string {
  if (statements.length === 0) return "No statements.\n";
  const rows = statements.map((entry) => [
    String(lineOf(entry.start)),
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

/** Gives the line of an offset, from 1; a book has thousands of statements to ask for. */
function linesOf(text: string): (offset: number) => number {
  const ends = Array.from(text.matchAll(/\n/g), ({ index }) => index);
  return (offset) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

function state({ provable, hole, proof, otherProofs }: OutlineEntry, file: string): string {
  if (!provable) return "";
  if (proof === null) return "no proof";
  const where = proof.file === file ? "" : ` in ${proof.file}`;
  const more = otherProofs.length === 0 ? "" : `, ${otherProofs.length} more`;
  return `${proof.steps.length} steps${where}${hole ? ", with a hole" : ""}${more}`;
}
