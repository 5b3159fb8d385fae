import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDist } from "../server/session.js";
import { ROOT, Terminal } from "./terminal.js";

const WRONG = `\\begin{lemma}L.\\end{lemma}
\\begin{proof}
Expanding ärgerlich,
\\[
  (a+b)^2 = a^2 + ab + b^2.
\\]
And $\\int_0^1 x\\,dx = 1 = 2$.
\\end{proof}
`;

describe("relations in the terminal", function () {
  this.timeout(30_000);
  let terminal: Terminal;
  before(function () {
    this.timeout(120_000);
    ensureDist();
    terminal = new Terminal();
    writeFileSync(join(terminal.folder, "wrong.tex"), WRONG);
    writeFileSync(join(terminal.folder, "right.md"), "We have $$ (a+b)^2 = a^2 + 2ab + b^2. $$\n");
    mkdirSync(join(terminal.folder, "project"));
    writeFileSync(
      join(terminal.folder, "project", "main.tex"),
      "\\documentclass{article}\\newcommand{\\sq}[1]{(#1)^2}\\begin{document}\\input{part}\\end{document}\n",
    );
    writeFileSync(join(terminal.folder, "project", "part.tex"), "\\[ \\sq{a+b} = \\sq a + ab + \\sq b. \\]\n");
  });
  after(() => terminal.close());

  it("prints findings as JSON to the contract, and exits with 1", async () => {
    const { code, stdout, stderr } = await terminal.run(["check", "wrong.tex", "right.md", "--json"]);
    assert.equal(stderr, "");
    assert.equal(code, 1);
    assert.equal(stdout.trimEnd().split("\n").length, 1);
    const { checked, findings } = JSON.parse(stdout);
    assert.equal(checked, 3);
    assert.equal(findings.length, 1);
    const [finding] = findings;
    assert.deepEqual(Object.keys(finding), ["file", "code", "severity", "start", "end", "line", "message", "witness"]);
    assert.equal(finding.file, "wrong.tex");
    assert.equal(finding.code, "step.refuted");
    assert.equal(finding.severity, "error");
    assert.equal(WRONG.slice(finding.start, finding.end), "(a+b)^2 = a^2 + ab + b^2");
    assert.equal(finding.line, 5);
    assert.deepEqual(Object.keys(finding.witness), ["values", "left", "right"]);
    assert.notEqual(finding.witness.left, finding.witness.right);
  });

  it("exits with 0 where nothing is refuted", async () => {
    const { code, stdout } = await terminal.run(["check", "right.md", "--json"]);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { checked: 1, findings: [], relations: 1 });
  });

  it("says in plain words what is false and where", async () => {
    const { code, stdout } = await terminal.run(["check", "wrong.tex"]);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^wrong\.tex:5: This equation is false\. At a = \d+, b = \d+: left \d+, right \d+\.\n {4}\(a\+b\)\^2 = a\^2/,
    );
    assert.match(stdout, /\n1 relation refuted \(2 relations checked, 1 could not be read\)\.\n$/);
    assert.ok(!stdout.includes("\u001b"));
  });

  it("explains what it passed over", async () => {
    const { stdout } = await terminal.run(["check", "wrong.tex", "--explain"]);
    assert.match(stdout, /^wrong\.tex:7: passed over \(integrals\): /m);
    assert.match(stdout, /\nPassed over:\n(?: +\d+ {2}.+\n)* +1 {2}integrals\n/);
    const { stdout: json } = await terminal.run(["check", "wrong.tex", "--explain", "--json"]);
    assert.equal(JSON.parse(json).silent.integrals, 1);
  });

  it("writes SARIF that code hosts read", async () => {
    const { code, stdout } = await terminal.run(["check", "wrong.tex", "--sarif"]);
    assert.equal(code, 1);
    const { version, runs } = JSON.parse(stdout);
    assert.equal(version, "2.1.0");
    const [run] = runs;
    assert.equal(run.columnKind, "utf16CodeUnits");
    assert.equal(run.tool.driver.rules[run.results[0].ruleIndex].id, "step.refuted");
    const { artifactLocation, region } = run.results[0].locations[0].physicalLocation;
    assert.deepEqual(artifactLocation, { uri: "wrong.tex" });
    assert.deepEqual(region, { startLine: 5, startColumn: 3, endLine: 5, endColumn: 27 });
    assert.equal(run.results[0].level, "error");
  });

  it("expands macros of the project", async () => {
    const { code, stdout } = await terminal.run(["check", "project/part.tex", "--json"]);
    assert.equal(code, 1);
    assert.equal(JSON.parse(stdout).findings.length, 1);
  });

  it("finds nothing wrong in the samples", async () => {
    const samples = ["article.tex", "note.md", "myst.md", "quarto.qmd"].map((name) => join(ROOT, "samples", name));
    const { code, stdout } = await terminal.run(["check", ...samples]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^No relation is refuted \(\d+ relations? checked/);
  });

  const mistakes: readonly [string, readonly string[], RegExp][] = [
    ["no file", ["check"], /^Usage: qed check FILE…/],
    ["a missing file", ["check", "nowhere.tex"], /^There is no file nowhere\.tex\./],
    ["two formats", ["check", "right.md", "--json", "--sarif"], /^--json and --sarif can't be had together/],
    ["an unknown flag", ["check", "right.md", "--nonsense"], /^Unknown option '--nonsense'/],
  ];
  for (const [what, args, message] of mistakes) {
    it(`refuses ${what} in one sentence`, async () => {
      const { code, stdout, stderr } = await terminal.run(args);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split("\n").length, 1);
    });
  }
});
