import assert from "node:assert/strict";
import { win32 } from "node:path";
import { Workspace } from "./memory.js";

const SATZ = String.raw`\newtheorem{satz}{Satz}`;
const PREAMBLE = String.raw`${SATZ}\newcommand{\RR}{\mathbb{R}}`;
const CHAPTER = String.raw`\begin{satz}x\end{satz}`;

describe("the project of a LaTeX file", () => {
  it("gives a chapter the declarations of the root that reads it, with no magic comment", () => {
    const project = new Workspace({
      "/p/main.tex": String.raw`\documentclass{book}\input{preamble}\begin{document}\include{chapters/one}\end{document}`,
      "/p/preamble.tex": PREAMBLE,
      "/p/chapters/one.tex": CHAPTER,
    });
    assert.deepEqual(project.names("/p/chapters/one.tex"), { satz: "theorem" });
    assert.deepEqual(project.macros("/p/chapters/one.tex"), { "\\RR": "\\mathbb{R}" });
    assert.deepEqual(project.statements("/p/chapters/one.tex"), ["theorem"]);
  });

  it("gives a preamble what the root says", () => {
    const project = new Workspace({
      "/p/main.tex": String.raw`\documentclass{book}\newcommand{\A}{1}\input{preamble}`,
      "/p/preamble.tex": PREAMBLE,
    });
    assert.deepEqual(Object.keys(project.macros("/p/preamble.tex")), ["\\A", "\\RR"]);
  });

  for (const root of ["../book.tex", "../book", '"../book.tex"']) {
    it(`follows % !TeX root = ${root}`, () => {
      const text = `% !TeX root = ${root}\n${CHAPTER}`;
      const project = new Workspace({
        "/p/book.tex": String.raw`\documentclass{book}${PREAMBLE}`,
        "/p/c/one.tex": text,
      });
      assert.deepEqual(project.names("/p/c/one.tex"), { satz: "theorem" });
    });
  }

  it("follows magic comments from part to part, and in a circle", () => {
    const project = new Workspace({
      "/p/book.tex": String.raw`\documentclass{book}${PREAMBLE}`,
      "/p/part.tex": "% !TeX root = book.tex\n",
      "/p/one.tex": `% !TeX root = part.tex\n${CHAPTER}`,
      "/p/a.tex": `% !TeX root = b.tex\n${CHAPTER}`,
      "/p/b.tex": "% !TeX root = a.tex\n",
    });
    assert.deepEqual(project.names("/p/one.tex"), { satz: "theorem" });
    assert.deepEqual(project.names("/p/a.tex"), {});
  });

  it("takes the option of the class subfiles for the root", () => {
    const project = new Workspace({
      "/p/main.tex": String.raw`\documentclass{book}${PREAMBLE}`,
      "/p/s/one.tex": String.raw`\documentclass[../main.tex]{subfiles}\begin{document}${CHAPTER}\end{document}`,
    });
    assert.equal(project.index.context("/p/s/one.tex").root, "/p/main.tex");
    assert.deepEqual(project.names("/p/s/one.tex"), { satz: "theorem" });
  });

  const ways: readonly (readonly [string, string, string])[] = [
    ["\\input", String.raw`\input{sub/one}`, "/p/sub/one.tex"],
    ["\\input without braces", "\\input sub/one\n", "/p/sub/one.tex"],
    ["\\input with quotes", String.raw`\input{"sub/a b"}`, "/p/sub/a b.tex"],
    ["\\input of a name with dots", String.raw`\input{sub/v1.2}`, "/p/sub/v1.2.tex"],
    ["\\include", String.raw`\include{sub/one}`, "/p/sub/one.tex"],
    ["\\subfile", String.raw`\subfile{sub/one}`, "/p/sub/one.tex"],
    ["\\subfileinclude", String.raw`\subfileinclude{sub/one.tex}`, "/p/sub/one.tex"],
    ["\\InputIfFileExists", String.raw`\InputIfFileExists{sub/one}{}{}`, "/p/sub/one.tex"],
    ["\\import", String.raw`\import{sub/}{one}`, "/p/sub/one.tex"],
    ["\\subimport", String.raw`\subimport{sub/}{one}`, "/p/sub/one.tex"],
    ["a macro of the author's", String.raw`\newcommand{\chap}[1]{\input{sub/#1}}\chap{one}`, "/p/sub/one.tex"],
    ["\\input@path", String.raw`\def\input@path{{sub/}{other/}}\input{one}`, "/p/sub/one.tex"],
  ];
  for (const [way, command, path] of ways) {
    it(`is found by way of ${way}`, () => {
      const project = new Workspace({
        "/p/main.tex": String.raw`\documentclass{book}${PREAMBLE}${command}`,
        [path]: CHAPTER,
      });
      assert.deepEqual(project.index.context("/p/main.tex").files, [path]);
      assert.deepEqual(project.names(path), { satz: "theorem" });
    });
  }

  it("looks beside the root first, then beside the file that reads", () => {
    const project = new Workspace({
      "/p/main.tex": String.raw`\documentclass{book}\input{ch/one}`,
      "/p/ch/one.tex": String.raw`\input{a}\input{b}`,
      "/p/a.tex": String.raw`\newcommand{\A}{root}`,
      "/p/ch/a.tex": String.raw`\newcommand{\A}{beside}`,
      "/p/ch/b.tex": String.raw`\newcommand{\B}{beside}`,
    });
    assert.deepEqual(project.macros("/p/ch/one.tex"), { "\\A": "root", "\\B": "beside" });
  });

  it("looks in the folder that \\import has set, for what the imported file reads too", () => {
    const project = new Workspace({
      "/p/main.tex": String.raw`\documentclass{book}\import{parts/one/}{part}`,
      "/p/parts/one/part.tex": String.raw`\input{inner}\subimport{deep/}{x}`,
      "/p/parts/one/inner.tex": String.raw`\newcommand{\I}{1}`,
      "/p/inner.tex": String.raw`\newcommand{\I}{wrong}`,
      "/p/parts/one/deep/x.tex": String.raw`\newcommand{\X}{1}`,
    });
    assert.deepEqual(project.macros("/p/main.tex"), { "\\I": "1", "\\X": "1" });
  });

  it("reads packages and classes that lie beside the document, and misses the others in peace", () => {
    const project = new Workspace({
      "/p/a.tex": String.raw`\documentclass[12pt]{ours}\usepackage{amsmath,
  macros}\usepackage{styles/more}`,
      "/p/macros.sty": String.raw`\RequirePackage{deeper}${PREAMBLE}`,
      "/p/deeper.sty": String.raw`\newtheorem{frage}{Frage}`,
      "/p/styles/more.sty": String.raw`\newtheorem{folge}{Korollar}`,
      "/p/ours.cls": String.raw`\LoadClass{book}\newtheorem{hilfssatz}{Lemma}`,
    });
    assert.deepEqual(project.names("/p/a.tex"), {
      hilfssatz: "lemma",
      frage: "question",
      satz: "theorem",
      folge: "corollary",
    });
  });

  it("knows how a box of the preamble takes its title and label", () => {
    const project = new Workspace({
      "/p/main.tex": String.raw`\documentclass{book}\newtcbtheorem{mythm}{Theorem}{}{th}\input{one}`,
      "/p/one.tex": String.raw`\begin{mythm}{Gold}{gold}x\end{mythm}`,
    });
    const [statement] = project.document("/p/one.tex").statements;
    assert.deepEqual([statement?.kind, statement?.title, statement?.label], ["theorem", "Gold", "th:gold"]);
  });

  it("knows environments of the preamble that wrap proofs and theorems of other files", () => {
    const project = new Workspace({
      "/p/main.tex": String.raw`\documentclass{book}\usepackage{names}\newenvironment{haupt}{\begin{satz}}{\end{satz}}\newenvironment{darum}{\begin{proof}}{\end{proof}}\input{one}`,
      "/p/names.sty": SATZ,
      "/p/one.tex": String.raw`\begin{haupt}x\end{haupt}\begin{darum}y\end{darum}`,
    });
    const { statements } = project.document("/p/one.tex");
    assert.deepEqual(
      statements.map(({ kind, proof }) => [kind, proof !== null]),
      [["theorem", true]],
    );
  });

  it("knows theorems that a macro of another file declares", () => {
    const project = new Workspace({
      "/p/main.tex": String.raw`\documentclass{book}\input{macros}\defthm{beh}{Claim}\input{one}`,
      "/p/macros.tex": String.raw`\def\defthm#1#2{\newtheorem{#1}[thm]{#2}}`,
      "/p/one.tex": String.raw`\begin{beh}x\end{beh}`,
    });
    assert.deepEqual(project.names("/p/one.tex"), { beh: "claim" });
    assert.deepEqual(project.names("/p/macros.tex"), { beh: "claim" });
    const alone = new Workspace({
      "/p/main.tex": String.raw`\documentclass{book}\usepackage{macros}\defthm{beh}{Claim}\begin{beh}x\end{beh}`,
      "/p/macros.sty": String.raw`\def\defthm#1#2{\newtheorem{#1}[thm]{#2}}`,
    });
    assert.deepEqual(alone.statements("/p/main.tex"), ["claim"]);
  });

  it("gives a file that nothing reads what the macros beside it declare", () => {
    const project = new Workspace({ "/p/book/macros.tex": PREAMBLE, "/p/book/ch/one.tex": CHAPTER });
    assert.deepEqual(project.names("/p/book/ch/one.tex"), { satz: "theorem" });
    assert.deepEqual(Object.keys(project.macros("/p/book/ch/one.tex")), ["\\RR"]);
  });

  it("survives files that read each other, themselves, and files that aren't there", () => {
    const project = new Workspace({
      "/p/a.tex": String.raw`\documentclass{article}\input{b}\input{nowhere}\input{}\input{\jobname}`,
      "/p/b.tex": String.raw`\input{a}\input{b}${PREAMBLE}`,
    });
    assert.deepEqual(project.names("/p/a.tex"), { satz: "theorem" });
    assert.deepEqual(project.index.context("/p/b.tex").files, ["/p/a.tex"]);
    // Each once: what is read again defines nothing new.
    assert.deepEqual(
      project.index.context("/p/a.tex").before.map((item) => (typeof item === "number" ? item : item.name)),
      ["\\RR"],
    );
  });

  it("survives a chain of ten thousand files", () => {
    const files: Record<string, string> = {};
    for (let k = 0; k < 10_000; k++) files[`/p/f${k}.tex`] = `\\input{f${k + 1}}`;
    files["/p/main.tex"] = String.raw`\documentclass{book}\input{f0}`;
    const project = new Workspace(files);
    assert.ok(project.index.context("/p/main.tex").files.length <= 1_000);
  });

  it("reads nothing outside the project's folder, whatever a document names", () => {
    const project = new Workspace({
      "/p/a.tex": String.raw`% !TeX root = ../../etc/main.tex
\documentclass{../x}\input{/etc/passwd}\input{../secret}\input{~/x}\usepackage{../../y}\import{/etc/}{hosts}\subimport{../}{secret}\def\input@path{{/}}\input{secret}`,
      "/secret.tex": PREAMBLE,
    });
    assert.deepEqual(project.names("/p/a.tex"), {});
    assert.deepEqual(
      project.files.asked.filter((path) => !path.startsWith("/p/")),
      [],
    );
  });

  it("passes over what a comment, verbatim, \\iffalse, and the end of the document hide", () => {
    const hidden = [
      "% \\input{preamble}",
      "\\begin{verbatim}\\input{preamble}\\end{verbatim}",
      "\\verb|\\input{preamble}|",
      "\\iffalse\\input{preamble}\\fi",
      "\\end{document}\\input{preamble}",
      "\\endinput\\input{preamble}",
    ];
    for (const text of hidden) {
      const project = new Workspace({ "/p/a.tex": `\\documentclass{article}\n${text}\n`, "/p/preamble.tex": PREAMBLE });
      assert.deepEqual(project.names("/p/a.tex"), {}, text);
    }
    const shown = new Workspace({
      "/p/a.tex": "\\documentclass{article}50\\% \\\\ \\input{preamble}",
      "/p/preamble.tex": PREAMBLE,
    });
    assert.deepEqual(shown.names("/p/a.tex"), { satz: "theorem" });
  });

  it("joins the two roots of a file, the one that it names first", () => {
    const files = {
      "/p/book.tex": String.raw`\documentclass{book}\newtheorem{satz}{Satz}\newcommand{\R}{book}\newcommand{\B}{b}\input{one}`,
      "/p/talk.tex": String.raw`\documentclass{beamer}\newtheorem{satz}{Lemma}\newcommand{\R}{talk}\newcommand{\T}{t}\input{one}`,
    };
    const comment = new Workspace({ ...files, "/p/one.tex": `% !TeX root = talk.tex\n${CHAPTER}` });
    assert.deepEqual(comment.statements("/p/one.tex"), ["lemma"]);
    assert.deepEqual(comment.macros("/p/one.tex"), { "\\B": "b", "\\R": "talk", "\\T": "t" });
    assert.deepEqual(comment.index.context("/p/one.tex").files, ["/p/talk.tex", "/p/book.tex"]);
    const none = new Workspace({ ...files, "/p/one.tex": CHAPTER });
    assert.deepEqual(none.statements("/p/one.tex"), ["theorem"]);
    assert.deepEqual(none.macros("/p/one.tex"), { "\\B": "b", "\\R": "book", "\\T": "t" });
  });

  it("takes the root nearest to a file for its own, and of the others the nearer one first", () => {
    const root = (caption: string) =>
      String.raw`\documentclass{book}\newtheorem{x}{${caption}}\newcommand{\R}{${caption}}`;
    const project = new Workspace({
      "/p/far.tex": String.raw`${root("Fact")}\newcommand{\S}{far}\input{a/b/one}`,
      "/p/a/middle.tex": String.raw`${root("Claim")}\newcommand{\S}{middle}\input{b/one}`,
      "/p/a/b/near.tex": String.raw`${root("Lemma")}\input{one}`,
      "/p/a/b/one.tex": String.raw`\begin{x}y\end{x}`,
    });
    assert.deepEqual(project.statements("/p/a/b/one.tex"), ["lemma"]);
    assert.deepEqual(project.macros("/p/a/b/one.tex"), { "\\S": "middle", "\\R": "Lemma" });
  });

  it("finds a root beside the folder of a file once the workspace has been looked through", () => {
    const project = new Workspace({
      "/p/paper/main.tex": String.raw`\documentclass{book}${PREAMBLE}\input{../shared/one}`,
      "/p/shared/one.tex": CHAPTER,
    });
    assert.deepEqual(project.names("/p/shared/one.tex"), {});
    project.scan();
    assert.deepEqual(project.names("/p/shared/one.tex"), { satz: "theorem" });
  });

  it("keeps many projects in one workspace apart", () => {
    const files: Record<string, string> = {};
    for (const kind of ["Satz", "Lemma", "Korollar"]) {
      files[`/p/${kind}/main.tex`] = String.raw`\documentclass{book}\newtheorem{x}{${kind}}\input{one}`;
      files[`/p/${kind}/one.tex`] = String.raw`\begin{x}y\end{x}`;
    }
    const project = new Workspace(files);
    project.scan();
    assert.deepEqual(
      ["Satz", "Lemma", "Korollar"].flatMap((kind) => project.statements(`/p/${kind}/one.tex`)),
      ["theorem", "lemma", "corollary"],
    );
  });

  it("understands Windows paths, with either slash and in any case", () => {
    const project = new Workspace(
      {
        "C:\\Work\\Book\\main.tex": String.raw`\documentclass{book}\input{Preamble}\input{chapters/one}\input{chapters/../main}`,
        "C:\\Work\\Book\\preamble.tex": PREAMBLE,
        "C:\\Work\\Book\\chapters\\one.tex": CHAPTER,
      },
      { folder: "c:\\work", paths: win32 },
    );
    const { files } = project.index.context("c:\\Work\\book\\Chapters\\one.tex");
    assert.deepEqual(
      files.map((path) => path.toLowerCase()),
      ["c:\\work\\book\\main.tex", "c:\\work\\book\\preamble.tex"],
    );
    assert.deepEqual(project.names("c:\\Work\\book\\Chapters\\one.tex"), { satz: "theorem" });
  });

  it("adds the names that a setting gives, below what the documents declare", () => {
    const text = String.raw`\newtheorem{folge}{Korollar}\begin{haupt}x\end{haupt}\begin{folge}y\end{folge}`;
    const names = () => ({ haupt: "theorem", folge: "lemma" }) as const;
    assert.deepEqual(new Workspace({ "/p/a.tex": text }, { names }).statements("/p/a.tex"), ["theorem", "corollary"]);
  });

  it("lets a setting say what a declared environment with a caption of its own is", () => {
    const text = String.raw`\newtheorem{foo}{Foo}\begin{foo}x\end{foo}`;
    const statements = (names: () => object) =>
      new Workspace({ "/p/a.tex": text }, { names: names as () => Record<string, "lemma"> }).statements("/p/a.tex");
    assert.deepEqual(
      statements(() => ({})),
      ["other"],
    );
    assert.deepEqual(
      statements(() => ({ foo: "lemma" })),
      ["lemma"],
    );
  });
});

