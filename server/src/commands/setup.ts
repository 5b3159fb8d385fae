import { existsSync, statSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { openEngine } from "../engine/open-engine.js";
import { checkWith } from "../models/check-model.js";
import { readUnfinished } from "../models/chosen.js";
import { carryOut } from "../models/set-up.js";
import { setUpContext } from "../models/set-up-context.js";
import { SetUpError } from "../models/set-up-error.js";
import { look, planSetUp, type SetUpPlan, type SetUpRequest } from "../models/set-up-plan.js";
import { lookInWords, planInWords, resultInWords } from "../models/set-up-words.js";
import { withoutSecrets } from "../models/source.js";
import { type WeightType, weightType } from "../models/weights.js";
import { DEFAULT_SETTINGS } from "../settings.js";
import { stateDirectory } from "../store/directory.js";
import { EXIT, UsageError } from "./io.js";
import { SetUpPrinter } from "./setup-output.js";
import { inTerminal } from "./terminal-words.js";

const USAGE =
  "Usage: qed setup [SOURCE] [--type q8_0|q4_k_m|bf16] [--yes] [--dir DIR] [--json] [--allow-http]   (SOURCE: hf:owner/repo, hf:owner/repo/file.gguf, an address, or a GGUF file)";
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * `setup`: looks at the machine, says what it will download and to where, asks, and sets the model up for the terminal.
 * Ctrl-C keeps what has come; the same command, or `qed setup` alone, goes on from there. What goes on is told on
 * standard error, the result on standard output.
 */
export async function setupCommand(args: string[], extensionRoot: string): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      type: { type: "string" },
      yes: { type: "boolean", short: "y", default: false },
      dir: { type: "string" },
      json: { type: "boolean", default: false },
      "allow-http": { type: "boolean", default: false },
    },
  });
  if (positionals.length > 1) throw new UsageError(USAGE);
  const state = stateDirectory();
  const request = requestOf(positionals[0], values.type, values.dir, state);
  const { env } = process;
  const backendPath = env.QED_BACKEND_PATH ?? "";
  const context = setUpContext({
    ...{ extensionRoot, stateDirectory: state, backendPath, env },
    proxy: "",
    hub: "",
    token: null,
    allowHttp: values["allow-http"],
  });
  const abort = new AbortController();
  const onSignal = () => abort.abort(new Error("interrupted"));
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const printer = new SetUpPrinter(process.stderr, values.json);
  try {
    const seen = await look(extensionRoot);
    printer.lines(lookInWords(seen));
    const plan = await planSetUp(request, seen, context, abort.signal);
    printer.lines(planInWords(plan));
    if (!values.yes && !(await agreed(abort.signal, values.json))) {
      if (values.json) process.stdout.write(`${JSON.stringify({ plan: shown(plan) })}\n`);
      printer.note("Nothing was downloaded or changed. Add --yes to go on without being asked.");
      return process.stdin.isTTY && !values.json ? EXIT.noProof : EXIT.usage;
    }
    const open = (model: string, contextSize: number) =>
      openEngine({ ...DEFAULT_SETTINGS, backendPath, model, contextSize }, { extensionRoot, stateDirectory: state });
    const result = await carryOut(plan, context, checkWith(open), abort.signal, (progress) =>
      printer.progress(progress),
    );
    printer.end();
    if (values.json) process.stdout.write(`${JSON.stringify({ plan: shown(plan), result })}\n`);
    else process.stdout.write(`${resultInWords(result).map(inTerminal).join("\n")}\n`);
    return EXIT.done;
  } catch (error) {
    printer.end();
    if (abort.signal.aborted) {
      printer.note('Stopped. What has come is kept: "qed setup" goes on from there.');
      return EXIT.noProof;
    }
    if (error instanceof SetUpError && error.code === "source.invalid") throw new UsageError(error.message);
    throw error;
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  }
}

/** A plan for others to read: signed addresses carry secrets. */
function shown(plan: SetUpPlan) {
  return { ...plan, files: plan.files.map(({ url, ...file }) => ({ ...file, url: withoutSecrets(url) })) };
}

function requestOf(
  source: string | undefined,
  type: string | undefined,
  directory: string | undefined,
  state: string,
): SetUpRequest {
  const weights: WeightType | null = type === undefined ? null : weightType(type);
  if (type !== undefined && weights === null) throw new UsageError(`--type is q8_0, q4_k_m or bf16, not "${type}".`);
  if (directory !== undefined && existsSync(directory) && !statSync(directory).isDirectory()) {
    throw new UsageError(`${directory} is not a folder. Name another with --dir.`);
  }
  // Without a source, or with the same one again, it goes on as it was begun.
  const unfinished = readUnfinished(state);
  const goesOn = unfinished !== null && (source === undefined || source === unfinished.source);
  return {
    source: source ?? unfinished?.source ?? null,
    type: weights ?? (goesOn ? unfinished.type : null),
    directory: directory ?? (goesOn ? unfinished.directory : null),
  };
}

/** Asks on a terminal; elsewhere nobody can answer. */
async function agreed(signal: AbortSignal, quiet: boolean): Promise<boolean> {
  if (quiet || !process.stdin.isTTY || !process.stderr.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // The interface takes Ctrl-C for itself.
  lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const answer = await lines.question("Go on? [Y/n] ", { signal });
    return /^\s*(?:y(?:es)?)?\s*$/i.test(answer);
  } finally {
    lines.close();
  }
}
