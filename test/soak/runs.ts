/**
 * Kills a server at random bytes of a run that it is writing, again and again: every event that the editor had been told
 * must be in the file, and every file must open, list, and go on. 500 kills when started by itself; the normal tests do
 * a tenth.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RunStore } from "../../server/src/store/store.js";
import { type Action, startScriptedServer } from "../fixtures/scripted-server.js";
import { at, ensureDist, Session } from "../server/session.js";

const KILLS = 500;
const TEXT = "\\begin{theorem}\\label{a}Voilà: the sum of two even integers is even.\\end{theorem}\n";
/** Kills come when a file has at most so many bytes. */
const MOST_BYTES = 12_000;

/** What came of some kills. */
export interface Killed {
  readonly kills: number;
  /** Events that had been told when the server died, and events found on disk, over all runs. */
  readonly told: number;
  readonly found: number;
  /** How many runs were killed in their thought, and in their answer. */
  readonly thinking: number;
  readonly writing: number;
  /** What was wrong, a line each; empty if all is well. */
  readonly wrong: readonly string[];
}

/** Kills a server `kills` times. The same seed gives the same places. */
export async function killRuns(kills: number, seed: number): Promise<Killed> {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const models = await startScriptedServer(async function* (): AsyncGenerator<Action> {
    for (let token = 0; ; token++) {
      // Slower than the editor is told, so that most of what is on disk has been told when the server dies.
      if (token % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      yield { do: "text", text: token === 60 ? "</think>" : ` wörd${token} 💡` };
    }
  });
  const result = { told: 0, found: 0, thinking: 0, writing: 0 };
  const wrong: string[] = [];
  try {
    for (let kill = 0; kill < kills; kill++) {
      const session = await Session.start({ engine: "http", endpoint: models.endpoint });
      try {
        const uri = session.open(TEXT);
        const { answer } = session.client.begin("qed/prove", at(uri, TEXT, "sum"));
        answer.catch(() => {});
        await session.client.until("it has begun", () => session.lastStarted() !== null);
        const { id } = session.lastStarted()!;
        const file = join(session.state, "runs", `${id}.jsonl`);
        const bytes = random(MOST_BYTES);
        while (statSync(file).size < bytes) await new Promise((resolve) => setImmediate(resolve));
        process.kill(session.client.pid, "SIGKILL");
        await session.client.end();
        check(new RunStore(join(session.state, "runs")), id, session);
      } finally {
        await session.stop();
      }
    }
  } finally {
    await models.close();
  }
  return { kills, ...result, wrong };

  function check(store: RunStore, id: string, session: Session): void {
    const told = session.events(id);
    const fault = (what: string) => wrong.push(`run ${id}: ${what}`);
    const stored = store.read(id);
    if (stored === null) return void fault("its file does not open");
    const found = session.storedEvents(id);
    result.told += told.length;
    result.found += found.length;
    if (stored.run.answer === null) result.thinking++;
    else result.writing++;
    for (const [index, event] of told.entries()) {
      if (JSON.stringify(found[index]) !== JSON.stringify(event))
        return void fault(`event ${index} was told and is not there`);
    }
    if (stored.run.outcome !== null) fault("it has an outcome");
    const summary = store.summary(id);
    if (summary === null || "newer" in summary || summary.live) fault("it is not listed as one that was interrupted");
    const out = store.reopen(id);
    out?.append({ type: "resumed" });
    out?.close();
    if (store.read(id)?.events !== stored.events + 1) fault("it can't go on");
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureDist();
  let failed = 0;
  for (let group = 0; group < 10; group++) {
    const { kills, told, found, thinking, writing, wrong } = await killRuns(KILLS / 10, group + 1);
    console.log(
      `${kills} kills (${thinking} in the thought, ${writing} in the answer): ${told} events told, ${found} on disk, ${wrong.length} faults`,
    );
    for (const line of wrong) console.log(`  ${line}`);
    failed += wrong.length;
  }
  process.exitCode = failed === 0 ? 0 : 1;
}
