import { type ChildProcess, fork } from "node:child_process";
import { delimiter } from "node:path";
import type { FromChild, ToChild } from "./messages.js";

/** How much of the process's error output is kept for a report, in characters. */
const KEPT_STDERR = 4000;
/** The watchdog looks this many times within the time that it allows. A machine that slept counts as one look. */
const LOOKS = 6;

/** How long a process that owes something may be quiet, in milliseconds. */
export interface Patience {
  /** Without a sign that its event loop turns. */
  readonly silenceMs: number;
  /** Without progress: neither a token, nor a slice of a prompt, nor of a model. */
  readonly standstillMs: number;
}

/** Where a process reports to. */
export interface ProcessListener {
  message(message: FromChild): void;
  /** It has ended. `detail` is for a report; `hung` if the watchdog ended it. Called once. */
  ended(detail: string, hung: boolean): void;
}

/** What a process is started with. */
export interface ProcessOptions {
  /** The compiled `child.js`. */
  readonly childPath: string;
  /** The folder that holds `native/`. */
  readonly extensionRoot: string;
  /** Where it looks for backends before those beside it. */
  readonly backendFolders: readonly string[];
  readonly patience: Patience;
}

/** One process of the engine, with a watchdog for the times at which it owes something. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #patience: Patience;
  /** Resolves when the process is gone and its memory given back. */
  readonly gone: Promise<void>;
  #watch: NodeJS.Timeout | null = null;
  #quietLooks = 0;
  #stillLooks = 0;
  #hung: string | null = null;

  constructor({ childPath, extensionRoot, backendFolders, patience }: ProcessOptions, listener: ProcessListener) {
    this.#patience = patience;
    const child = fork(childPath, [extensionRoot, String(process.pid)], {
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // VS Code's own Node is Electron, which runs scripts only with this.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1", QED_BACKENDS: backendFolders.join(delimiter) },
    });
    this.#child = child;
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-KEPT_STDERR);
    });
    child.on("message", (message: FromChild) => {
      this.#quietLooks = 0;
      if (message.type === "alive") return;
      this.#stillLooks = 0;
      listener.message(message);
    });
    this.gone = new Promise((resolve) => {
      const ended = (detail: string) => {
        this.owes = false;
        resolve();
        listener.ended(detail, this.#hung !== null);
      };
      child.once("error", (error) => {
        // A failed kill or send is no end.
        if (child.pid === undefined) ended(error.message);
      });
      child.once("exit", (code, signal) => {
        const how = this.#hung ?? signal ?? `exit code ${code}`;
        ended(stderr === "" ? how : `${how}: ${stderr.trim()}`);
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it has something to do: then it must give signs of life. */
  set owes(owes: boolean) {
    if (owes === (this.#watch !== null)) return;
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
    this.#quietLooks = 0;
    this.#stillLooks = 0;
    if (owes) this.#watch = setInterval(() => this.#look(), this.#patience.silenceMs / LOOKS);
  }

  send(message: ToChild): void {
    // A process that has just died reports itself by its exit.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Ends it at once, whatever it does. Resolves when its memory is given back. */
  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGKILL");
    await this.gone;
  }

  #look(): void {
    const { silenceMs, standstillMs } = this.#patience;
    const quiet = ++this.#quietLooks > LOOKS;
    const still = ++this.#stillLooks > (LOOKS * standstillMs) / silenceMs;
    if (!quiet && !still) return;
    this.#hung = quiet ? `no sign of life for ${silenceMs / 1000} s` : `no progress for ${standstillMs / 1000} s`;
    this.owes = false;
    void this.kill();
  }
}
