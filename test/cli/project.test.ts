import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OutlineEntry } from "../../server/src/features/outline.js";
import { ensureDist } from "../server/session.js";
import { Terminal } from "./terminal.js";

const FILES: Readonly<Record<string, string>> = {
  "main.tex": String.raw`\documentclass{book}
\usepackage{ours}
\begin{document}
\include{chapters/one}
\appendix
\input{chapters/proofs}
\end{document}
`,
  "ours.sty": String.raw`\newtheorem{satz}{Satz}
\newcommand{\RR}{\mathbb{R}}
`,
  "chapters/one.tex": String.raw`\begin{satz}\label{main}
It holds in $\RR$.
\end{satz}

\begin{satz}\label{open}
By \cref{helps} it is open.
\end{satz}
`,
  "chapters/proofs.tex": String.raw`\begin{proof}[Proof of \cref{main}]
First this.

Then that.
\end{proof}

\begin{lemma}\label{helps}
A help in $\RR$.
\end{lemma}
`,
};

describe("a project of several files in the terminal", function () {
  this.timeout(30_000);
  let terminal: Terminal;
  let folder: string;
  before(function () {
    this.timeout(120_000);
    ensureDist();
    terminal = new Terminal();
    folder = join(terminal.folder, "a book");
    mkdirSync(join(folder, "chapters"), { recursive: true });
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  });
  after(() => terminal.close());

  const outline = async (file: string, from: string): Promise<OutlineEntry[]> => {
    const { code, stdout, stderr } = await terminal.run(["outline", file, "--json"], { from });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout).statements;
  };
  const summary = (entries: readonly OutlineEntry[]) =>
    entries.map(({ kind, label, hole, proof }) => [kind, label, hole, proof?.file ?? null, proof?.steps.length ?? 0]);

  it("outline names the file of a proof in an appendix as the file itself was named", async () => {
    const ways: readonly (readonly [string, string, string])[] = [
      [join("chapters", "one.tex"), folder, join("chapters", "proofs.tex")],
      ["one.tex", join(folder, "chapters"), "proofs.tex"],
      [join("..", "chapters", "one.tex"), join(folder, "chapters"), "proofs.tex"],
    ];
    for (const [file, from, expected] of ways) {
      const [main, open] = await outline(file, from);
      assert.deepEqual(summary([main!, open!]), [
        ["theorem", "main", false, expected, 2],
        ["theorem", "open", true, null, 0],
      ]);
      const { start, end } = main!.proof!;
      assert.match(FILES["chapters/proofs.tex"]!.slice(start, end), /^\\begin\{proof\}[\s\S]*\\end\{proof\}$/);
    }
  });

  it("outline names it absolutely if the file was, from wherever it is called", async () => {
    const [main] = await outline(join(folder, "chapters", "one.tex"), terminal.folder);
    assert.equal(main?.proof?.file, join(folder, "chapters", "proofs.tex"));
    assert.equal(main?.kind, "theorem");
  });

  it("outline says for a person where the proof is", async () => {
    const { stdout } = await terminal.run(["outline", join("chapters", "one.tex")], { from: folder });
    assert.match(stdout, /^1 +theorem +main +2 steps in chapters[\\/]proofs\.tex$/m);
    assert.match(stdout, /^5 +theorem +open +no proof$/m);
  });

  it("prove takes the first statement that no file proves, with what it cites in other files", async () => {
    const { code, stdout, stderr } = await terminal.run(["prove", join("chapters", "one.tex"), "--json"], {
      from: folder,
    });
    // The rehearsal model does not know it; its run says what was asked.
    assert.equal(code, 1, stderr);
    const { runId } = JSON.parse(stdout);
    const run = readFileSync(join(terminal.state, "runs", `${runId}.jsonl`), "utf8");
    const { statement, prompt } = JSON.parse(run.split("\n")[0]!);
    assert.equal(statement.label, "open");
    assert.match(prompt.message, /These macros are used:\n\\newcommand\{\\RR\}\{\\mathbb\{R\}\}/);
    assert.match(prompt.message, /These statements may be used without proof:\nLemma \[helps\]\. A help in \$\\RR\$\./);
  });

  it("reads no file outside the folder, even by a link", async function () {
    if (process.platform === "win32") {
      console.log("      skipped: links need rights here");
      this.skip();
    }
    const inside = join(terminal.folder, "inside");
    // A repository is where its project ends.
    mkdirSync(join(inside, ".git"), { recursive: true });
    writeFileSync(join(terminal.folder, "secret.tex"), String.raw`\newtheorem{hidden}{Satz}`);
    symlinkSync(join(terminal.folder, "secret.tex"), join(inside, "linked.tex"));
    writeFileSync(join(inside, "real.tex"), String.raw`\newtheorem{folge}{Korollar}`);
    symlinkSync(join(inside, "real.tex"), join(inside, "within.tex"));
    writeFileSync(
      join(inside, "main.tex"),
      String.raw`\documentclass{book}\input{linked}\input{../secret}\input{within}\begin{hidden}x\end{hidden}\begin{folge}y\end{folge}`,
    );
    assert.deepEqual(
      (await outline("main.tex", inside)).map(({ kind }) => kind),

      ["corollary"],
    );
  });
});
