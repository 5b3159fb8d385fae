import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { firstOpenStatement, statementAt } from "../document/locate.js";
import type { Statement } from "../document/types.js";
import { openEngine } from "../engine/open-engine.js";
import { randomSeed, runProof } from "../prover/run-proof.js";
import { DEFAULT_SETTINGS, type Settings } from "../settings.js";
import { stateDirectory } from "../store/directory.js";
import type { Outcome } from "../store/run.js";
import { RunStore } from "../store/store.js";
import { EXIT, type ParsedSource, parseSource, positive, readSource, seedOf, splitPlace, UsageError } from "./io.js";
import { jsonResult, ProgressPrinter, printProof } from "./prove-output.js";
import { inTerminal } from "./terminal-words.js";
import { writeProof } from "./write-proof.js";

const USAGE =
  "Usage: qed prove FILE[:LINE] [--json] [--write] [--engine local|http] [--model GGUF] [--endpoint URL] [--budget N] [--seed N] [--root DIR]";

/** `prove`: one statement of a file, on any engine, with the thought on standard error and the proof on standard output. */
export async function proveCommand(args: string[], extensionRoot: string): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      engine: { type: "string" },
      model: { type: "string" },
      endpoint: { type: "string" },
      budget: { type: "string" },
      seed: { type: "string" },
      root: { type: "string" },
    },
  });
  const [place] = positionals;
  if (place === undefined || positionals.length > 1) throw new UsageError(USAGE);
  const { file, line } = splitPlace(place);
  const source = readSource(file);
  const parsed = parseSource(source, values.root);
  const { document, macros, elsewhere } = parsed;
  const statement = chooseStatement(parsed, file, line);
  const settings = settingsOf(values);
  const seed = seedOf(values.seed) ?? randomSeed();
  const engine = openEngine(settings, { extensionRoot, stateDirectory: stateDirectory() });
  const abort = new AbortController();
  const onSignal = () => abort.abort(new Error("interrupted"));
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  process.once("SIGHUP", onSignal);
  const printer = new ProgressPrinter(process.stderr, values.json);
  try {
    const run = await runProof({
      engine,
      store: new RunStore(resolve(stateDirectory(), "runs")),
      document,
      statement,
      context: { macros, cited: (label) => elsewhere.statement(label) },
      uri: pathToFileURL(source.path).href,
      budget: { thought: settings.thinkingBudget, answer: settings.answerBudget },
      seed,
      onEvent: (event) => printer.event(event),
      signal: abort.signal,
    });
    printer.end();
    if (values.json) process.stdout.write(`${JSON.stringify(jsonResult(run))}\n`);
    else if (run.outcome?.kind === "proved" || run.outcome?.kind === "cut-short") process.stdout.write(printProof(run));
    if (run.outcome && "message" in run.outcome) process.stderr.write(`${inTerminal(run.outcome.message)}\n`);
    if (values.write && run.outcome?.kind === "proved") process.stderr.write(`${writeProof(source, parsed, run)}\n`);
    return exitCode(run.outcome);
  } finally {
    printer.end();
    process.removeListener("SIGINT", onSignal);
    process.removeListener("SIGTERM", onSignal);
    process.removeListener("SIGHUP", onSignal);
    await engine.dispose();
  }
}

function chooseStatement({ document, elsewhere }: ParsedSource, file: string, line: number | null): Statement {
  if (line === null) {
    const statement = firstOpenStatement(document, (open) => elsewhere.proof(open) !== null);
    if (statement) return statement;
    throw new UsageError(
      document.statements.length === 0
        ? `${file} has no theorem-like statement. Write one, or name another file.`
        : `Every statement of ${file} has its proof. Name a statement by its line, as in ${file}:12, to prove it again.`,
    );
  }
  const lines = document.text.split("\n");
  const before = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  const text = lines[line - 1];
  if (line < 1) throw new UsageError(`The first line of ${file} is line 1. Name a line of a statement.`);
  if (text === undefined) throw new UsageError(`${file} has only ${lines.length} lines. Name a line of a statement.`);
  const indent = text.length - text.trimStart().length;
  const statement = statementAt(document, before + indent) ?? statementAt(document, before + text.trimEnd().length);
  if (!statement) {
    throw new UsageError(`There is no statement at line ${line} of ${file}. "qed outline ${file}" lists their lines.`);
  }
  if (!statement.provable) {
    throw new UsageError(
      `Line ${line} of ${file} is in a ${statement.kind}, which has no proof. Name a line of a theorem, lemma or the like.`,
    );
  }
  return statement;
}

function settingsOf(values: {
  engine?: string;
  model?: string;
  endpoint?: string;
  budget?: string;
  root?: string;
}): Settings {
  const { engine } = values;
  if (engine !== undefined && engine !== "local" && engine !== "http") {
    throw new UsageError(`--engine is local or http, not "${engine}".`);
  }
  const chosen = engine ?? (values.endpoint === undefined ? "local" : "http");
  return {
    ...DEFAULT_SETTINGS,
    engine: chosen,
    model: values.model === undefined ? "" : chosen === "local" ? resolve(values.model) : values.model,
    endpoint: values.endpoint ?? "",
    thinkingBudget: positive("--budget", values.budget) ?? DEFAULT_SETTINGS.thinkingBudget,
  };
}

function exitCode(outcome: Outcome | null): number {
  if (outcome?.kind === "proved") return EXIT.done;
  if (outcome?.kind === "failed") return outcome.code === "model.missing" ? EXIT.usage : EXIT.engine;
  return EXIT.noProof;
}
