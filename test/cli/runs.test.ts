import assert from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chatml } from "../../server/src/prompt/prompt.js";
import { type Action, type ScriptedServer, startScriptedServer } from "../fixtures/scripted-server.js";
import { ensureDist, poll } from "../server/session.js";
import { HEADER } from "../store/runs.js";
import { ROOT, Terminal } from "./terminal.js";

const KEY = "sk-secret-0123456789";
const MESSAGE = "Generate a rigorous proof to the following question:\n\nThe sum of two even integers is even.";
const FINISH: Action[] = [{ do: "finish", reason: "stop" }, { do: "done" }];
const tokens = (text: string): Action[] => (text.match(/\s*\S+/g) ?? []).map((word) => ({ do: "text", text: word }));

describe("runs in the terminal", function () {
  this.timeout(60_000);
  let terminal: Terminal;
  let server: ScriptedServer;
  let scripts: (() => Iterable<Action>)[] = [];
  before(async function () {
    this.timeout(120_000);
    ensureDist();
    server = await startScriptedServer(() => scripts.shift()?.() ?? [...tokens("Hm.\n</think>\n\nClear."), ...FINISH]);
  });
  after(() => server.close());
  beforeEach(() => {
    terminal = new Terminal();
    scripts = [];
    copyFileSync(join(ROOT, "test/fixtures/rehearsal/quick.tex"), join(terminal.folder, "quick.tex"));
  });
  afterEach(() => terminal.close());

  const ids = () => readdirSync(join(terminal.state, "runs")).map((name) => name.replace(/\.jsonl$/, ""));
  const json = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await terminal.run([...args, "--json"]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };

  /** Begins a run on the server, waits until it has thought a sentence and a half, and presses Ctrl+C. */
  async function interrupted(): Promise<string> {
    scripts.unshift(() => [...tokens("First we look. Then we thi"), { do: "stall" }]);
    const running = terminal.start(["prove", "quick.tex", "--endpoint", server.endpoint], {
      env: { QED_API_KEY: KEY },
    });
    await poll("it thinks", () => running.printed.stderr.includes("we thi"));
    running.process.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 1, stderr);
    assert.equal(stdout, "");
    const [id] = ids();
    assert.match(
      stderr,
      new RegExp(`\\nTo go on with it: qed runs resume ${id}\\nStopped\\. What was written so far is kept\\.\\n$`),
    );
    return id!;
  }

  it("keeps a run at Ctrl+C, and finishes it with the text that stood", async function () {
    if (process.platform === "win32") return this.skip();
    const id = await interrupted();
    const from = server.requests.length;
    const { code, stdout, stderr } = await terminal.run([
      "runs",
      "resume",
      id,
      "--endpoint",
      server.endpoint,
      "--write",
    ]);
    assert.equal(code, 0, stderr);
    assert.equal(
      server.requests[from]!.prompt,
      chatml({ message: MESSAGE, thought: "First we look. Then we thi", answer: null }),
    );
    assert.match(stdout, /Proof of the lemma lem:even: 1 step, none checked\n/);
    assert.match(readFileSync(join(terminal.folder, "quick.tex"), "utf8"), /\\begin\{proof\}\nClear\./);
    const again = await terminal.run(["runs", "resume", id]);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /^This run has come to its end\. [^\n]+\.\n$/);
  });

  it("goes on where a run ran if no engine is named, and keeps no key", async function () {
    if (process.platform === "win32") return this.skip();
    const id = await interrupted();
    const result = await json(["runs", "resume", id]);
    assert.equal(result.outcome, "proved");
    assert.equal(result.runId, id);
    const written = readdirSync(terminal.state, { recursive: true, encoding: "utf8", withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    assert.ok(written.length >= 1);
    for (const text of written) assert.ok(!text.includes(KEY));
  });

  it("lists, shows, exports and deletes runs", async () => {
    assert.deepEqual(await json(["runs", "list"]), { runs: [] });
    assert.equal((await terminal.run(["runs", "list"])).stdout, "No runs.\n");
    await json(["prove", "quick.tex", "--endpoint", server.endpoint]);
    const [id] = ids();
    const { runs } = await json(["runs", "list"]);
    assert.equal(runs.length, 1);
    assert.deepEqual([runs[0].id, runs[0].state, runs[0].statement.label], [id, "proved", "lem:even"]);
    assert.match(
      (await terminal.run(["runs", "list"])).stdout,
      new RegExp(`^${id}  [-\\d]{10} [:\\d]{5}  proved +\\d+ \\+ \\d+ tokens  lemma lem:even\\n$`),
    );
    const shown = await terminal.run(["runs", "show", "last"]);
    assert.match(shown.stdout, /^Run: [^\n]+\n[\s\S]*Outcome: proved\n[\s\S]*\nThought:\nHm\.\n[\s\S]*\[not checked\]/);
    const whole = await json(["runs", "show", id!.slice(0, 17)]);
    assert.equal(whole.run.answer.text, "Clear.");
    const { code } = await terminal.run(["runs", "export", id!, "--to", "run.json"]);
    assert.equal(code, 0);
    const exported = JSON.parse(readFileSync(join(terminal.folder, "run.json"), "utf8"));
    assert.deepEqual(Object.keys(exported), ["header", "events", "run"]);
    assert.deepEqual(exported.run, whole.run);
    assert.equal((await terminal.run(["runs", "export", id!, "--to", "run.json"])).code, 2, "nothing is written over");
    assert.equal((await terminal.run(["runs", "delete", id!])).stdout, "1 run deleted.\n");
    assert.deepEqual(ids(), []);
  });

  it("says that a run was written by a newer version, and deletes it only when told to", async () => {
    await json(["prove", "quick.tex", "--endpoint", server.endpoint]);
    const id = "20990101T000000-00000000";
    writeFileSync(join(terminal.state, "runs", `${id}.jsonl`), `${JSON.stringify({ ...HEADER, id, schema: 99 })}\n`);
    assert.match(
      (await terminal.run(["runs", "list"])).stdout,
      new RegExp(`\\n${id} +written by a newer version of QED Copilot\\n$`),
    );
    for (const verb of ["show", "export", "resume"]) {
      const { code, stderr } = await terminal.run(["runs", verb, id]);
      assert.equal(code, 2);
      assert.match(stderr, /^This run was written by a newer version of QED Copilot\. Update/);
    }
    assert.ok(existsSync(join(terminal.state, "runs", `${id}.jsonl`)));
  });

  it("branches a run and summarises one that was cut", async () => {
    scripts = [
      () => [...tokens("One. Two. Three. Four. Five."), { do: "stall" }],
      () => [...tokens("Not much."), ...FINISH],
      () => [...tokens("Numbers were named."), ...FINISH],
    ];
    const first = await terminal.run(["prove", "quick.tex", "--endpoint", server.endpoint, "--budget", "3"]);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /\(thinking cut at \d+ tokens\)/);
    const [id] = ids();
    assert.match(first.stderr, new RegExp(`begin anew: qed runs summarise ${id}\\n$`));
    const from = server.requests.length;
    assert.equal((await json(["runs", "summarise", id!])).outcome, "proved");
    assert.match(server.requests[from + 1]!.prompt, /Numbers were named\.<\|im_end\|>/);
    const branched = await json(["runs", "branch", id!, "--at", "4", "--text", " Six."]);
    assert.equal(branched.outcome, "proved");
    assert.equal(server.requests.at(-1)!.prompt, chatml({ message: MESSAGE, thought: "One. Six.", answer: null }));
  });

  it("proves several times at once and differently", async () => {
    const several = await json(["prove", "quick.tex", "--endpoint", server.endpoint, "--several", "3", "--seed", "5"]);
    assert.deepEqual(
      several.runs.map(({ seed }: { seed: number }) => seed),
      [5, 6, 7],
    );
    await json(["prove", "quick.tex", "--endpoint", server.endpoint, "--differently"]);
    assert.match(server.requests.at(-1)!.prompt, /with a different main idea:\n1\. Clear\.<\|im_end\|>/);
    const shown = await terminal.run(["prove", "quick.tex", "--endpoint", server.endpoint, "--several", "2"]);
    assert.equal(shown.stdout.match(/Proof of the lemma lem:even/g)?.length, 2);
  });

  it("runs a statement outside of the model's domain only when told to", async () => {
    writeFileSync(
      join(terminal.folder, "drawn.tex"),
      "\\begin{theorem}The map in \\begin{tikzcd} A \\ar[r] & B \\end{tikzcd} is injective.\\end{theorem}\n",
    );
    const from = server.requests.length;
    const refused = await terminal.run(["prove", "drawn.tex", "--endpoint", server.endpoint]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^This statement contains a diagram, [^\n]+ It was not run; --anyway runs it\.\n$/);
    assert.equal(server.requests.length, from);
    assert.equal((await terminal.run(["prove", "drawn.tex", "--endpoint", server.endpoint, "--anyway"])).code, 0);
  });

  for (const [args, message] of [
    [["runs"], /^Usage: qed runs list/],
    [["runs", "show"], /^Usage: qed runs list/],
    [["runs", "show", "nothing"], /^There is no run nothing\. "qed runs list" lists them\.\n$/],
    [["runs", "delete"], /^Usage: qed runs list/],
    [["runs", "burn", "x"], /^Usage: qed runs list/],
    [["prove", "quick.tex", "--several", "9"], /^--several takes a whole number up to 8/],
  ] as const) {
    it(`says what is wrong with "qed ${args.join(" ")}"`, async () => {
      const { code, stdout, stderr } = await terminal.run(args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, message);
    });
  }
});
