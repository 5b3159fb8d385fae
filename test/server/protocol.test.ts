import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { OutlineEntry } from "../../server/src/features/outline.js";
import type { Configuration } from "./json-rpc.js";
import { at, ENTRIES, ensureDist, NOWHERE, positionAt, Session } from "./session.js";

const TEXT = [
  "% Ein Satz über 𝔊ruppen 🎓",
  "\\begin{theorem}\\label{thm:a} 𝔊 is even. \\end{theorem}",
  "\\begin{proof}",
  "  First. \\todo{x}",
  "\\end{proof}",
  "Between.",
  "\\begin{definition}D\\end{definition}",
  "\\begin{lemma}L.\\end{lemma}",
  "\\begin{proof}Clear.\\end{proof}",
  "",
].join("\n");

before(function () {
  this.timeout(120_000);
  ensureDist();
});

describe("the server over stdio", () => {
  for (const entry of Object.keys(ENTRIES) as (keyof typeof ENTRIES)[]) {
    it(`starts as ${entry} with null rootUri, no capabilities and null configuration`, async () => {
      const session = Session.bare(entry, null);
      try {
        const result = await session.client.initialize({ rootUri: null, rootPath: null, capabilities: {} });
        assert.equal((result.serverInfo as { name: string }).name, "QED Copilot");
        assert.equal((result.capabilities as { textDocumentSync: { change: number } }).textDocumentSync.change, 2);
        const uri = session.open(TEXT);
        const entryAt = await session.client.request<OutlineEntry>("qed/statementAt", at(uri, TEXT, "is even"));
        assert.equal(entryAt.label, "thm:a");
        assert.deepEqual(session.client.asked, []);
      } finally {
        await session.stop();
      }
      assert.equal(session.client.exitCode, 0);
      assert.equal(session.client.stderr, "");
    });
  }

  describe("with one client", () => {
    let session: Session;
    before(async () => {
      session = await Session.start({});
    });
    after(() => session.stop());
    const statementAt = (uri: string, text: string, words: string) =>
      session.client.request<OutlineEntry | null>("qed/statementAt", at(uri, text, words));

    for (const uri of ["untitled:Untitled-1", NOWHERE]) {
      it(`finds the statement at a position of a document that is not on disk: ${uri.split(":")[0]}`, async () => {
        session.open(TEXT, uri);
        const inStatement = await statementAt(uri, TEXT, "is even");
        assert.ok(inStatement);
        assert.equal(inStatement.kind, "theorem");
        assert.equal(TEXT.slice(inStatement.start).startsWith("\\begin{theorem}"), true);
        assert.equal(TEXT.slice(0, inStatement.end).endsWith("\\end{theorem}"), true);
        assert.equal(inStatement.provable, true);
        assert.equal(inStatement.hole, true);
        assert.equal(inStatement.proof?.file, uri);
        assert.deepEqual(await statementAt(uri, TEXT, "First."), inStatement);
        assert.equal((await statementAt(uri, TEXT, "D\\end"))?.provable, false);
        assert.equal(await statementAt(uri, TEXT, "Between."), null);
        assert.equal(await statementAt(uri, TEXT, "% Ein"), null);
      });
    }

    it("follows incremental changes, several in one message, beside characters outside the BMP", async () => {
      const uri = session.open(TEXT, "untitled:changes.tex");
      session.client.notify("textDocument/didChange", {
        textDocument: { uri, version: 2 },
        contentChanges: [
          { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: "🎓 new\r\nlines\n" },
          // "𝔊" on what is line 3 now: two UTF-16 units.
          { range: { start: { line: 3, character: 29 }, end: { line: 3, character: 31 } }, text: "$G$" },
        ],
      });
      const changed = `🎓 new\r\nlines\n${TEXT.replace("𝔊 is", "$G$ is")}`;
      const found = await statementAt(uri, changed, "$G$ is");
      assert.equal(
        changed.slice(found!.start, found!.end),
        "\\begin{theorem}\\label{thm:a} $G$ is even. \\end{theorem}",
      );
    });

    it("takes a whole new text as well", async () => {
      const uri = session.open(TEXT, "untitled:whole.tex");
      const text = "\\begin{lemma}Now this.\\end{lemma}";
      session.client.notify("textDocument/didChange", {
        textDocument: { uri, version: 2 },
        contentChanges: [{ text }],
      });
      assert.equal((await statementAt(uri, text, "Now"))?.kind, "lemma");
    });

    it("finds nothing in an empty document", async () => {
      const uri = session.open("", "untitled:empty.tex");
      const textDocument = { uri };
      const position = { line: 0, character: 0 };
      assert.equal(await session.client.request("qed/statementAt", { textDocument, position }), null);
      assert.deepEqual(await session.client.request("textDocument/codeLens", { textDocument }), []);
    });

    it("clamps positions outside the text", async () => {
      const uri = session.open("\\begin{lemma}Only this.\\end{lemma}", "untitled:short.tex");
      for (const position of [
        { line: 99, character: 0 },
        { line: 0, character: 9999 },
        { line: 0, character: 0 },
      ]) {
        const found = await session.client.request<OutlineEntry>("qed/statementAt", {
          textDocument: { uri },
          position,
        });
        assert.equal(found?.kind, "lemma", JSON.stringify(position));
      }
    });

    it("reads a document that is not open from disk, and the open one once it is", async () => {
      const file = join(session.state, "on disk.tex");
      writeFileSync(file, TEXT);
      const uri = pathToFileURL(file).href;
      assert.equal((await statementAt(uri, TEXT, "is even"))?.label, "thm:a");
      const open = "\\begin{lemma}Another.\\end{lemma}";
      session.open(open, uri);
      assert.equal((await statementAt(uri, open, "Another"))?.kind, "lemma");
      session.client.notify("textDocument/didClose", { textDocument: { uri } });
      assert.equal((await statementAt(uri, TEXT, "is even"))?.label, "thm:a");
    });

    it("knows nothing of a document that is neither open nor a LaTeX or Markdown file", async () => {
      const folder = join(session.state, "folder.tex");
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(session.state, "code.c"), TEXT);
      const uris = [
        "untitled:unknown.tex",
        NOWHERE,
        "vscode-vfs://github/a/b.tex",
        "",
        "no uri",
        pathToFileURL(folder).href,
        pathToFileURL(join(session.state, "code.c")).href,
      ];
      session.client.notify("textDocument/didClose", { textDocument: { uri: NOWHERE } });
      for (const uri of uris) assert.equal(await statementAt(uri, TEXT, "is even"), null, uri);
    });

    const languages: readonly [string, string, string][] = [
      ["latex", "untitled:1", "\\begin{lemma}X.\\end{lemma}"],
      ["tex", "untitled:2", "\\begin{lemma}X.\\end{lemma}"],
      ["markdown", "untitled:3", "> [!lemma]\n> X."],
      ["quarto", "untitled:4", "::: {.lemma}\nX.\n:::"],
      ["plaintext", "untitled:notes.md", "**Lemma 1.** X."],
      ["plaintext", "file:///nowhere/b.TEX?x#y", "\\begin{lemma}X.\\end{lemma}"],
    ];
    for (const [language, uri, text] of languages) {
      it(`understands ${language} as ${uri}`, async () => {
        session.open(text, uri, language);
        assert.equal((await statementAt(uri, text, "X."))?.kind, "lemma");
      });
    }

    it("leaves other languages alone", async () => {
      const uri = session.open(TEXT, "untitled:Untitled-9", "python");
      assert.equal(await statementAt(uri, TEXT, "is even"), null);
      assert.deepEqual(await session.client.request("textDocument/codeLens", { textDocument: { uri } }), []);
    });
  });

  describe("code lenses", () => {
    const settings: readonly [string, Configuration, string[]][] = [
      ["stand above holes by default", {}, ["thm:a"]],
      ["stand above holes if the configuration is null", null, ["thm:a"]],
      ["stand above holes if the configuration can't be had", "error", ["thm:a"]],
      ["stand above holes if the client has no configuration", "unsupported", ["thm:a"]],
      ["stand above holes if the setting is nonsense", { codeLens: ["all"], engine: 7 }, ["thm:a"]],
      ["stand above everything provable", { codeLens: "all" }, ["thm:a", "L."]],
      ["are off", { codeLens: "off" }, []],
    ];
    for (const [what, configuration, expected] of settings) {
      it(what, async () => {
        const session = await Session.start(configuration);
        try {
          const uri = session.open(TEXT);
          const lenses = await session.client.request<
            {
              range: { start: object; end: object };
              command: { command: string; title: string; arguments: unknown[] };
            }[]
          >("textDocument/codeLens", { textDocument: { uri } });
          const starts = [TEXT.indexOf("\\begin{theorem}"), TEXT.indexOf("\\begin{lemma}")].slice(0, expected.length);
          assert.deepEqual(
            lenses.map(({ range }) => range.start),
            starts.map((offset) => positionAt(TEXT, offset)),
          );
          for (const { range, command } of lenses) {
            assert.equal(command.command, "qed.prove");
            assert.deepEqual(command.arguments, [uri, range.start]);
          }
          assert.deepEqual(session.client.asked, configuration === "unsupported" ? [] : ["workspace/configuration"]);
        } finally {
          await session.stop();
        }
      });
    }

    it("are asked for again when the settings change, if the client can do that", async () => {
      const workspace = {
        configuration: true,
        codeLens: { refreshSupport: true },
        didChangeConfiguration: { dynamicRegistration: true },
      };
      const session = await Session.start({}, { capabilities: { workspace } });
      try {
        session.client.notify("workspace/didChangeConfiguration", { settings: null });
        await session.client.until("lenses are refreshed", () =>
          session.client.asked.includes("workspace/codeLens/refresh"),
        );
        assert.ok(session.client.asked.includes("client/registerCapability"));
      } finally {
        await session.stop();
      }
    });
  });
});
