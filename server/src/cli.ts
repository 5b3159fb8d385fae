/** Terminal entry: each command in a module of its own, exit codes in one place. */
import { fileURLToPath } from "node:url";
import { checkCommand } from "./commands/check.js";
import { convertCommand } from "./commands/convert.js";
import { convertModelCommand } from "./commands/convert-model.js";
import { doctorCommand } from "./commands/doctor.js";
import { EXIT, UsageError } from "./commands/io.js";
import { outlineCommand } from "./commands/outline.js";
import { proveCommand } from "./commands/prove.js";
import { runsCommand } from "./commands/runs.js";
import { setupCommand } from "./commands/setup.js";
import { inTerminal } from "./commands/terminal-words.js";
import { EngineError } from "./engine/engine.js";
import { storeFailure } from "./features/store-failure.js";

const USAGE = `Usage: qed COMMAND …
  prove FILE[:LINE] [--json] [--write] [--budget N] [--answer-budget N] [--total-budget N] [--seed N] [--differently]
                    [--several N] [--anyway] [--no-loop-guard] [--root DIR] [ENGINE]
  runs list | show ID | export ID [--to FILE] | delete ID … [--json]
  runs resume ID | branch ID --at OFFSET [--answer] [--text TEXT] | summarise ID [ENGINE]
  check FILE… [--json | --sarif] [--explain] [--root DIR]
  outline FILE [--json]
  convert FILE.md --to latex|pandoc|myst|obsidian
  setup [SOURCE] [--type q8_0|q4_k_m|bf16] [--yes] [--dir DIR] [--json] [--allow-http]
  convert-model DIR --type q8_0|q4_k_m|bf16 [--out FILE]
  doctor [ENGINE]
  lsp --stdio
ENGINE: [--model GGUF], or a server: --endpoint URL [--model NAME] [--timeout SECONDS] [--certificates PEM]
        [--allow-insecure-endpoint]; its key is read from QED_API_KEY or OPENAI_API_KEY
`;

/** The folder of the extension: dist/ lies in it. */
const ROOT = fileURLToPath(new URL("..", import.meta.url));

async function run([command, ...args]: string[]): Promise<number | null> {
  switch (command) {
    case "prove":
      return proveCommand(args, ROOT);
    case "runs":
      return runsCommand(args, ROOT);
    case "check":
      return checkCommand(args);
    case "outline":
      return outlineCommand(args);
    case "convert":
      return convertCommand(args);
    case "setup":
      return setupCommand(args, ROOT);
    case "convert-model":
      return convertModelCommand(args, ROOT);
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
