import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { firstOpenStatement, statementAt } from "../document/locate.js";
import type { Statement } from "../document/types.js";
import { type Attempt, attemptAt, MOST_RUNS, samplesOf } from "../features/attempts.js";
import { outOfDomain } from "../prompt/domain.js";
import { randomSeed } from "../prover/run-header.js";
import { type RunServices, runProof } from "../prover/run-proof.js";
import { ENGINE_OPTIONS, ENGINE_USAGE, settingsOf } from "./engine-flags.js";
import { type ParsedSource, parseSource, positive, readSource, seedOf, splitPlace, UsageError } from "./io.js";
import { jsonResult, type ProgressPrinter } from "./prove-output.js";
import { exitCode, inTerminalRun, tellRun } from "./run-in-terminal.js";
import { writeProof } from "./write-proof.js";

const USAGE = `Usage: qed prove FILE[:LINE] [--json] [--write] [--budget N] [--answer-budget N] [--total-budget N] [--seed N] [--differently] [--several N] [--anyway] [--no-loop-guard] [--root DIR] ${ENGINE_USAGE}`;

/** `prove`: one statement of a file, on any engine, with the thought on standard error and the proof on standard output. */
export async function proveCommand(args: string[], extensionRoot: string): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...ENGINE_OPTIONS,
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      seed: { type: "string" },
      root: { type: "string" },
      differently: { type: "boolean", default: false },
      several: { type: "string" },
      anyway: { type: "boolean", default: false },
    },
  });
  const [place] = positionals;
  if (place === undefined || positionals.length > 1) throw new UsageError(USAGE);
  const { file, line } = splitPlace(place);
  const several = positive("--several", values.several) ?? 1;
  if (several > MOST_RUNS) throw new UsageError(`--several takes a whole number up to ${MOST_RUNS}, not ${several}.`);
  if (several > 1 && values.write)
    throw new UsageError("--write takes one proof: choose one of several and accept it.");
  const source = readSource(file);
  const parsed = parseSource(source, values.root);
  const statement = chooseStatement(parsed, file, line);
  const problem = values.anyway ? null : outOfDomain(parsed.document, statement);
  if (problem !== null) throw new UsageError(`${problem} It was not run; --anyway runs it.`);
  const settings = settingsOf(values);
  const seed = seedOf(values.seed) ?? randomSeed();
  const about = { read: parsed, statement, uri: pathToFileURL(source.path).href };
  return inTerminalRun(settings, extensionRoot, values.json || several > 1, async (services, printer) => {
    const attempt = attemptAt(about, settings, seed, services.store, values.differently);
    if (several > 1) return proveSeveral(services, attempt, several, values.json, printer);
    const run = await runProof({ ...services, ...attempt });
    const code = tellRun(run, values.json, printer);
    if (values.write && run.outcome?.kind === "proved") process.stderr.write(`${writeProof(source, parsed, run)}\n`);
    return code;
  });
}

/** Several runs at once, with seeds of their own; the proofs are printed one below the other when all have ended. */
async function proveSeveral(
  services: RunServices,
  attempt: Attempt,
  of: number,
  json: boolean,
  printer: ProgressPrinter,
): Promise<number> {
  const { group, attempts } = samplesOf(attempt, of);
  if (!json) process.stderr.write(`Proving with ${of} seeds at once …\n`);
  const runs = await Promise.all(
    attempts.map(async (sample, index) => {
      const run = await runProof({ ...services, ...sample });
      if (!json) process.stderr.write(`Run ${index + 1} of ${of} has ended: ${run.outcome?.kind}.\n`);
      return run;
    }),
  );
  if (json) process.stdout.write(`${JSON.stringify({ group, runs: runs.map(jsonResult) })}\n`);
  else for (const run of runs) tellRun(run, false, printer);
  return Math.min(...runs.map(({ outcome }) => exitCode(outcome)));
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
