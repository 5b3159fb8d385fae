import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Syntax } from "../../server/src/document/types.js";
import { parseRun } from "../../server/src/store/parse-run.js";
import { startScriptedServer } from "../fixtures/scripted-server.js";
import { ensureDist, isAlive, poll, treeOf } from "../server/session.js";
import { ROOT, type Running, Terminal } from "./terminal.js";

const FIXTURES = join(ROOT, "test", "fixtures", "rehearsal");
const KEYS = ["proof", "thought", "outcome", "runId", "seed"];

describe("proving in the terminal", function () {
  this.timeout(40_000);
  let terminal: Terminal;
  before(function () {
    this.timeout(120_000);
    ensureDist();
  });
  beforeEach(() => {
    terminal = new Terminal();
  });
  afterEach(() => terminal.close());

  const copied = (...path: string[]) => {
    const name = path.at(-1)!;
    copyFileSync(join(ROOT, ...path), join(terminal.folder, name));
    return name;
  };
  const read = (name: string) => readFileSync(join(terminal.folder, name), "utf8");
  const lineOf = (text: string, words: string) => text.slice(0, text.indexOf(words)).split("\n").length;
  const runs = () => readdirSync(join(terminal.state, "runs"));
  const onDisk = (file: string) => parseRun(readFileSync(join(terminal.state, "runs", file), "utf8"))!.run;

  it("proves the first open statement of a file: the thought streams, then the proof step by step, not checked", async () => {
    const file = copied("samples", "article.tex");
    const { code, stdout, stderr } = await terminal.run(["prove", file]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^Loading the model …\nModel: .*rehearsal model: it has memorised the sample theorems/);
    assert.match(stderr, /\nThinking:\n[\s\S]+\n\[\d+ thought tokens, \d+ tok\/s\] Writing the proof …\n$/);
    assert.match(stdout, /^\nProof of the lemma lem:combination: \d+ steps?, none checked\n/);
    const steps = stdout.match(/^ +\d+ {2}/gm)!.length;
    assert.equal(stdout.match(/^ {5}\[not checked\]$/gm)!.length, steps);
    assert.doesNotMatch(stdout, /verified|<\/?think>/);
    assert.equal(read(file), readFileSync(join(ROOT, "samples", "article.tex"), "utf8"), "the file is as it was");
  });

  it("prints exactly one line of JSON with exactly the promised keys, the same proof each time", async () => {
    const file = copied("samples", "article.tex");
    const place = `${file}:${lineOf(read(file), "\\label{thm:bezout}")}`;
    const both = await Promise.all([
      terminal.run(["prove", place, "--json"]),
      terminal.run(["prove", place, "--json", "--seed", "0"]),
    ]);
    const [first, second] = both.map(({ code, stdout, stderr }) => {
      assert.equal(code, 0, stderr);
      assert.equal(stderr, "");
      assert.match(stdout, /^[^\n]+\n$/);
      return JSON.parse(stdout);
    });
    assert.deepEqual(Object.keys(first), KEYS);
    assert.deepEqual(Object.keys(first.thought), ["text", "tokens", "cut"]);
    assert.equal(first.outcome, "proved");
    assert.equal(first.thought.cut, false);
    assert.ok(first.thought.tokens > 5);
    assert.doesNotMatch(first.thought.text + first.proof, /<\/?think>/);
    assert.match(first.proof, /^Let \$S=/, "what the author has written is its beginning");
    assert.equal(second.proof, first.proof);
    assert.deepEqual(second.thought, first.thought);
    assert.equal(second.seed, 0);
    assert.notEqual(second.runId, first.runId);
    assert.ok(Number.isInteger(first.seed) && first.seed >= 0 && first.seed < 2 ** 32);
    const stored = onDisk(`${first.runId}.jsonl`);
    assert.equal(stored.answer?.text, first.proof);
    assert.equal(stored.header.seed, first.seed);
  });

  it("is called by npm from the repository as the README says", () => {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(?:npm_lifecycle|npm_package|INIT_CWD$)/i.test(name)),
    );
    const { status, stdout, stderr } = spawnSync(
      "npm",
      ["run", "-s", "qed", "--", "prove", join("samples", "note.md"), "--json"],
      {
        cwd: ROOT,
        encoding: "utf8",
        shell: process.platform === "win32",
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...env, QED_STATE_DIR: terminal.state },
      },
    );
    assert.equal(status, 0, stderr);
    assert.equal(stderr, "");
    assert.deepEqual(Object.keys(JSON.parse(stdout)), KEYS);
  });

  it("cuts the thought at a small budget, says so, and still proves", async () => {
    const file = copied("test", "fixtures", "rehearsal", "long.tex");
    const [json, shown] = await Promise.all([
      terminal.run(["prove", file, "--json", "--budget", "30"]),
      terminal.run(["prove", file, "--budget", "30"]),
    ]);
    assert.equal(json.code, 0, json.stderr);
    const result = JSON.parse(json.stdout);
    assert.equal(result.thought.cut, true);
    assert.ok(result.thought.tokens >= 30 && result.thought.tokens < 200, String(result.thought.tokens));
    assert.match(result.proof, /t_k\^2-t_\{k-1\}\^2=k\^3/);
    assert.match(shown.stdout, /\(thinking cut at \d+ tokens\)/);
  });

  it("says that there is no proof if the thought never closes, and prints no thought as one", async () => {
    const { code, stdout, stderr } = await terminal.run([
      "prove",
      copied("test", "fixtures", "rehearsal", "unclosed.tex"),
    ]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(
      stderr.trimEnd().split("\n").at(-1)!,
      /^The model ended without closing its thought, so there is no proof/,
    );
  });

  it("offers to set up a model for a statement that the rehearsal model doesn't know: exit code 1", async () => {
    writeFileSync(join(terminal.folder, "new.md"), "**Theorem 1.** There are infinitely many twin primes.\n");
    const { code, stdout, stderr } = await terminal.run(["prove", "new.md", "--json"]);
    assert.equal(code, 1);
    assert.equal(JSON.parse(stdout).proof, null);
    assert.equal(JSON.parse(stdout).outcome, "unknown-to-rehearsal");
    assert.match(stderr, /^The rehearsal model has only memorised the sample theorems[^\n]*\.\n$/);
  });

  const written: readonly [string, Syntax, string | null][] = [
    ["samples/article.tex", "latex", "\\label{thm:bezout}"],
    ["samples/note.md", "markdown", null],
    ["samples/myst.md", "markdown", null],
    ["test/fixtures/rehearsal/hostile.md", "markdown", null],
  ];
  for (const [path, syntax, words] of written) {
    it(`--write puts the proof under its statement in ${path}, and the rest stays as it was`, async () => {
      const file = copied(...path.split("/"));
      const text = read(file);
      const place = words === null ? file : `${file}:${lineOf(text, words)}`;
      const { code, stderr } = await terminal.run(["prove", place, "--write", "--json"]);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /^Written to .*; no step has been checked\./);
      const result = read(file);
      const before = parseDocument(text, syntax).statements;
      const after = parseDocument(result, syntax).statements;
      const proved = before.findIndex(({ start, end, hole }) =>
        words === null ? hole : text.slice(start, end).includes(words),
      );
      assert.equal(after.length, before.length, result);
      assert.equal(after[proved]!.hole, false, result);
      assert.ok(after[proved]!.proof!.closed, result);
      assert.deepEqual(
        after.filter(({ hole }) => hole).map(({ start, end }) => result.slice(start, end)),
        before.filter(({ hole }, k) => hole && k !== proved).map(({ start, end }) => text.slice(start, end)),
      );
      assert.deepEqual(readdirSync(terminal.folder).sort(), [".state", file].sort(), "no temporary file is left");
    });
  }

  it("--write goes through a link, and keeps line ends and mode", async function () {
    if (process.platform === "win32") {
      console.log("skipped: links and modes are other things on Windows");
      this.skip();
    }
    const text = readFileSync(join(FIXTURES, "quick.tex"), "utf8").replaceAll("\n", "\r\n");
    const target = join(terminal.folder, "target.tex");
    writeFileSync(target, text, { mode: 0o640 });
    symlinkSync("target.tex", join(terminal.folder, "link.tex"));
    const { code, stderr } = await terminal.run(["prove", "link.tex", "--write", "--json"]);
    assert.equal(code, 0, stderr);
    assert.ok(lstatSync(join(terminal.folder, "link.tex")).isSymbolicLink());
    assert.equal(lstatSync(target).mode & 0o777, 0o640);
    assert.match(read("target.tex"), /\\begin\{proof\}\r\n/);
    assert.doesNotMatch(read("target.tex"), /(?<!\r)\n/);
  });

  const meanwhile: readonly [string, (text: string) => string | null][] = [
    ["has changed", (text) => `% my note\n${text}`],
    ["is gone", () => null],
  ];
  for (const [what, change] of meanwhile) {
    it(`--write writes nothing where the file ${what} meanwhile, and says where the proof is kept`, async () => {
      let open = () => {};
      const until = new Promise<void>((resolve) => {
        open = resolve;
      });
      const server = await startScriptedServer(() => [
        { do: "text", text: "Hm." },
        { do: "stall", until },
        { do: "text", text: "\n</think>\n\nClear." },
        { do: "finish", reason: "stop" },
        { do: "done" },
      ]);
      try {
        const file = copied("test", "fixtures", "rehearsal", "quick.tex");
        const running = terminal.start(["prove", file, "--write", "--endpoint", server.endpoint]);
        await poll("it thinks", () => running.printed.stderr.includes("Hm."));
        const changed = change(read(file));
        if (changed === null) rmSync(join(terminal.folder, file));
        else writeFileSync(join(terminal.folder, file), changed);
        open();
        const { code, stderr } = await running.ended;
        assert.equal(code, 2);
        assert.match(
          stderr,
          /quick\.tex has changed meanwhile, so nothing was written\. The proof is kept as run \S+\.\n$/,
        );
        assert.equal(existsSync(join(terminal.folder, file)) ? read(file) : null, changed);
        assert.equal(onDisk(runs()[0]!).answer?.text, "Clear.");
      } finally {
        await server.close();
      }
    });
  }

  it("--write says what it took out of the proof, in LaTeX and in Markdown", async () => {
    const server = await startScriptedServer(() => [
      {
        do: "text",
        text: "Hm.\n</think>\n\nClear \\(a \\input{x} b\\), <img src=x onerror=y> \\write18{id} [l](javascript:z).",
      },
      { do: "finish", reason: "stop" },
      { do: "done" },
    ]);
    try {
      writeFileSync(join(terminal.folder, "bad.tex"), "\\begin{theorem}X.\\end{theorem}\n");
      writeFileSync(join(terminal.folder, "bad.md"), "**Theorem 1.** X.\n");
      for (const file of ["bad.tex", "bad.md"]) {
        const { code, stderr } = await terminal.run([
          "prove",
          file,
          "--write",
          "--json",
          "--endpoint",
          server.endpoint,
        ]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /no step has been checked\. Removed, since it could do harm: /);
        for (const piece of ["\\input{x}", "<img src=x onerror=y>", "\\write18{id}", "[l](javascript:z)"]) {
          assert.ok(stderr.includes(JSON.stringify(piece)), `${piece} in ${stderr}`);
        }
        assert.doesNotMatch(read(file), /input|onerror|write18|javascript/);
      }
    } finally {
      await server.close();
    }
  });

  it("goes quietly when nobody reads its errors any more", async () => {
    const file = copied("test", "fixtures", "rehearsal", "loop.tex");
    const running = terminal.start(["prove", file, "--no-loop-guard"]);
    await poll("it thinks", () => /Let me try the next exponent/.test(running.printed.stderr), 20_000);
    running.process.stderr?.destroy();
    assert.equal((await running.ended).code, 0);
  });

  it("ends its run when its terminal is closed", async function () {
    if (process.platform === "win32") {
      console.log("skipped: there is no SIGHUP here");
      this.skip();
    }
    const file = copied("test", "fixtures", "rehearsal", "loop.tex");
    const running = terminal.start(["prove", file, "--no-loop-guard"]);
    await poll("it thinks", () => /Let me try the next exponent/.test(running.printed.stderr), 20_000);
    running.process.kill("SIGHUP");
    assert.equal((await running.ended).code, 1);
    assert.equal(onDisk(runs()[0]!).outcome?.kind, "cancelled");
  });

  for (const group of [false, true]) {
    it(`Ctrl+C keeps what was written and leaves no process${group ? ", as a shell sends it to all of them" : ""}`, async function () {
      if (process.platform === "win32") {
        console.log("skipped: there is no SIGINT here");
        this.skip();
      }
      const file = copied("test", "fixtures", "rehearsal", "loop.tex");
      const running: Running = terminal.start(["prove", file, "--no-loop-guard"], { group });
      await poll("it thinks", () => /Let me try the next exponent/.test(running.printed.stderr), 20_000);
      const tree = treeOf(running.process.pid!);
      process.kill(group ? -running.process.pid! : running.process.pid!, "SIGINT");
      const { code, stdout, stderr } = await running.ended;
      assert.equal(code, 1, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, /\nStopped\. What was written so far is kept\.\n$/);
      if (tree !== null) {
        assert.ok(tree.length >= 1);
        await poll("no process is left", () => !tree.some(isAlive));
      }
      const [name] = runs();
      const run = onDisk(name!);
      assert.equal(run.outcome?.kind, "cancelled");
      assert.match(run.thought.text, /Let me try the next exponent/);
    });
  }

  it("begins nothing and says so if runs can't be kept on disk", async () => {
    const file = copied("test", "fixtures", "rehearsal", "quick.tex");
    writeFileSync(join(terminal.folder, "no-folder"), "");
    const env = { QED_STATE_DIR: join(terminal.folder, "no-folder") };
    const { code, stdout, stderr } = await terminal.run(["prove", file, "--json"], { env });
    assert.equal(code, 3);
    assert.equal(stdout, "");
    assert.match(stderr, /^[A-Z“"][^\n]*no-folder[^\n]*\.\n$/);
    assert.equal(existsSync(terminal.state), false);
  });
});
