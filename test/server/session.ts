import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RunEventsNotification, RunStartedNotification } from "../../server/src/protocol.js";
import { parseRun, type StoredRun } from "../../server/src/store/parse-run.js";
import type { RunEvent, RunHeader } from "../../server/src/store/run.js";
import { type Configuration, RpcClient } from "./json-rpc.js";

/** The root of the repository. */
const ROOT = join(import.meta.dirname, "..", "..");

/** The two ways in which an editor starts the server. */
export const ENTRIES = {
  "cli.js lsp": [join(ROOT, "dist", "cli.js"), "lsp", "--stdio"],
  "server.js": [join(ROOT, "dist", "server.js"), "--stdio"],
} as const;

/** Builds dist/ if it is stale, as every command does. Call it in a `before` hook. */
export function ensureDist(): void {
  const env = { ...process.env, INIT_CWD: "" };
  execFileSync(process.execPath, [join(ROOT, "scripts", "qed.mjs"), "help"], { env, stdio: ["ignore", "ignore", 2] });
}

/** A file of the repository. */
export function fileText(...path: string[]): string {
  return readFileSync(join(ROOT, ...path), "utf8");
}

/** A server with a state folder of its own. */
export class Session {
  readonly client: RpcClient;
  readonly state: string;
  #versions = new Map<string, number>();

  private constructor(args: readonly string[], configuration: Configuration, state?: string) {
    this.state = state ?? mkdtempSync(join(tmpdir(), "qed-test-"));
    this.client = new RpcClient(args, { ...process.env, QED_STATE_DIR: this.state }, configuration);
  }

  /** A server that is started but not initialised. */
  static bare(entry: keyof typeof ENTRIES = "cli.js lsp", configuration: Configuration = {}): Session {
    return new Session(ENTRIES[entry], configuration);
  }

  /** A server that is ready; with the state folder of another one, if that is given. */
  static async start(configuration: Configuration = {}, params: object = {}, state?: string): Promise<Session> {
    const session = new Session(ENTRIES["cli.js lsp"], configuration, state);
    await session.client.initialize(params);
    return session;
  }

  /** Ends the server and removes its folder. */
  async stop(): Promise<void> {
    await this.client.stop();
    rmSync(this.state, { recursive: true, force: true });
  }

  /** Opens a document; by default one that is not on disk. */
  open(text: string, uri = "untitled:Untitled-1", languageId = "latex"): string {
    this.#versions.set(uri, 1);
    this.client.notify("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
    return uri;
  }

  /** Changes an open document: replaces a range that is given by its offsets in `text`, the text before. */
  change(uri: string, text: string, start: number, end: number, replacement: string): string {
    const version = (this.#versions.get(uri) ?? 1) + 1;
    this.#versions.set(uri, version);
    const range = { start: positionAt(text, start), end: positionAt(text, end) };
    this.client.notify("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ range, text: replacement }],
    });
    return text.slice(0, start) + replacement + text.slice(end);
  }

  /** A run as its file has it now; null if there is none. */
  stored(runId: string): StoredRun | null {
    const file = join(this.state, "runs", `${runId}.jsonl`);
    return existsSync(file) ? parseRun(readFileSync(file, "utf8")) : null;
  }

  /** All events of a run's file. */
  storedEvents(runId: string): RunEvent[] {
    const lines = readFileSync(join(this.state, "runs", `${runId}.jsonl`), "utf8")
      .trimEnd()
      .split("\n");
    return lines.slice(1).map((line) => JSON.parse(line));
  }

  /** Ids of all runs on disk. */
  runIds(): string[] {
    const folder = join(this.state, "runs");
    return existsSync(folder) ? readdirSync(folder).map((name) => name.replace(/\.jsonl$/, "")) : [];
  }

  /** The header of the run that began last, as it was told. */
  lastStarted(): RunHeader | null {
    return this.client.of<RunStartedNotification.Params>("qed/runStarted").at(-1)?.header ?? null;
  }

  /** The batches of events of a run that were told so far. */
  batches(runId: string): RunEventsNotification.Params[] {
    return this.client.of<RunEventsNotification.Params>("qed/runEvents").filter((batch) => batch.runId === runId);
  }

  /** The events of a run that were told so far. */
  events(runId: string): RunEvent[] {
    return this.batches(runId).flatMap(({ events }) => events);
  }
}

/** The LSP position of an offset. */
export function positionAt(text: string, offset: number): { line: number; character: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length - 1, character: offset - (before.lastIndexOf("\n") + 1) };
}

/** The parameters of a request about the first place where `words` stand in a text. */
export function at(uri: string, text: string, words: string) {
  const offset = text.indexOf(words);
  if (offset < 0) throw new Error(`the text has no “${words}”`);
  return { textDocument: { uri }, position: positionAt(text, offset) };
}

/** The URI of a file that is not there. */
export const NOWHERE = pathToFileURL(join(tmpdir(), "qed-nowhere", "paper.tex")).href;

/** A text with LSP edits applied. */
export function applied(
  text: string,
  edits: readonly { range: { start: Position; end: Position }; newText: string }[],
): string {
  const offsetAt = ({ line, character }: Position) =>
    text
      .split("\n")
      .slice(0, line)
      .reduce((sum, one) => sum + one.length + 1, 0) + character;
  return [...edits]
    .sort((a, b) => offsetAt(b.range.start) - offsetAt(a.range.start))
    .reduce((result, { range, newText }) => {
      return result.slice(0, offsetAt(range.start)) + newText + result.slice(offsetAt(range.end));
    }, text);
}

interface Position {
  readonly line: number;
  readonly character: number;
}

/** Ids of the processes that a process has started and that run; null where that can't be told. */
export function childrenOf(pid: number): number[] | null {
  if (process.platform !== "linux") return null;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => stat(id)?.parent === pid);
}

/** Ids of all processes below a process, at any depth; null where that can't be told. */
export function treeOf(pid: number): number[] | null {
  return childrenOf(pid)?.flatMap((child) => [child, ...(treeOf(child) ?? [])]) ?? null;
}

/** Whether a process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  if (process.platform === "linux") {
    const state = stat(pid)?.state;
    return state !== undefined && state !== "Z";
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits, looking again and again, until a test holds. */
export async function poll(what: string, test: () => boolean, limit = 10_000): Promise<void> {
  const until = performance.now() + limit;
  while (!test()) {
    if (performance.now() > until) throw new Error(`it never came that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function stat(pid: number): { readonly state: string; readonly parent: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: state!, parent: Number(parent) };
  } catch {
    return null;
  }
}