describe("the macros that hold in a file of a project", () => {
  const main = (body: string, more: Readonly<Record<string, string>> = {}) =>
    new Workspace({ "/p/main.tex": String.raw`\documentclass{book}${body}`, ...more });

  it("are the last that were read before its end, in TeX's order", () => {
    const project = main(
      String.raw`\newcommand{\a}{1}\newcommand{\b}{1}\input{x}\renewcommand{\b}{3}\input{one}\renewcommand{\a}{9}`,
      { "/p/x.tex": String.raw`\renewcommand{\a}{2}\renewcommand{\b}{2}`, "/p/one.tex": CHAPTER },
    );
    assert.deepEqual(project.macros("/p/one.tex"), { "\\a": "2", "\\b": "3" });
    assert.deepEqual(project.macros("/p/main.tex"), { "\\a": "9", "\\b": "3" });
    assert.deepEqual(
      project.macroList("/p/one.tex").map(({ name }) => name),
      ["\\a", "\\b"],
    );
  });

  it("are not overridden by \\providecommand, but by \\renewcommand and \\def", () => {
    const project = main(String.raw`\newcommand{\a}{1}\newcommand{\b}{1}\newcommand{\c}{1}\input{one}`, {
      "/p/one.tex": String.raw`\providecommand{\a}{2}\renewcommand{\b}{2}\def\c{2}\providecommand{\d}{2}\ProvideDocumentCommand{\a}{}{3}`,
    });
    assert.deepEqual(project.macros("/p/one.tex"), { "\\a": "1", "\\b": "2", "\\c": "2", "\\d": "2" });
  });

  it("come before the file's own or after them, as it reads other files between", () => {
    const text = String.raw`\documentclass{book}\newcommand{\a}{own}\newcommand{\b}{own}\input{x}\renewcommand{\b}{again}`;
    const project = new Workspace({
      "/p/main.tex": text,
      "/p/x.tex": String.raw`\renewcommand{\a}{x}\renewcommand{\b}{x}`,
    });
    assert.deepEqual(project.macros("/p/main.tex"), { "\\a": "x", "\\b": "again" });
  });

  it("are those read later too, where nothing before defines the name", () => {
    const project = main(String.raw`\newcommand{\a}{1}\input{one}\input{two}`, {
      "/p/one.tex": CHAPTER,
      "/p/two.tex": String.raw`\renewcommand{\a}{2}\newcommand{\later}{2}`,
    });
    assert.deepEqual(project.macros("/p/one.tex"), { "\\later": "2", "\\a": "1" });
  });

  it("are not in a name that every object has", () => {
    const project = main(String.raw`\newtheorem{__proto__}{Lemma}\newtheorem{constructor}{Satz}\input{one}`, {
      "/p/one.tex": String.raw`\begin{constructor}x\end{constructor}\begin{toString}y\end{toString}`,
    });
    assert.deepEqual(project.statements("/p/one.tex"), ["theorem"]);
  });
});
