/**
 * Kills: the engine's process at random moments of a run, and the server itself. After each of them no event that was
 * told is missing on disk, the server answers, and no process is left over. `node --import tsx test/soak/engine.ts`
 * does 200 and 20 of them; the tests do a tenth.
 */
import { fileURLToPath } from "node:url";
import type { ProveRequest } from "../../server/src/protocol.js";
import type { RunEvent } from "../../server/src/store/run.js";
import { at, childrenOf, ensureDist, fileText, isAlive, poll, Session } from "../server/session.js";

/** Moments at which a process is killed. */
const MOMENTS = ["load", "prompt", "thought", "answer", "idle"] as const;
type Moment = (typeof MOMENTS)[number];

const TEXT = fileText("test/fixtures/rehearsal/long.tex");
const WORDS = "\\begin{theorem}";
/** A run of the miniature, its load included, on a busy machine, in milliseconds. */
const LIMIT_MS = 60_000;
/** What the miniature takes to load and to write that proof, about, in milliseconds. */
const TAKES_MS = { load: 800, prompt: 30, thought: 700, answer: 250 };

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Begun {
  readonly answer: Promise<ProveRequest.Result>;
  /** Resolves at the moment, or when the run has ended before. */
  readonly moment: Promise<void>;
}

/** Begins a run and says when its moment has come. */
function begin(session: Session, uri: string, moment: Moment, random: () => number): Begun {
  const { client } = session;
  const runs = client.of("qed/runStarted").length;
  const { answer } = client.begin<ProveRequest.Result>("qed/prove", { ...at(uri, TEXT, WORDS), seed: 1 }, LIMIT_MS);
  const events = (): RunEvent[] =>
    client.of("qed/runStarted").length > runs ? session.events(session.lastStarted()!.id) : [];
  const come: Record<Moment, () => boolean> = {
    load: () => (childrenOf(client.pid)?.length ?? 0) > 0,
    prompt: () => events().some(({ type }) => type === "engine"),
    thought: () => events().some(({ type }) => type === "thought"),
    answer: () => events().some(({ type }) => type === "answer"),
    idle: () => false,
  };
  const moments = (async () => {
    if (moment === "idle") {
      await answer;
      return;
    }
    await Promise.race([poll(`the ${moment} began`, come[moment], LIMIT_MS), answer.catch(() => {})]);
    await Promise.race([sleep(random() * TAKES_MS[moment]), answer.catch(() => {})]);
  })();
  return { answer, moment: moments };
}

/** What is wrong after a kill; null if nothing is. */
async function wrongAfterKill(session: Session, result: ProveRequest.Result, pid: number): Promise<string | null> {
  const { runId, outcome } = result;
  if (runId === null) return `no run: ${JSON.stringify(outcome)}`;
  const failed = outcome.kind === "failed" && /^engine\.(?:crashed|unstable)$/.test(outcome.code);
  if (outcome.kind !== "proved" && !failed) return `outcome ${JSON.stringify(outcome)}`;
  const told = session.events(runId);
  const stored = session.storedEvents(runId);
  if (JSON.stringify(told) !== JSON.stringify(stored)) return `${told.length} events told, ${stored.length} on disk`;
  if (stored.at(-1)?.type !== "outcome") return "the run has no end on disk";
  await poll("the killed process is gone", () => !isAlive(pid));
  if (session.client.ended) return `the server is dead: ${session.client.stderr}`;
  return null;
}

/**
 * Kills the engine's process so many times in one server, the moments taking turns.
 * @param log is given one line for each kind of moment
 * @returns what went wrong, one sentence each
 */
export async function killEngines(trials: number, log: (line: string) => void): Promise<string[]> {
  const random = randomNumbers(20_251);
  const wrong: string[] = [];
  const inTime = new Map<Moment, number>(MOMENTS.map((moment) => [moment, 0]));
  const session = await Session.start({ gpu: "off" });
  try {
    const uri = session.open(TEXT);
    for (let trial = 0; trial < trials; trial++) {
      const moment = MOMENTS[trial % MOMENTS.length]!;
      const run = begin(session, uri, moment, random);
      await run.moment;
      const [pid] = childrenOf(session.client.pid) ?? [];
      if (pid === undefined) {
        wrong.push(`${moment}: there was no process to kill`);
        await run.answer;
        continue;
      }
      process.kill(pid, "SIGKILL");
      const result = await run.answer;
      if (moment === "idle" || result.outcome.kind === "failed") inTime.set(moment, inTime.get(moment)! + 1);
      const problem = await wrongAfterKill(session, result, pid);
      if (problem !== null) wrong.push(`${moment}, trial ${trial}: ${problem}`);
    }
    const left = childrenOf(session.client.pid) ?? [];
    if (left.length > 1) wrong.push(`${left.length} processes are left`);
    for (const [moment, count] of inTime) log(`engine killed in the ${moment}: ${count} times`);
  } finally {
    await session.stop();
  }
  return wrong;
}

/** Kills the server so many times; its engine must go with it, and what it told must be on disk. */
export async function killServers(trials: number, log: (line: string) => void): Promise<string[]> {
  const random = randomNumbers(77);
  const wrong: string[] = [];
  for (let trial = 0; trial < trials; trial++) {
    const moment = MOMENTS[trial % MOMENTS.length]!;
    const session = await Session.start({ gpu: "off" });
    try {
      const run = begin(session, session.open(TEXT), moment, random);
      run.answer.catch(() => {});
      await run.moment;
      const [pid] = childrenOf(session.client.pid) ?? [];
      const runId = session.lastStarted()?.id;
      process.kill(session.client.pid, "SIGKILL");
      if (pid === undefined) wrong.push(`${moment}: there was no engine`);
      else await poll("the engine is gone too", () => !isAlive(pid)).catch(() => wrong.push(`${moment}: an orphan`));
      await poll("the server is gone", () => session.client.ended);
      if (runId === undefined) continue;
      const told = session.events(runId);
      const stored = session.storedEvents(runId);
      if (JSON.stringify(stored.slice(0, told.length)) !== JSON.stringify(told)) {
        wrong.push(`${moment}: ${told.length} events told, ${stored.length} on disk`);
      }
    } finally {
      await session.stop();
    }
  }
  log(`server killed: ${trials} times`);
  return wrong;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureDist();
  const say = (line: string) => console.log(line);
  const began = performance.now();
  const wrong = [...(await killEngines(200, say)), ...(await killServers(20, say))];
  for (const line of wrong) console.log(`WRONG: ${line}`);
  console.log(`${wrong.length} things went wrong in ${((performance.now() - began) / 1000).toFixed(0)} s.`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
