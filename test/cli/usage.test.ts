import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDist } from "../server/session.js";
import { Terminal } from "./terminal.js";

const TEXT = [
  "\\begin{definition}D\\end{definition}",
  "",
  "\\begin{lemma}L.\\end{lemma}",
  "\\begin{proof}Clear.\\end{proof}",
  "",
].join("\n");

describe("mistakes in the terminal", function () {
  this.timeout(30_000);
  let terminal: Terminal;
  before(function () {
    this.timeout(120_000);
    ensureDist();
    terminal = new Terminal();
    const file = (name: string, text: string | Buffer) => writeFileSync(join(terminal.folder, name), text);
    file("done.tex", TEXT);
    file("open.tex", "\\begin{lemma}New.\\end{lemma}\n");
    file("none.md", "# Only words\n");
    file("latin1.tex", Buffer.from("\\begin{lemma}Gau\xdf.\\end{lemma}\n", "latin1"));
    file("code.c", TEXT);
    file("page.gguf", "<html>404</html>");
    mkdirSync(join(terminal.folder, "folder.tex"));
  });
  after(() => terminal.close());

  /** Arguments, exit code, what the one sentence says. */
  const mistakes: readonly [string, readonly string[], number, RegExp][] = [
    ["an unknown command", ["proof", "x.tex"], 2, /^There is no command "proof"\./],
    ["prove without a file", ["prove"], 2, /^Usage: qed prove FILE/],
    ["prove with two files", ["prove", "a.tex", "b.tex"], 2, /^Usage: qed prove FILE/],
    [
      "an unknown flag",
      ["prove", "open.tex", "--nonsense"],
      2,
      /^Unknown option '--nonsense'\. "qed help" lists .*\.$/,
    ],
    ["a flag without its value", ["prove", "open.tex", "--budget"], 2, /'--budget.*"qed help"/],
    ["a negative seed", ["prove", "open.tex", "--seed", "-1"], 2, /^[^\n]*'--seed'[^\n]*"qed help" lists[^\n]*$/],
    ["a missing file", ["prove", "nowhere.tex"], 2, /^There is no file nowhere\.tex\./],
    ["a missing file with a line", ["prove", "nowhere.tex:3"], 2, /^There is no file nowhere\.tex\./],
    ["a wrong extension", ["prove", "code.c"], 2, /^code\.c is neither LaTeX .* nor Markdown/],
    ["a folder", ["prove", "folder.tex"], 2, /^folder\.tex can't be read \(EISDIR\)\./],
    ["another encoding", ["prove", "latin1.tex"], 2, /^latin1\.tex is not encoded in UTF-8\./],
    ["a line that isn't there", ["prove", "done.tex:99"], 2, /^done\.tex has only 5 lines\./],
    ["line 0", ["prove", "done.tex:0"], 2, /^The first line of done\.tex is line 1\./],
    ["a line without a statement", ["prove", "done.tex:2"], 2, /^There is no statement at line 2 of done\.tex\./],
    [
      "a line of a definition",
      ["prove", "done.tex:1"],
      2,
      /^Line 1 of done\.tex is in a definition, which has no proof/,
    ],
    ["nothing that asks for a proof", ["prove", "done.tex"], 2, /^Every statement of done\.tex has its proof\./],
    ["no statement at all", ["prove", "none.md"], 2, /^none\.md has no theorem-like statement\./],
    ["another engine", ["prove", "open.tex", "--engine", "cloud"], 2, /^--engine is local or http, not "cloud"\.$/],
    [
      "a budget of nothing",
      ["prove", "open.tex", "--budget", "0"],
      2,
      /^--budget takes a whole number above 0, not "0"/,
    ],
    ["a budget that is no number", ["prove", "open.tex", "--budget=x"], 2, /^--budget takes a whole number/],
    [
      "a seed that is none",
      ["prove", "open.tex", "--seed", "4294967296"],
      2,
      /^--seed takes a whole number below 2\^32/,
    ],
    ["a root that isn't there", ["prove", "open.tex", "--root", "nowhere"], 2, /^There is no folder nowhere\./],
    [
      "a missing model",
      ["prove", "open.tex", "--json", "--model", "no.gguf"],
      2,
      /^The model file .*no\.gguf is not there/,
    ],
    [
      "a corrupt model",
      ["prove", "open.tex", "--json", "--model", "page.gguf"],
      3,
      /^The model file .*page\.gguf is damaged/,
    ],
    [
      "an endpoint that refuses",
      ["prove", "open.tex", "--json", "--endpoint", "http://127.0.0.1:9/v1"],
      3,
      /127\.0\.0\.1:9/,
    ],
    ["an endpoint that is no address", ["prove", "open.tex", "--endpoint", "nowhere"], 3, /address|endpoint/],
    ["http without an endpoint", ["prove", "open.tex", "--engine", "http"], 3, /endpoint/],
    ["outline without a file", ["outline"], 2, /^Usage: qed outline FILE/],
    ["outline of a missing file", ["outline", "nowhere.md"], 2, /^There is no file nowhere\.md\./],
    ["outline of another encoding", ["outline", "latin1.tex"], 2, /not encoded in UTF-8/],
    [
      "convert without a target",
      ["convert", "none.md"],
      2,
      /^Usage: qed convert FILE\.md --to latex\|pandoc\|myst\|obsidian$/,
    ],
    ["convert to another target", ["convert", "none.md", "--to", "word"], 2, /^Usage: qed convert/],
    ["convert of a missing file", ["convert", "nowhere.md", "--to", "latex"], 2, /^There is no file nowhere\.md\./],
    ["convert-model without a type", ["convert-model", "folder.tex"], 2, /^Usage: qed convert-model DIR --type/],
    [
      "convert-model to another type",
      ["convert-model", "folder.tex", "--type", "q2_k"],
      2,
      /^--type is q8_0, q4_k_m or bf16/,
    ],
    ["convert-model of nothing", ["convert-model", "nowhere", "--type", "bf16"], 2, /^There is no folder nowhere\./],
    ["convert-model of a file", ["convert-model", "none.md", "--type", "bf16"], 2, /^none\.md is not a folder\./],
    [
      "convert-model over a file",
      ["convert-model", "folder.tex", "--type", "bf16", "--out", "none.md"],
      2,
      /none\.md is there already\. Move it away, or name another file with --out\.$/,
    ],
    [
      "convert-model into a folder that is not there",
      ["convert-model", "folder.tex", "--type", "bf16", "--out", "no/such.gguf"],
      2,
      /^There is no folder .*no\. Make it, or check --out\.$/,
    ],
    [
      "convert-model of a folder without a checkpoint",
      ["convert-model", "folder.tex", "--type", "bf16"],
      3,
      /has no config\.json\. Name the folder/,
    ],
    ["doctor with a file", ["doctor", "none.md"], 2, /none\.md/],
    ["lsp without --stdio", ["lsp"], 2, /^Usage: qed lsp --stdio$/],
  ];
  // A few at a time: most of the time is Node's start.
  const results = new Map<string, ReturnType<Terminal["run"]>>();
  const result = (what: string) => {
    const index = mistakes.findIndex(([name]) => name === what);
    for (const [name, args] of mistakes.slice(index, index + 3)) {
      if (!results.has(name)) results.set(name, terminal.run(args));
    }
    return results.get(what)!;
  };

  for (const [what, args, code, message] of mistakes) {
    it(`${what}: exit code ${code}, one sentence on standard error, nothing else`, async () => {
      const ended = await result(what);
      const shown = JSON.stringify(ended);
      assert.equal(ended.code, code, shown);
      const [first, ...more] = ended.stderr.trimEnd().split("\n");
      assert.match(first!, message);
      assert.doesNotMatch(ended.stderr, /^\s+at |node:internal|TypeError/m, shown);
      if (what !== "an unknown command") assert.deepEqual(more, [], shown);
      if (!args.includes("--json")) assert.equal(ended.stdout, "");
      else assert.equal(JSON.parse(ended.stdout).proof, null);
    });
  }

  it("no arguments: how it is called, exit code 2", async () => {
    const { code, stdout, stderr } = await terminal.run([]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^Usage: qed COMMAND/);
    for (const command of ["prove", "outline", "convert", "convert-model", "setup", "doctor", "lsp"])
      assert.match(stderr, new RegExp(`^ +${command}\\b`, "m"));
  });

  it("help: the same on standard output, exit code 0", async () => {
    const { code, stdout, stderr } = await terminal.run(["--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: qed COMMAND/);
    assert.equal(stderr, "");
  });

  it("without --json, the sentence is the last line, and standard output stays empty", async () => {
    const { code, stdout, stderr } = await terminal.run(["prove", "open.tex", "--model", "no.gguf"]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr.trimEnd().split("\n").at(-1)!, /^The model file .* is not there.*\.$/);
  });
});
