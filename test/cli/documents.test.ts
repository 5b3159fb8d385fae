import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OutlineEntry } from "../../server/src/features/outline.js";
import { ensureDist } from "../server/session.js";
import { ROOT, Terminal } from "./terminal.js";

const MODEL = "**Proof.** Let \\(a=2m\\).\n\nThen\n\\[\na+b=2(m+n).\n\\]\n\n\\(\\blacksquare\\)\n";

describe("documents in the terminal", function () {
  this.timeout(30_000);
  let terminal: Terminal;
  before(function () {
    this.timeout(120_000);
    ensureDist();
    terminal = new Terminal();
    writeFileSync(join(terminal.folder, "model.md"), MODEL);
  });
  after(() => terminal.close());

  const statements = async (name: string): Promise<{ text: string; entries: OutlineEntry[] }> => {
    const path = join(ROOT, "samples", name);
    const { code, stdout, stderr } = await terminal.run(["outline", path, "--json"]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    assert.equal(stdout.trimEnd().split("\n").length, 1);
    const printed = JSON.parse(stdout);
    assert.deepEqual(Object.keys(printed), ["statements"]);
    return { text: readFileSync(path, "utf8"), entries: printed.statements };
  };

  const samples: readonly [string, RegExp, readonly (readonly [string, string, boolean, boolean])[]][] = [
    [
      "article.tex",
      /^\\begin\{/,
      [
        ["definition", "def:gcd", false, false],
        ["lemma", "lem:combination", true, true],
        ["proposition", "prop:division", true, false],
        ["theorem", "thm:bezout", true, true],
      ],
    ],
    [
      "note.md",
      /^(?:> \[!|\*\*)/,
      [
        ["theorem", "amgm", true, true],
        ["lemma", "triangle", true, false],
      ],
    ],
    [
      "myst.md",
      /^(?:```|:::)\{prf:/,
      [
        ["definition", "def-limit", false, false],
        ["theorem", "thm-monotone", true, true],
      ],
    ],
    [
      "quarto.qmd",
      /^::: \{/,
      [
        ["definition", "def-injective", false, false],
        ["theorem", "thm-gauss", true, true],
      ],
    ],
  ];
  for (const [name, opening, expected] of samples) {
    it(`outline gives the statements of samples/${name} with their exact places`, async () => {
      const { text, entries } = await statements(name);
      for (const [kind, label, provable, hole] of expected) {
        const entry = entries.find((one) => one.label === label);
        assert.ok(entry, label);
        assert.deepEqual([entry.kind, entry.provable, entry.hole], [kind, provable, hole], label);
      }
      for (const entry of entries) {
        assert.match(text.slice(entry.start, entry.end), opening);
        for (const key of ["kind", "name", "title", "label", "start", "end", "provable", "hole", "proof"]) {
          assert.ok(key in entry, key);
        }
        if (!entry.proof) continue;
        assert.equal(entry.proof.file, join(ROOT, "samples", name));
        for (const step of entry.proof.steps) {
          assert.ok(entry.proof.start <= step.start && step.start < step.end && step.end <= entry.proof.end);
        }
      }
    });
  }

  it("outline is a table for a person: line, kind, label, title, state", async () => {
    const { code, stdout } = await terminal.run(["outline", join(ROOT, "samples", "article.tex")]);
    assert.equal(code, 0);
    assert.match(stdout, /^\d+ +theorem +thm:bezout +Bézout +\d+ steps?, with a hole$/m);
    assert.match(stdout, /^\d+ +lemma +lem:combination +no proof$/m);
    assert.match(stdout, /^\d+ +definition +def:gcd$/m);
  });

  it("outline counts second proofs, and gives them by their places", async () => {
    const text =
      "\\begin{lemma}a\\end{lemma}\n\\begin{proof}P\\end{proof}\n\\begin{proof}[Second proof]Q\\end{proof}\n";
    writeFileSync(join(terminal.folder, "twice.tex"), text);
    assert.match((await terminal.run(["outline", "twice.tex"])).stdout, /^1 +lemma +1 steps, 1 more$/m);
    const { stdout } = await terminal.run(["outline", "twice.tex", "--json"]);
    const [entry] = JSON.parse(stdout).statements as OutlineEntry[];
    const start = text.lastIndexOf("\\begin{proof}");
    assert.deepEqual(entry!.otherProofs, [
      {
        file: "twice.tex",
        start,
        end: text.length - 1,
        steps: [{ start: text.indexOf("Q"), end: text.indexOf("Q") + 1 }],
      },
    ]);
  });

  it("outline says on standard error which directives are wrong, and where", async () => {
    writeFileSync(join(terminal.folder, "wrong.tex"), "% qed: hnit x\n\\begin{lemma}a\\end{lemma}\n% qed: off x\n");
    const { code, stdout, stderr } = await terminal.run(["outline", "wrong.tex", "--json"]);
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).statements.length, 1);
    assert.deepEqual(stderr.trimEnd().split("\n"), [
      "wrong.tex:1: QED knows no directive “hnit”: did you mean “hint”?",
      "wrong.tex:3: “off” takes no words: remove what stands after it.",
    ]);
  });

  it("outline takes paths from where it was called, by npm too", async () => {
    const folder = join(terminal.folder, "a folder");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "ü.md"), "**Lemma 1.** X.\n");
    const straight = await terminal.run(["outline", "ü.md", "--json"], { from: folder });
    assert.equal(straight.code, 0, straight.stderr);
    assert.equal(JSON.parse(straight.stdout).statements[0].kind, "lemma");
    // npm itself says where it was called: the folder is that of the prefix here, and the path goes up from it.
    const npm = spawnSync("npm", ["run", "-s", "qed", "--", "outline", join("samples", "myst.md"), "--json"], {
      cwd: ROOT,
      encoding: "utf8",
      shell: process.platform === "win32",
      env: withoutNpm(),
    });
    assert.equal(npm.status, 0, npm.stderr);
    assert.equal(npm.stderr, "");
    assert.ok(JSON.parse(npm.stdout).statements.length > 5);
    const below = spawnSync("npm", ["run", "-s", "qed", "--", "outline", "myst.md", "--json"], {
      cwd: join(ROOT, "samples"),
      encoding: "utf8",
      shell: process.platform === "win32",
      env: withoutNpm(),
    });
    assert.equal(below.stdout, npm.stdout.replaceAll("samples/myst.md", "myst.md"));
  });

  it("outline ends quietly when its reader has gone", function () {
    if (process.platform === "win32") {
      console.log("skipped: there is no sh here to make a pipe with");
      this.skip();
    }
    const script = `"$0" "$1" outline "$2" --json | true; "$0" "$1" outline "$2" <&-`;
    const { status, stderr, stdout } = spawnSync(
      "sh",
      ["-c", script, process.execPath, join(ROOT, "scripts", "qed.mjs"), join(ROOT, "samples", "article.tex")],
      { encoding: "utf8", env: { ...process.env, INIT_CWD: "" } },
    );
    assert.equal(stderr, "");
    assert.equal(status, 0);
    assert.match(stdout, /thm:bezout/);
  });

  const targets: readonly [string, RegExp, RegExp][] = [
    ["latex", /^Let \$a=2m\$\.\n\nThen\n\\\[\n\s*a\+b=2\(m\+n\)\.[\s\S]*\\\]/, /begin\{proof\}|blacksquare/],
    ["pandoc", /^Let \$a=2m\$\.\n\nThen\n+\$\$\na\+b=2\(m\+n\)\.\n\$\$/, /:::|blacksquare/],
    ["myst", /^Let \$a=2m\$\.\n\nThen\n+\$\$\na\+b=2\(m\+n\)\.\n\$\$/, /```|blacksquare/],
    ["obsidian", /^Let \$a=2m\$\.\n\nThen\n+\$\$\na\+b=2\(m\+n\)\.\n\$\$/, /\[!proof\]|blacksquare/],
  ];
  for (const [target, body, block] of targets) {
    it(`convert gives the body alone, for ${target}`, async () => {
      const { code, stdout, stderr } = await terminal.run(["convert", "model.md", "--to", target]);
      assert.equal(code, 0, stderr);
      assert.equal(stderr, "");
      assert.match(stdout, body);
      assert.doesNotMatch(stdout, block);
      assert.doesNotMatch(stdout, /Proof\./);
    });
  }

  it("convert says what it took out, on standard error", async () => {
    writeFileSync(join(terminal.folder, "hostile.md"), "Clear \\(a \\input{x} b\\).\n");
    const { code, stdout, stderr } = await terminal.run(["convert", "hostile.md", "--to", "latex"]);
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /\\input/);
    assert.match(stderr, /^Removed, since it could do harm: "/);
  });

  it("doctor tells what a bug report needs, no key, no home folder", async () => {
    const env = { QED_API_KEY: "sk-very-secret", HOME: ROOT, USERPROFILE: ROOT };
    const { code, stdout, stderr } = await terminal.run(["doctor"], { env });
    assert.equal(code, 0, stderr);
    for (const row of ["QED Copilot", "Platform", "Node.js", "Memory", "GPUs", "Backends", "Engine", "Model"]) {
      assert.match(stdout, new RegExp(`^- \\*\\*${row}:\\*\\* \\S`, "m"));
    }
    assert.doesNotMatch(stdout + stderr, /sk-very-secret/);
    assert.ok(!stdout.includes(ROOT), stdout);
  });

  it("doctor is itself where the home folder is empty or the root", async () => {
    for (const HOME of ["/", ""]) {
      const { stdout } = await terminal.run(["doctor"], { env: { HOME, USERPROFILE: HOME } });
      assert.match(stdout, /^- \*\*Node\.js:\*\* \d+\.\d+\.\d+$/m);
    }
  });
});

/** The environment of a shell that npm has not started: npm would take its own folder from it. */
function withoutNpm(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_|INIT_CWD$)/i.test(name) || /^npm_config_(?:cache|registry)$/i.test(name),
    ),
  );
}
