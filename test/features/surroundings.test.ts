import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import { applyChanges, placeProof } from "../../server/src/features/placement.js";
import {
  harmlessMacros,
  latexSetting,
  type Surroundings,
  standingAlone,
} from "../../server/src/features/surroundings.js";
import { macrosIn } from "../../server/src/workspace/project.js";
import { finish } from "../../server/src/workspace/workspace-index.js";
import { hasPdfLatex, latexError } from "../convert/pdflatex.js";
import { Workspace } from "../workspace/memory.js";

const PROOF =
  "By \\[a \\tag{1}\\] and (1), \\(\\binom{n}{k}\\in\\mathbb{N}\\). See \\eqref{eq:main} and \\ref{none}.\n\n\\[\\begin{aligned}x&=1\\\\y&=2\\end{aligned}\\]";

/** A file with what its project in memory says for it. */
function read(files: Readonly<Record<string, string>>, path: string) {
  const project = new Workspace(files);
  finish(project.index.load(path));
  const context = project.index.context(path);
  const document = parseDocument(files[path]!, "latex", { declared: context.declared });
  const surroundings: Surroundings = {
    macros: macrosIn(context, document.macros),
    elsewhere: project.index.elsewhere(path, document),
    context,
  };
  return { document, surroundings };
}

const setting = (preamble: string) => {
  const document = parseDocument(
    `${preamble}\n\\begin{document}\n\\begin{theorem}X.\\end{theorem}\n\\end{document}`,
    "latex",
  );
  return latexSetting(document, standingAlone(document));
};

const proved = (files: Readonly<Record<string, string>>, path: string, answer = PROOF): string => {
  const { document, surroundings } = read(files, path);
  const statement = document.statements.find(({ hole }) => hole)!;
  return applyChanges(document.text, placeProof(document, statement, answer, "", surroundings).changes);
};

const all = { amsmath: true, amssymb: true, amsfonts: true };
const none = { amsmath: false, amssymb: false, amsfonts: false };

describe("what LaTeX knows where a proof goes", () => {
  it("is read from the preamble", () => {
    assert.deepEqual(setting("\\documentclass{article}\\usepackage{amsmath,amssymb,amsthm}"), {
      packages: all,
      proof: "proof",
      qedhere: true,
    });
    assert.deepEqual(setting("\\documentclass{article}"), { packages: none, proof: null, qedhere: false });
    assert.deepEqual(setting("\\documentclass{article}\\usepackage{mathtools}").packages, { ...none, amsmath: true });
    assert.deepEqual(setting("\\documentclass{amsart}"), {
      packages: { ...none, amsmath: true, amsfonts: true },
      proof: "proof",
      qedhere: true,
    });
    assert.deepEqual(setting("\\documentclass{llncs}"), { packages: none, proof: "proof", qedhere: false });
    assert.deepEqual(setting("\\documentclass{article}% \\usepackage{amsmath}").packages, none);
  });

  it("is seen in what the document uses, whoever loads it", () => {
    const uses = (text: string) =>
      setting(`\\documentclass{article}\\usepackage{mine}\\newcommand{\\x}{${text}}`).packages;
    assert.deepEqual(uses("\\text{a}"), { ...none, amsmath: true });
    assert.deepEqual(uses("\\mathbb{R}"), { ...none, amsfonts: true });
    assert.deepEqual(uses("\\nmid"), { ...none, amssymb: true, amsfonts: true });
    assert.deepEqual(uses("x\n% \\text{a}\n"), none);
    const proofs = (text: string) => setting(`\\documentclass{article}\\usepackage{mine}${text}`);
    assert.deepEqual(proofs("\\begin {proof}x\\end{proof}"), { packages: none, proof: "proof", qedhere: false });
    assert.deepEqual(proofs("\\qedhere"), { packages: none, proof: "proof", qedhere: true });
    assert.deepEqual(proofs("% \\begin{proof} \\qedhere\n"), { packages: none, proof: null, qedhere: false });
  });

  it("is what most have where no class can be seen", () => {
    assert.deepEqual(setting(""), { packages: all, proof: "proof", qedhere: true });
  });

  it("knows the environments for proofs that are declared, and that a new one may have no \\qedhere", () => {
    const own = setting("\\documentclass{article}\\newenvironment{pf}{\\textit{Proof.} }{}");
    assert.deepEqual([own.proof, own.qedhere], ["pf", false]);
    const again = setting("\\documentclass{article}\\usepackage{amsthm}\\renewenvironment{proof}{Proof.}{}");
    assert.deepEqual([again.proof, again.qedhere], ["proof", false]);
  });

  it("is found in other files: the root, its preamble, a style of the project's own", () => {
    const chapter = { "/p/one.tex": "\\begin{theorem}X.\\end{theorem}\n" };
    const main = "\\documentclass{article}\\input{pre}\\begin{document}\\include{one}\\end{document}";
    const files = (pre: string) => ({ ...chapter, "/p/main.tex": main, "/p/pre.tex": pre });
    const of = (given: Readonly<Record<string, string>>) => {
      const { document, surroundings } = read(given, "/p/one.tex");
      return latexSetting(document, surroundings);
    };
    assert.deepEqual(of(files("\\newtheorem{theorem}{Theorem}")), { packages: none, proof: null, qedhere: false });
    assert.deepEqual(of(files("\\usepackage{amsmath,amsthm}")).packages, { ...none, amsmath: true });
    const style = { ...files("\\usepackage{our}"), "/p/our.sty": "\\RequirePackage{amsmath,amssymb,amsthm}" };
    assert.deepEqual(of(style), { packages: all, proof: "proof", qedhere: true });
    assert.equal(of(files("\\newenvironment{beweis}{\\textbf{Beweis.} }{}")).proof, "beweis");
  });
});

