import assert from "node:assert/strict";
import { posix } from "node:path";
import { type ProjectFiles, projectContext } from "../../server/src/workspace/project.js";

/** A project in memory that tells what was read of it. */
function inMemory(files: Record<string, string>): ProjectFiles & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    read: (path) => {
      asked.push(path);
      return files[path] ?? null;
    },
    texFiles: (folder) =>
      Object.keys(files)
        .filter((path) => posix.dirname(path) === folder && path.endsWith(".tex"))
        .map((path) => posix.basename(path)),
  };
}

const PREAMBLE = String.raw`\newtheorem{satz}{Satz}\newcommand{\RR}{\mathbb{R}}`;

describe("the project of a LaTeX file", () => {
  it("gives a chapter the declarations of the root that reads it, with no magic comment", () => {
    const files = inMemory({
      "/p/main.tex": String.raw`\documentclass{book}\input{preamble}\begin{document}\include{chapters/one}\end{document}`,
      "/p/preamble.tex": PREAMBLE,
      "/p/chapters/one.tex": String.raw`\begin{satz}x\end{satz}`,
    });
    const context = projectContext("/p/chapters/one.tex", String.raw`\begin{satz}x\end{satz}`, "/p", files);
    assert.deepEqual(context.names, { satz: "theorem" });
    assert.deepEqual(
      context.macros.map(({ name }) => name),
      ["\\RR"],
    );
  });

  it("follows % !TeX root", () => {
    const text = String.raw`% !TeX root = ../book.tex
\begin{satz}x\end{satz}`;
    const files = inMemory({ "/p/book.tex": String.raw`\documentclass{book}${PREAMBLE}`, "/p/c/one.tex": text });
    assert.deepEqual(projectContext("/p/c/one.tex", text, "/p", files).names, { satz: "theorem" });
  });

  it("reads packages and classes that lie beside the document, and misses the others in peace", () => {
    const text = String.raw`\documentclass{ours}\usepackage{amsmath,macros}`;
    const files = inMemory({
      "/p/a.tex": text,
      "/p/macros.sty": PREAMBLE,
      "/p/ours.cls": String.raw`\newtheorem{hilfssatz}{Lemma}`,
    });
    assert.deepEqual(projectContext("/p/a.tex", text, "/p", files).names, { hilfssatz: "lemma", satz: "theorem" });
  });

  it("survives files that read each other, and files that aren't there", () => {
    const a = String.raw`\documentclass{article}\input{b}\input{nowhere}`;
    const files = inMemory({ "/p/a.tex": a, "/p/b.tex": String.raw`\input{a}\input{b}${PREAMBLE}` });
    assert.deepEqual(projectContext("/p/a.tex", a, "/p", files).names, { satz: "theorem" });
  });

  it("reads nothing outside the project's folder, whatever a document names", () => {
    const text = String.raw`% !TeX root = ../../etc/main.tex
\input{/etc/passwd}\input{../secret}\input{~/x}\usepackage{../../y}`;
    const files = inMemory({ "/p/a.tex": text, "/secret.tex": PREAMBLE });
    assert.deepEqual(projectContext("/p/a.tex", text, "/p", files).names, {});
    assert.deepEqual(
      files.asked.filter((path) => !path.startsWith("/p/")),
      [],
    );
  });

  it("passes over what a comment says", () => {
    const text = String.raw`\documentclass{article}
% \input{preamble}`;
    assert.deepEqual(projectContext("/p/a.tex", text, "/p", inMemory({ "/p/preamble.tex": PREAMBLE })).names, {});
  });
});
