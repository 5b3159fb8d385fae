import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { listRuns, type NewerRun, type RunListEntry } from "../features/run-list.js";
import { offersOf } from "../features/run-offers.js";
import { BadCut, branchHeader, randomSeed, summaryHeader } from "../prover/run-header.js";
import { beginRun, NEWER, NotResumable, resumeRun } from "../prover/run-proof.js";
import { budgetOf } from "../settings.js";
import { eventsIn } from "../store/parse-run.js";
import type { Run } from "../store/run.js";
import { RunBusy, type RunStore } from "../store/store.js";
import { ENGINE_OPTIONS, type EngineFlags, settingsOf } from "./engine-flags.js";
import { EXIT, parseSource, readSource, UsageError } from "./io.js";
import { inTerminalRun, tellRun, userStore } from "./run-in-terminal.js";
import { listTable, runText } from "./runs-output.js";
import { writeProof } from "./write-proof.js";

const USAGE = `Usage: qed runs list [--json]
       qed runs show ID [--json]
       qed runs export ID [--to FILE]
       qed runs delete ID … | --all
       qed runs resume ID [--json] [--write] [--endpoint URL | --model GGUF]
       qed runs branch ID --at OFFSET [--answer] [--text TEXT] [--json] [--endpoint URL | --model GGUF] [--budget N]
       qed runs summarise ID [--json] [--endpoint URL | --model GGUF] [--budget N]`;

/** `runs`: what is on disk of all runs, and how they go on. */
export async function runsCommand([verb, ...args]: string[], extensionRoot: string): Promise<number> {
  const { values, positionals: ids } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...ENGINE_OPTIONS,
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      answer: { type: "boolean", default: false },
      at: { type: "string" },
      text: { type: "string" },
      to: { type: "string" },
    },
  });
  const store = userStore();
  const one = () => {
    if (ids.length !== 1) throw new UsageError(USAGE);
    return idOf(store, ids[0]!);
  };
  switch (verb) {
    case "list":
      if (ids.length > 0) throw new UsageError(USAGE);
      return list(listRuns(store), values.json);
    case "show":
      return show(store, one(), values.json);
    case "export":
      return exportRun(store, one(), values.to);
    case "delete":
      return remove(store, values.all && ids.length === 0 ? store.ids() : ids.map((id) => idOf(store, id)), values.all);
    case "resume":
      return resume(store, one(), values, extensionRoot);
    case "branch":
    case "summarise":
      return child(store, one(), verb, values, extensionRoot);
    default:
      throw new UsageError(USAGE);
  }
}

/** The id that a person means: whole, or its beginning if no other run has it, or `last`. */
function idOf(store: RunStore, given: string): string {
  const ids = store.ids();
  const found = given === "last" ? ids.slice(-1) : ids.filter((id) => id.startsWith(given));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw new UsageError(`${found.length} runs begin with ${given}. Give more of the id.`);
  throw new UsageError(`There is no run ${given}. "qed runs list" lists them.`);
}

function readable(store: RunStore, id: string): Run {
  const found = store.find(id);
  if (found?.kind === "run") return found.stored.run;
  if (found?.kind === "newer") throw new UsageError(NEWER);
  throw new UsageError(`The file of run ${id} is damaged and can't be read. "qed runs delete ${id}" removes it.`);
}

function list(runs: readonly (RunListEntry | NewerRun)[], json: boolean): number {
  process.stdout.write(json ? `${JSON.stringify({ runs })}\n` : listTable(runs));
  return EXIT.done;
}

function show(store: RunStore, id: string, json: boolean): number {
  const run = readable(store, id);
  process.stdout.write(json ? `${JSON.stringify({ run, offers: offersOf(run) })}\n` : runText(run));
  return EXIT.done;
}

/** The whole of a run for programs and for reports: header, every event, and what they come to. */
function exportRun(store: RunStore, id: string, to: string | undefined): number {
  const run = readable(store, id);
  const text = store.text(id) ?? "";
  const events = [...eventsIn(text.slice(text.indexOf("\n") + 1))];
  const whole = `${JSON.stringify({ header: run.header, events, run }, null, 2)}\n`;
  if (to === undefined) process.stdout.write(whole);
  else {
    if (existsSync(to)) throw new UsageError(`${to} is there already. Name a new file.`);
    writeFileSync(to, whole, { mode: 0o600, flag: "wx" });
  }
  return EXIT.done;
}

function remove(store: RunStore, ids: readonly string[], all: boolean): number {
  if (ids.length === 0 && !all) throw new UsageError(USAGE);
  let kept = 0;
  for (const id of ids) {
    try {
      store.delete(id);
    } catch (error) {
      if (!(error instanceof RunBusy)) throw error;
      kept++;
      process.stderr.write(`${id}: ${error.message}\n`);
    }
  }
  const gone = ids.length - kept;
  process.stdout.write(`${gone} run${gone === 1 ? "" : "s"} deleted.\n`);
  return kept === 0 ? EXIT.done : EXIT.usage;
}

/** A run goes on where it ran, unless flags name another engine. */
function withEngineOf(run: Run, flags: EngineFlags): EngineFlags {
  const own = flags.engine ?? flags.model ?? flags.endpoint;
  if (own !== undefined || run.engine?.engine !== "http" || !URL.canParse(run.engine.device)) return flags;
  return { ...flags, endpoint: run.engine.device, model: run.engine.model };
}

async function resume(
  store: RunStore,
  id: string,
  values: EngineFlags & { readonly json: boolean; readonly write: boolean },
  extensionRoot: string,
): Promise<number> {
  const before = readable(store, id);
  const settings = settingsOf(withEngineOf(before, values));
  const file = values.write ? sourceOf(before) : null;
  return inTerminalRun(settings, extensionRoot, values.json, async (services, printer) => {
    let run: Run;
    try {
      run = await resumeRun(services, id);
    } catch (error) {
      if (error instanceof NotResumable || error instanceof RunBusy) throw new UsageError(error.message);
      throw error;
    }
    const code = tellRun(run, values.json, printer);
    if (file && run.outcome?.kind === "proved") {
      process.stderr.write(`${writeProof(file, parseSource(file, undefined), run)}\n`);
    }
    return code;
  });
}

function sourceOf({ header }: Run) {
  if (!header.statement.uri.startsWith("file:")) {
    throw new UsageError("The document of this run was never saved, so there is no file to write to.");
  }
  return readSource(fileURLToPath(header.statement.uri));
}

async function child(
  store: RunStore,
  id: string,
  verb: "branch" | "summarise",
  values: EngineFlags & { json: boolean; answer: boolean; at?: string | undefined; text?: string | undefined },
  extensionRoot: string,
): Promise<number> {
  const parent = readable(store, id);
  const offset = /^\d+$/.test(values.at ?? "") ? Number(values.at) : null;
  if (verb === "branch" && offset === null) {
    throw new UsageError("--at takes the number of characters of the text that are kept.");
  }
  const part = values.answer ? "answer" : "thought";
  const settings = settingsOf(withEngineOf(parent, values));
  const budget = budgetOf(settings);
  let header: Run["header"];
  try {
    header =
      verb === "summarise"
        ? summaryHeader(parent, budget, randomSeed())
        : branchHeader(parent, { part, offset: offset ?? 0, text: values.text ?? "" }, budget, randomSeed());
  } catch (error) {
    if (error instanceof BadCut) throw new UsageError(error.message);
    throw error;
  }
  return inTerminalRun(settings, extensionRoot, values.json, async (services, printer) =>
    tellRun(await beginRun(services, header), values.json, printer),
  );
}