describe("a proof in a document that loads little", () => {
  const bare = (proof = "") =>
    `\\documentclass{article}\n\\newtheorem{theorem}{Theorem}\n${proof}\\begin{document}\n\\begin{equation}\\label{eq:main}z\\end{equation}\n\\begin{theorem}\n  X.\n\\end{theorem}\n\\end{document}\n`;

  it("is run in, with plain numbers, references and arrays, and compiles", function () {
    this.timeout(60_000);
    const text = proved({ "/p/a.tex": bare() }, "/p/a.tex");
    assert.match(text, /\\end\{theorem\}\n\n\\noindent\\textbf\{Proof\.\} By/);
    assert.match(
      text,
      /a \\eqno\\mbox\{\(1\)\}\n\$\$\nand \(1\), \$\{n \\choose k\} *\\in *\\mathbf\{?N\}?\$\. See \(\\ref\{eq:main\}\) and \(none\)/,
    );
    assert.match(text, /\\noindent\\hfill\\rule\{1ex\}\{1ex\}\n/);
    assert.doesNotMatch(text, /\\(?:eqref|tag|text\{|binom|qedhere|square)/);
    const [document] = [parseDocument(text, "latex")];
    assert.equal(document.statements[0]!.proof?.markup, "run-in");
    if (!hasPdfLatex()) this.skip();
    const [preamble, body] = text.split("\\begin{document}");
    assert.equal(latexError(body!.replace("\\end{document}", ""), preamble), null);
  });

  it("uses the environment that the document declares", function () {
    this.timeout(60_000);
    const text = proved({ "/p/a.tex": bare("\\newenvironment{pf}{\\par\\textit{Proof.} }{\\par}\n") }, "/p/a.tex");
    assert.match(text, /\\begin\{pf\}\n[\s\S]*\\end\{array\}\n *\\\]\n\\end\{pf\}/);
    if (!hasPdfLatex()) this.skip();
    const [preamble, body] = text.split("\\begin{document}");
    assert.equal(latexError(body!.replace("\\end{document}", ""), preamble), null);
  });
});

describe("labels of a placed proof", () => {
  const file = (more: string) =>
    `\\documentclass{article}\\usepackage{amsmath,amssymb,amsthm}\n\\begin{document}\n${more}\n\\begin{theorem}X.\\end{theorem}\n\\end{document}\n`;
  const label = (text: string): string => /\\label\{(eq:qed-[^}]*)\}/.exec(text)![1]!;

  it("differ from the document's, from those of a proof inserted before, and from those of other files", () => {
    const first = label(proved({ "/p/a.tex": file("") }, "/p/a.tex"));
    const taken = `\\begin{equation}\\label{${first}}\\end{equation}`;
    const again = proved({ "/p/a.tex": file(taken) }, "/p/a.tex");
    assert.equal(again.split(`\\label{${first}}`).length, 2);
    assert.match(again, /\\label\{eq:qed-\w+-2\}/);
    const other = {
      "/p/main.tex":
        "\\documentclass{article}\\usepackage{amsmath}\\begin{document}\\include{a}\\include{b}\\end{document}",
      "/p/a.tex": "\\begin{theorem}X.\\end{theorem}\n",
      "/p/b.tex": taken,
    };
    assert.doesNotMatch(proved(other, "/p/a.tex"), new RegExp(`${first}\\}`));
  });

  it("are the document's own only where a label of that name exists", () => {
    const text = proved({ "/p/a.tex": file("\\begin{equation}\\label{eq:main}z\\end{equation}") }, "/p/a.tex");
    assert.match(text, /See \\eqref\{eq:main\} and \(none\)/);
    assert.match(proved({ "/p/a.tex": file("") }, "/p/a.tex"), /See \(eq:main\) and \(none\)/);
    assert.match(
      proved({ "/p/a.tex": file("\\section{A}\\label{s}") }, "/p/a.tex", "See \\ref{s}, (s) and \\eqref{s}."),
      /See \\ref\{s\}, \(s\) and \\eqref\{s\}\./,
    );
  });
});

describe("the macros that may stay in a model's formulas", () => {
  it("are those that reach nothing, by themselves or through others", () => {
    const { macros } = parseDocument(
      "\\newcommand{\\RR}{\\mathbb{R}}\\newcommand{\\run}[1]{\\immediate\\write18{#1}}\\newcommand{\\go}[1]{\\run{#1}}\\newcommand{\\load}[1]{\\input{#1}}\\newcommand{\\x}{\\ifmmode y\\fi}",
      "latex",
    );
    assert.deepEqual([...harmlessMacros(macros)], ["\\RR", "\\x"]);
  });

  it("keep a model from calling the document's own way to the shell", () => {
    const text = proved(
      { "/p/a.tex": "\\newcommand{\\run}[1]{\\immediate\\write18{#1}}\n\\begin{theorem}X.\\end{theorem}\n" },
      "/p/a.tex",
      "Then \\(\\run{id}\\) and \\run{id}.",
    );
    assert.equal(text.split("\\run").length, 2);
  });
});
