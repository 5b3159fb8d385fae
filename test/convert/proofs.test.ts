import assert from "node:assert/strict";
import katex from "katex";
import { wrapProof } from "../../server/src/convert/block.js";
import { convertProof } from "../../server/src/convert/convert.js";
import { renderHtml } from "../../server/src/convert/markdown.js";
import { scan } from "../../server/src/convert/scan.js";
import { BARE_ARTICLE, hasPdfLatex, latexError } from "./pdflatex.js";
import { teacherProofs } from "./proofs.js";

const environment = { markup: "environment", syntax: "latex" } as const;

/** Formulas between dollars, found without the converter's own scanner. */
function dollars(markdown: string): { tex: string; display: boolean }[] {
  const bare = markdown.replace(/(`+)[\s\S]*?\1/g, "").replace(/\\\$/g, "");
  return [...bare.matchAll(/\$\$([\s\S]+?)\$\$|\$([^$]+?)\$/g)].map(([, display, inline]) => ({
    tex: (display ?? inline!).replace(/^[ \t]*>[ \t]?/gm, ""),
    display: display !== undefined,
  }));
}

describe("The 42 teacher proofs", function () {
  this.timeout(120_000);
  let proofs: readonly string[];
  before(function () {
    const found = teacherProofs();
    if (found === null) this.skip();
    proofs = found;
  });

  it("are 42", () => assert.equal(proofs.length, 42));

  it("compile with pdfLaTeX, all in one article, without an error", function () {
    if (!hasPdfLatex()) this.skip();
    const blocks = proofs.map((proof, at) => {
      const { text, removed } = convertProof(proof, { flavour: "latex" });
      assert.deepEqual(removed, []);
      return `\\typeout{proof ${at + 1}}\n\\section{}\n${wrapProof(text, environment)}`;
    });
    assert.equal(latexError(blocks.join("\n\n")), null);
  });

  it("compile with pdfLaTeX in an article that loads no package at all", function () {
    if (!hasPdfLatex()) this.skip();
    const packages = { amsmath: false, amssymb: false, amsfonts: false };
    const blocks = proofs.map((proof, at) => {
      const { text, removed } = convertProof(proof, { flavour: "latex", packages });
      assert.deepEqual(removed, []);
      assert.doesNotMatch(text, /\\(?:tag|eqref|text|label)\{|\{(?:align|gather|cases|[pbvV]matrix)|\\texttt|\[U\+/);
      const block = wrapProof(text, { markup: "run-in", syntax: "latex", amssymb: false });
      return `\\typeout{proof ${at + 1}}\n\\section{}\n${block}`;
    });
    assert.equal(latexError(blocks.join("\n\n"), BARE_ARTICLE), null);
  });

  it("compile with pdfLaTeX one by one", function () {
    if (process.env.QED_EACH_PROOF === undefined) {
      console.log("      skipped: set QED_EACH_PROOF to compile each proof alone (40 s)");
      this.skip();
    }
    if (!hasPdfLatex()) this.skip();
    const failed = proofs.map((proof) =>
      latexError(wrapProof(convertProof(proof, { flavour: "latex" }).text, environment)),
    );
    assert.deepEqual(
      failed,
      proofs.map(() => null),
    );
  });

  it("show no formula as its source, and leave no label without a reference", () => {
    for (const proof of proofs) {
      const { text } = convertProof(proof, { flavour: "latex" });
      assert.doesNotMatch(text, /\\texttt|\[U\+/);
      const labels = [...text.matchAll(/\\label\{([^}]*)\}/g)].map(([, label]) => label!);
      const used = new Set([...text.matchAll(/\\eqref\{([^}]*)\}/g)].map(([, label]) => label!));
      assert.deepEqual(new Set(labels), used);
      assert.equal(new Set(labels).size, labels.length);
    }
  });

  for (const flavour of ["pandoc", "myst", "obsidian", "run-in"] as const) {
    it(`render every formula in KaTeX after conversion to ${flavour}, none lost`, () => {
      for (const proof of proofs) {
        const { text, removed } = convertProof(proof, { flavour });
        assert.deepEqual(removed, []);
        const found = dollars(text);
        const tombstones = scan(proof).filter(({ tex }) => /^\s*\\(?:blacksquare|square|qed)\s*$/.test(tex)).length;
        assert.equal(found.length, scan(proof).filter(({ kind }) => kind === "math").length - tombstones);
        for (const { tex, display } of found) {
          katex.renderToString(tex, { displayMode: display, throwOnError: true, strict: "error" });
        }
        assert.doesNotMatch(text, /^#{1,6} |^---$|\\\(|(?<!\\)\\\[(?!\d)/m);
      }
    });
  }

  it("render as pages in the panel with every formula", () => {
    for (const proof of proofs) {
      let formulas = 0;
      const html = renderHtml(proof, (tex, displayMode) => {
        formulas++;
        return katex.renderToString(tex, { displayMode, throwOnError: true });
      });
      assert.equal(formulas, scan(proof).filter(({ kind }) => kind === "math").length);
      assert.doesNotMatch(html, /\uE000/);
    }
  });

  it("cut anywhere still convert, to every flavour", () => {
    proofs.forEach((proof, at) => {
      for (let cut = (at * 37) % 211; cut < proof.length; cut += 811) {
        const part = proof.slice(0, cut);
        for (const flavour of ["latex", "myst"] as const) {
          assert.doesNotMatch(convertProof(part, { flavour }).text, /[\uE000-\uE00F]/);
        }
      }
    });
  });

  it("cut anywhere still compile", function () {
    if (!hasPdfLatex()) this.skip();
    const cuts = proofs.map((proof, at) => proof.slice(0, Math.floor((proof.length * ((at * 17) % 42)) / 42)));
    const blocks = cuts.map((cut) => wrapProof(convertProof(cut, { flavour: "latex" }).text, environment));
    assert.equal(latexError(blocks.join("\n\n")), null);
  });
});
