import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, "..", "..");

/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has printed so far. */
  readonly printed: { stdout: string; stderr: string };
}

/** How a command is called. */
export interface Call {
  /** The folder in which the user is; the terminal's own by default. */
  readonly from?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Through npm, as users do it, or straight. */
  readonly npm?: boolean;
  /** In a process group of its own, as a shell does it. */
  readonly group?: boolean;
}

/** How long a command may take before it is killed, in milliseconds. */
const LIMIT_MS = 30_000;

/** A user's terminal: a folder to work in, and a state folder that no other test sees. */
export class Terminal {
  readonly folder = mkdtempSync(join(tmpdir(), "qed-terminal-"));
  readonly state = join(this.folder, ".state");

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Starts `qed ARGS` with standard input closed. */
  start(args: readonly string[], { from = this.folder, env = {}, npm = false, group = false }: Call = {}): Running {
    const [command, first] = npm
      ? ["npm", ["run", "-s", "qed", "--"]]
      : [process.execPath, [join(ROOT, "scripts", "qed.mjs")]];
    const process_ = spawn(command, [...first, ...args], {
      // npm runs scripts in the package's folder and says in INIT_CWD where it was called.
      cwd: ROOT,
      env: { ...process.env, QED_STATE_DIR: this.state, INIT_CWD: from, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: group,
      shell: npm && process.platform === "win32",
    });
    const printed = { stdout: "", stderr: "" };
    process_.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed.stdout += text;
    });
    process_.stderr.setEncoding("utf8").on("data", (text: string) => {
      printed.stderr += text;
    });
    const timer = setTimeout(() => process_.kill("SIGKILL"), LIMIT_MS);
    const ended = new Promise<Ended>((resolve, reject) => {
      process_.once("error", reject);
      process_.once("close", (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal, ...printed });
      });
    });
    return { process: process_, ended, printed };
  }

  /** Runs `qed ARGS` to its end. */
  run(args: readonly string[], call: Call = {}): Promise<Ended> {
    return this.start(args, call).ended;
  }
}
