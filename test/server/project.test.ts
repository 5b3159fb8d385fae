import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { OutlineEntry } from "../../server/src/features/outline.js";
import { at, ensureDist, Session } from "./session.js";

const MAIN = "\\documentclass{book}\n\\input{preamble}\n\\input{ch/one}\n\\input{ch/proofs}\n";
const ONE = "\\begin{foo}\\label{a}\nFirst.\n\\end{foo}\n\\begin{theorem}\\label{b}\nSecond.\n\\end{theorem}\n";
const PROOFS = "\\begin{proof}[Proof of \\cref{b}]\nClear.\n\\end{proof}\n";

describe("a project of several files in the server", () => {
  let folder: string;
  let session: Session;
  before(function () {
    this.timeout(120_000);
    ensureDist();
  });
  beforeEach(() => {
    folder = join(realpathSync(mkdtempSync(join(tmpdir(), "qed-project-"))), "mit ü & #");
    mkdirSync(join(folder, "ch"), { recursive: true });
    writeFileSync(join(folder, "main.tex"), MAIN);
    writeFileSync(join(folder, "preamble.tex"), "\\newtheorem{foo}{Lemma}\n");
    writeFileSync(join(folder, "ch", "one.tex"), ONE);
    writeFileSync(join(folder, "ch", "proofs.tex"), PROOFS);
  });
  afterEach(async () => {
    await session.stop();
    rmSync(join(folder, ".."), { recursive: true, force: true });
  });

  const uriOf = (...path: string[]) => pathToFileURL(join(folder, ...path)).href;
  const start = async (capabilities: object = {}, configuration: object | "unsupported" = "unsupported") => {
    const workspace = { ...capabilities, ...(configuration === "unsupported" ? {} : { configuration: true }) };
    session = await Session.start(configuration as Readonly<Record<string, unknown>>, {
      workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "book" }],
      capabilities: { workspace },
    });
  };
  const ask = (uri: string, words: string, text = ONE) =>
    session.client.request<OutlineEntry | null>("qed/statementAt", at(uri, text, words));
  const lenses = async (uri: string) => {
    const found = await session.client.request<{ range: { start: { line: number } } }[]>("textDocument/codeLens", {
      textDocument: { uri },
    });
    return found.map(({ range }) => range.start.line);
  };

  it("names the file of a proof that stands in another, and offers no second one there", async () => {
    await start();
    const uri = session.open(ONE, uriOf("ch", "one.tex"));
    const entry = await ask(uri, "Second.");
    assert.equal(decodeURIComponent(entry?.proof?.file ?? ""), decodeURIComponent(uriOf("ch", "proofs.tex")));
    assert.equal(entry?.hole, false);
    assert.deepEqual(await lenses(uri), [0]);
  });

  it("gives a chapter new kinds when its preamble is edited in another editor tab, saved or not", async () => {
    await start({ codeLens: { refreshSupport: true } });
    const uri = session.open(ONE, uriOf("ch", "one.tex"));
    assert.equal((await ask(uri, "First."))?.kind, "lemma");
    const text = readFileSync(join(folder, "preamble.tex"), "utf8");
    const preamble = session.open(text, uriOf("preamble.tex"));
    session.change(preamble, text, text.indexOf("Lemma"), text.indexOf("Lemma") + 5, "Remark");
    assert.equal((await ask(uri, "First."))?.kind, "remark");
    // By itself, when typing pauses.
    await session.client.until("lenses are asked for again", () =>
      session.client.asked.includes("workspace/codeLens/refresh"),
    );
    assert.deepEqual(await lenses(uri), []);
  });

  it("sees what changes on disk, by the client's watching", async () => {
    await start({ didChangeWatchedFiles: { dynamicRegistration: true } });
    await session.client.until("files are watched", () => session.client.asked.includes("client/registerCapability"));
    const uri = session.open(ONE, uriOf("ch", "one.tex"));
    assert.equal((await ask(uri, "First."))?.kind, "lemma");
    writeFileSync(join(folder, "preamble.tex"), "\\newtheorem{foo}{Definition of all}\n");
    session.client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: uriOf("preamble.tex"), type: 2 }] });
    assert.equal((await ask(uri, "First."))?.kind, "definition");
    rmSync(join(folder, "ch", "proofs.tex"));
    session.client.notify("workspace/didChangeWatchedFiles", {
      changes: [{ uri: uriOf("ch", "proofs.tex"), type: 3 }],
    });
    assert.equal((await ask(uri, "Second."))?.proof, null);
  });

  it("sees it without watching too", async () => {
    await start();
    const uri = session.open(ONE, uriOf("ch", "one.tex"));
    assert.equal((await ask(uri, "First."))?.kind, "lemma");
    writeFileSync(join(folder, "preamble.tex"), "\\newtheorem{foo}{Definition of all}\n");
    assert.equal((await ask(uri, "First."))?.kind, "definition");
  });

  it("takes environments from the settings, and takes them back", async () => {
    await start({}, { environments: { bar: "lemma", baz: "no kind", qux: 7 } });
    const text = "\\begin{bar}\nX.\n\\end{bar}\n\\begin{baz}\nY.\n\\end{baz}\n";
    const uri = session.open(text);
    assert.deepEqual(await lenses(uri), [0]);
    assert.equal((await ask(uri, "X.", text))?.kind, "lemma");
    session.client.configuration = {};
    assert.deepEqual(await lenses(uri), []);
    assert.equal(await ask(uri, "X.", text), null);
  });
});
