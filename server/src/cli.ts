/** Terminal entry: each command in a module of its own, exit codes in one place. */
import { fileURLToPath } from "node:url";
import { checkCommand } from "./commands/check.js";
import { convertCommand } from "./commands/convert.js";
import { doctorCommand } from "./commands/doctor.js";
import { EXIT, UsageError } from "./commands/io.js";
import { outlineCommand } from "./commands/outline.js";
import { proveCommand } from "./commands/prove.js";
import { inTerminal } from "./commands/terminal-words.js";
import { EngineError } from "./engine/engine.js";
import { storeFailure } from "./features/store-failure.js";

const USAGE = `Usage: qed COMMAND …
  prove FILE[:LINE] [--json] [--write] [--engine local|http] [--model GGUF] [--endpoint URL]
                    [--budget N] [--seed N] [--root DIR]
  check FILE… [--json | --sarif] [--explain] [--root DIR]
  outline FILE [--json]
  convert FILE.md --to latex|pandoc|myst|obsidian
  doctor
  lsp --stdio
`;

/** The folder of the extension: dist/ lies in it. */
const ROOT = fileURLToPath(new URL("..", import.meta.url));

async function run([command, ...args]: string[]): Promise<number | null> {
  switch (command) {
    case "prove":
      return proveCommand(args, ROOT);
    case "check":
      return checkCommand(args);
    case "outline":
      return outlineCommand(args);
    case "convert":
      return convertCommand(args);
    case "doctor":
      return doctorCommand(args, ROOT);
    case "lsp":
      if (!args.includes("--stdio")) throw new UsageError("Usage: qed lsp --stdio");
      // The server runs until its client ends it.
      await import("./main.js");
      return null;
    case "help":
    case "--help":
    case "-h":
      process.stdout.write(USAGE);
      return EXIT.done;
    default:
      throw new UsageError(
        command === undefined ? USAGE.trimEnd() : `There is no command "${command}".\n${USAGE.trimEnd()}`,
      );
  }
}

function report(error: unknown): number {
  const message = badFlag(error) ?? storeFailure(error) ?? (error instanceof Error ? error.message : String(error));
  process.stderr.write(`${inTerminal(message)}\n`);
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof EngineError) return EXIT.engine;
  return badFlag(error) === null ? EXIT.engine : EXIT.usage;
}

/** One sentence for a flag that Node's parser refuses, with the next step; null for any other error. */
function badFlag(error: unknown): string | null {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== "string" || !code.startsWith("ERR_PARSE_ARGS")) return null;
  const [what] = String(message).split(/\.(?:\s|$)/);
  return `${what}. "qed help" lists the commands and what they take.`;
}

// Whoever reads has gone, as `| head` does.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(EXIT.done));

try {
  const code = await run(process.argv.slice(2));
  if (code !== null) process.exitCode = code;
} catch (error) {
  process.exitCode = report(error);
}
