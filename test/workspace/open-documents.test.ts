import assert from "node:assert/strict";
import paths from "node:path";
import type { TextDocuments } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import { OpenDocuments } from "../../server/src/workspace/open-documents.js";
import { poll } from "../server/session.js";
import { MemoryFiles } from "./memory.js";

type Listener = (event: { document: TextDocument }) => void;

/** What an editor has open, without an editor. */
class Editor {
  readonly #documents = new Map<string, TextDocument>();
  readonly #listeners: Record<"open" | "change" | "close" | "save", Listener[]> = {
    open: [],
    change: [],
    close: [],
    save: [],
  };

  asTextDocuments(): TextDocuments<TextDocument> {
    const on = (kind: "open" | "change" | "close" | "save") => (listener: Listener) =>
      this.#listeners[kind].push(listener);
    return {
      get: (uri: string) => this.#documents.get(uri),
      all: () => [...this.#documents.values()],
      onDidOpen: on("open"),
      onDidChangeContent: on("change"),
      onDidClose: on("close"),
      onDidSave: on("save"),
    } as unknown as TextDocuments<TextDocument>;
  }

  open(uri: string, text: string): void {
    this.#documents.set(uri, TextDocument.create(uri, "latex", 1, text));
    this.#tell(uri, "open", "change");
  }

  type(uri: string, text: string): void {
    const document = this.#documents.get(uri)!;
    TextDocument.update(document, [{ text }], document.version + 1);
    this.#tell(uri, "change");
  }

  close(uri: string): void {
    const document = this.#documents.get(uri)!;
    this.#documents.delete(uri);
    for (const listener of this.#listeners.close) listener({ document });
  }

  #tell(uri: string, ...kinds: ("open" | "change")[]): void {
    for (const kind of kinds)
      for (const listener of this.#listeners[kind]) listener({ document: this.#documents.get(uri)! });
  }
}

const FOLDER = URI.parse("file:///a%20book").fsPath;
const path = (name: string) => URI.file(`${FOLDER}/${name}`).fsPath;
const uri = (name: string) => URI.file(`${FOLDER}/${name}`).toString();
const MAIN = String.raw`\documentclass{book}\input{preamble}\input{one}\input{two}`;
const PREAMBLE = String.raw`\newtheorem{foo}{Lemma}\newcommand{\R}{1}`;
const ONE = String.raw`\begin{foo}\label{a}x\end{foo}`;
const TWO = String.raw`\begin{proof}[Proof of \ref{a}]Clear.\end{proof}`;

describe("open documents", () => {
  let editor: Editor;
  let files: MemoryFiles;
  let documents: OpenDocuments;
  let changes = 0;
  beforeEach(() => {
    editor = new Editor();
    files = new MemoryFiles(
      {
        [path("main.tex")]: MAIN,
        [path("preamble.tex")]: PREAMBLE,
        [path("one.tex")]: ONE,
        [path("two.tex")]: TWO,
      },
      paths,
    );
    changes = 0;
    documents = new OpenDocuments(
      editor.asTextDocuments(),
      () => ["file:///a%20book"],
      () => changes++,
      files,
    );
    documents.watched = true;
  });

  const kinds = (name: string) => documents.get(uri(name))!.document.statements.map(({ kind }) => kind);

  it("are parsed in their project when first asked for, however their URIs are encoded", () => {
    for (const one of [uri("one.tex"), "file:///a book/one.tex", "file:///a%20book/%6Fne.tex"]) {
      editor.open(one, ONE);
      const read = documents.get(one)!;
      assert.deepEqual(
        [read.document.statements.map(({ kind }) => kind), read.macros.map(({ name }) => name)],
        [["lemma"], ["\\R"]],
        one,
      );
    }
  });

  it("are parsed alone while their author types: no other file is read or looked at", () => {
    editor.open(uri("one.tex"), ONE);
    editor.open(uri("preamble.tex"), PREAMBLE);
    documents.get(uri("one.tex"));
    const preamble = documents.get(uri("preamble.tex"))!.document;
    files.asked = [];
    for (let k = 0; k < 20; k++) {
      editor.type(uri("one.tex"), `${ONE}${"x".repeat(k)}\\newcommand{\\own}{${k}}\\input{new${k}}`);
      assert.equal(documents.get(uri("one.tex"))!.document.text.length > ONE.length, true);
      assert.deepEqual(kinds("one.tex"), ["lemma"]);
    }
    assert.deepEqual(files.asked, []);
    assert.equal(documents.get(uri("preamble.tex"))!.document, preamble);
  });

  it("are not parsed again because of macros in other files, only because of what those declare", async () => {
    editor.open(uri("one.tex"), ONE);
    editor.open(uri("preamble.tex"), PREAMBLE);
    const before = documents.get(uri("one.tex"))!.document;
    editor.type(uri("preamble.tex"), `${PREAMBLE}\\newcommand{\\S}{2}`);
    const macros = () => documents.get(uri("one.tex"))!.macros.map(({ name }) => name);
    await poll("the macro is known", () => macros().includes("\\S"));
    assert.deepEqual(macros(), ["\\R", "\\S"]);
    assert.equal(documents.get(uri("one.tex"))!.document, before);
    changes = 0;
    editor.type(uri("preamble.tex"), PREAMBLE.replace("Lemma", "Remark"));
    assert.deepEqual(kinds("one.tex"), ["lemma"], "not before the pause");
    await poll("the pause was used", () => changes > 0 && kinds("one.tex")[0] !== "lemma");
    assert.deepEqual(kinds("one.tex"), ["remark"]);
  });

  it("go back to what is on disk when they are closed unsaved", async () => {
    editor.open(uri("one.tex"), ONE);
    editor.open(uri("preamble.tex"), "");
    assert.deepEqual(kinds("one.tex"), []);
    editor.close(uri("preamble.tex"));
    await poll("the pause was used", () => changes > 0 && kinds("one.tex").length > 0);
    assert.deepEqual(kinds("one.tex"), ["lemma"]);
  });

  it("learn of proofs in files that nobody has open in a pause, or at once if they are waited for", async () => {
    editor.open(uri("one.tex"), ONE);
    const proof = (read = documents.get(uri("one.tex"))) => read!.elsewhere.proof(read!.document.statements[0]!)?.path;
    assert.equal(proof(), undefined);
    assert.equal(proof(await documents.getOrRead(uri("one.tex"))), path("two.tex"));
    await poll("the pause was used", () => changes > 0 && proof() !== undefined);
    assert.equal(proof(), path("two.tex"));
    files.write(path("two.tex"), "");
    documents.filesChanged([uri("two.tex")]);
    assert.equal(proof(await documents.getOrRead(uri("one.tex"))), undefined);
  });

  it("are read from disk in their project if nobody has them open, and are null if they aren't there", async () => {
    const read = await documents.getOrRead(uri("one.tex"));
    assert.deepEqual([read?.version, read?.document.statements[0]?.kind], [null, "lemma"]);
    assert.equal(await documents.getOrRead(uri("none.tex")), null);
    assert.equal(await documents.getOrRead(uri("picture.png")), null);
    assert.equal(await documents.getOrRead("untitled:Untitled-1"), null);
    assert.equal(await documents.getOrRead("nonsense"), null);
  });

  it("see a folder that goes with its files", async () => {
    files.write(path("parts/three.tex"), String.raw`\newtheorem{drei}{Fact}`);
    files.write(path("main.tex"), `${MAIN}\\input{parts/three}`);
    editor.open(uri("one.tex"), String.raw`\begin{drei}x\end{drei}`);
    assert.deepEqual(kinds("one.tex"), ["fact"]);
    files.texts.delete(path("parts/three.tex"));
    documents.filesChanged([uri("parts")]);
    await documents.getOrRead(uri("one.tex"));
    assert.deepEqual(kinds("one.tex"), []);
  });

  it("take names from the settings at once", () => {
    editor.open(uri("one.tex"), String.raw`\begin{bar}x\end{bar}`);
    assert.deepEqual(kinds("one.tex"), []);
    assert.equal(documents.setNames({ bar: "claim" }), true);
    assert.deepEqual(kinds("one.tex"), ["claim"]);
    assert.equal(documents.setNames({ bar: "claim" }), false);
  });
});
