/**
 * `npm run bench:stream`: what a thought of 100,000 tokens costs the server and its store, fed as fast as it is taken.
 * Processor time and peak memory of the server's own process, as the system counts them; an editor on the other side
 * reads every batch. Prints a table; exits with 1 if a goal is missed.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LoopGuard } from "../../server/src/prover/loop-guard.js";
import { at, Session } from "../server/session.js";

const TOKENS = 100_000;
/** 5 % of a core at 100 tokens a second. */
const GOAL_CPU_S = 50;
const GOAL_MB = 30;
/** For each token of four characters. */
const GOAL_GUARD_US = 20;
const TEXT = "\\begin{theorem}\\label{a}The sum of two even integers is even.\\end{theorem}\n";

/** Seconds of processor time, and megabytes (now, and at most so far); null where the system has no /proc. */
function costOf(pid: number): { readonly cpu: number; readonly now: number; readonly peak: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
    return {
      cpu: (Number(fields[11]) + Number(fields[12])) / 100,
      now: kilobytes("VmRSS") / 1024,
      peak: kilobytes("VmHWM") / 1024,
    };
  } catch {
    return null;
  }
}

function guardMicroseconds(): number {
  const guard = new LoopGuard();
  let state = 1;
  const pieces = Array.from({ length: 200_000 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8).toString(36).padStart(4, " ").slice(0, 4);
  });
  const began = performance.now();
  for (const piece of pieces) guard.push(piece);
  return ((performance.now() - began) * 1000) / pieces.length;
}

const feeder = fork(join(import.meta.dirname, "stream-server.ts"), [String(TOKENS)], { execArgv: ["--import", "tsx"] });
const [endpoint] = (await once(feeder, "message")) as [string];
const session = await Session.start({
  engine: "http",
  endpoint,
  thinkingBudget: 10 * TOKENS,
  runs: { maxMB: 500, maxDays: 365 },
});
let failed = false;
try {
  const uri = session.open(TEXT);
  // A short run first: what is loaded once is not the stream's.
  await session.client.request("qed/prove", { ...at(uri, TEXT, "The sum"), budget: 200 }, 60_000);
  const idle = costOf(session.client.pid);
  const began = performance.now();
  const { runId, outcome } = await session.client.request<{ runId: string; outcome: { kind: string } }>(
    "qed/prove",
    at(uri, TEXT, "The sum"),
    600_000,
  );
  const seconds = (performance.now() - began) / 1000;
  const after = costOf(session.client.pid);
  const told = session.events(runId).filter(({ type }) => type === "thought").length;
  const megabytes = statSync(join(session.state, "runs", `${runId}.jsonl`)).size / 1e6;
  console.log(
    `${told} events of a thought, ${outcome.kind}, in ${seconds.toFixed(1)} s; the run's file has ${megabytes.toFixed(1)} MB`,
  );
  if (outcome.kind !== "proved" || told < TOKENS) failed = true;
  const rows: [string, number, number, string][] = [];
  if (idle && after) {
    rows.push(["processor time of the server, store included", after.cpu - idle.cpu, GOAL_CPU_S, "s"]);
    rows.push(["memory above idle at most", after.peak - idle.now, GOAL_MB, "MB"]);
  } else console.log("skipped: this system has no /proc, so the server's cost can't be told");
  rows.push(["loop guard, a token of four characters", guardMicroseconds(), GOAL_GUARD_US, "µs"]);
  for (const [what, value, goal, unit] of rows) {
    failed ||= !(value <= goal);
    console.log(
      `${what.padEnd(48)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(2)}  (goal ${goal} ${unit}: ${value <= goal ? "met" : "MISSED"})`,
    );
  }
} finally {
  feeder.disconnect();
  await session.stop();
}
process.exitCode = failed ? 1 : 0;
