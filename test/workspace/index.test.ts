import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import type { OpenFile } from "../../server/src/workspace/workspace-index.js";
import { finish } from "../../server/src/workspace/workspace-index.js";
import { Workspace } from "./memory.js";

const FILES = {
  "/p/main.tex": String.raw`\documentclass{book}\input{preamble}\include{one}\include{two}`,
  "/p/preamble.tex": String.raw`\newtheorem{satz}{Satz}\newcommand{\a}{1}`,
  "/p/one.tex": String.raw`\begin{satz}\label{s}x\end{satz}`,
  "/p/two.tex": String.raw`\begin{lemma}y\end{lemma}`,
};

describe("the index of a workspace", () => {
  it("changes the kinds in chapters when the preamble of their root is edited", () => {
    const project = new Workspace(FILES);
    assert.deepEqual(project.statements("/p/one.tex"), ["theorem s"]);
    assert.equal(project.change("/p/preamble.tex", String.raw`\newtheorem{satz}{Lemma}\newcommand{\a}{2}`), true);
    assert.deepEqual(project.statements("/p/one.tex"), ["lemma s"]);
    assert.deepEqual(project.macros("/p/two.tex"), { "\\a": "2" });
  });

  it("reads each file once, and after an edit only what changed", () => {
    const project = new Workspace(FILES);
    const all = () => {
      for (const path of Object.keys(FILES)) project.document(path);
    };
    all();
    const first = project.files.asked.filter((path) => path in FILES);
    assert.deepEqual([...new Set(first)].sort(), Object.keys(FILES).sort());
    project.files.asked = [];
    all();
    assert.deepEqual(project.files.asked, []);
    project.change("/p/two.tex", String.raw`\begin{lemma}z\end{lemma}`);
    all();
    assert.deepEqual([...new Set(project.files.asked)], ["/p/two.tex"]);
  });

  it("reads nothing of a file whose stamp is the same", () => {
    const project = new Workspace(FILES);
    for (const path of Object.keys(FILES)) project.document(path);
    project.files.asked = [];
    project.index.touchAll();
    assert.equal(finish(project.index.settle()), false);
    assert.deepEqual(project.files.asked, []);
  });

  it("keeps a context as it is when only the words of other chapters change", () => {
    const project = new Workspace(FILES);
    const before = project.index.context("/p/one.tex");
    project.change("/p/two.tex", String.raw`A word. \begin{lemma}z\end{lemma}`);
    project.change("/p/preamble.tex", `% a comment\n${FILES["/p/preamble.tex"]}`);
    assert.equal(project.index.context("/p/one.tex"), before);
    project.change("/p/two.tex", String.raw`\newcommand{\b}{2}`);
    assert.notEqual(project.index.context("/p/one.tex"), before);
  });

  it("answers as it was until things settle", () => {
    const project = new Workspace(FILES);
    const before = project.index.context("/p/one.tex");
    project.files.write("/p/preamble.tex", "");
    project.index.touch("/p/preamble.tex");
    project.files.asked = [];
    assert.equal(project.index.context("/p/one.tex"), before);
    assert.deepEqual(project.files.asked, []);
    finish(project.index.settle());
    assert.deepEqual(project.names("/p/one.tex"), {});
  });

  it("sees files that come and go", () => {
    const project = new Workspace({ "/p/main.tex": FILES["/p/main.tex"], "/p/one.tex": FILES["/p/one.tex"] });
    assert.deepEqual(project.names("/p/one.tex"), {});
    project.change("/p/preamble.tex", FILES["/p/preamble.tex"]);
    assert.deepEqual(project.names("/p/one.tex"), { satz: "theorem" });
    project.files.texts.delete("/p/preamble.tex");
    project.index.touch("/p/preamble.tex");
    finish(project.index.settle());
    assert.deepEqual(project.names("/p/one.tex"), {});
  });

  it("sees a root that comes later, and a file that becomes one", () => {
    const chapter = { "/p/one.tex": FILES["/p/one.tex"], "/p/old.tex": "\\input{one}", "/p/deep/x.tex": "" };
    const later = new Workspace(chapter);
    assert.equal(later.index.context("/p/one.tex").root, "/p/one.tex");
    later.change("/p/new.tex", String.raw`\documentclass{book}\newtheorem{satz}{Satz}\input{one}`);
    assert.deepEqual(later.names("/p/one.tex"), { satz: "theorem" });
    const becoming = new Workspace(chapter);
    becoming.scan();
    assert.equal(becoming.index.context("/p/one.tex").root, "/p/one.tex");
    becoming.change("/p/deep/x.tex", String.raw`\documentclass{book}\newtheorem{satz}{Satz}\input{../one}`);
    assert.deepEqual(becoming.names("/p/one.tex"), { satz: "theorem" });
  });

  it("takes what an editor shows before what is on disk", () => {
    const open = new Map<string, OpenFile>();
    const project = new Workspace(FILES, { open: (path) => open.get(path) ?? null });
    const show = (version: number, text: string) => {
      open.set("/p/preamble.tex", { text, version, document: () => parseDocument(text, "latex") });
      project.index.touch("/p/preamble.tex");
      finish(project.index.settle());
    };
    assert.deepEqual(project.statements("/p/one.tex"), ["theorem s"]);
    show(1, String.raw`\newtheorem{satz}{Lemma}`);
    assert.deepEqual(project.statements("/p/one.tex"), ["lemma s"]);
    show(2, String.raw`\newtheorem{satz}{Korollar}`);
    assert.deepEqual(project.statements("/p/one.tex"), ["corollary s"]);
    open.clear();
    project.index.touch("/p/preamble.tex");
    finish(project.index.settle());
    assert.deepEqual(project.statements("/p/one.tex"), ["theorem s"]);
  });

  it("looks through a folder without what is hidden or installed", () => {
    const root = String.raw`\documentclass{book}`;
    const project = new Workspace({
      "/p/a/main.tex": root,
      "/p/.git/x.tex": root,
      "/p/node_modules/y.tex": root,
      "/p/notes.md": "",
      "/p/picture.png": root,
    });
    assert.deepEqual([...project.scan()].sort(), ["/p/a/main.tex", "/p/notes.md"]);
    assert.deepEqual(
      project.files.asked.filter((path) => !path.startsWith("/p/a/")),
      [],
    );
  });
});
