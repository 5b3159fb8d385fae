import assert from "node:assert/strict";
import MarkdownIt from "markdown-it";
import { convertProof, type Flavour } from "../../server/src/convert/convert.js";
import { renderHtml } from "../../server/src/convert/markdown.js";
import { hasPdfLatex, latexError } from "./pdflatex.js";

const flavours: readonly Flavour[] = ["latex", "pandoc", "myst", "obsidian", "run-in"];

const primitives = [
  "\\write18{rm -rf ~}",
  "\\immediate\\write18{id}",
  "\\input{/etc/passwd}",
  "\\input /etc/passwd",
  "\\include {secret}",
  "\\openin5=secret",
  "\\openout\\x=secret",
  "\\read5 to \\x",
  "\\catcode`\\%=12",
  "\\def\\frac{x}",
  "\\let\\frac=\\relax",
  "\\newcommand{\\x}{y}",
  "\\renewcommand\n{\\x}{y}",
  "\\directlua{os.execute('id')}",
  "\\csname input\\endcsname{x}",
  "\\usepackage{x}",
  "\\special{x}",
  "\\pdfobj{x}",
  "\\pdfshellescape",
  "\\url{file:///etc/passwd}",
  "\\href{file:///x}{y}",
  "\\includegraphics[width=1cm]{../../x}",
  "\\begin{filecontents}{x.sty}y\\end{filecontents}",
  "\\begin {filecontents*}{x.sty}y\\end{filecontents*}",
  "\\lstinputlisting{x}",
  "\\verbatiminput{x}",
  "^^5cinput{x}",
  "^^5c^^69nput{x}",
  "\\expandafter\\input\\x",
  "\\end{document}",
  "\\ShellEscape{id}",
  "\\includepdf[pages=-]{/etc/x.pdf}",
  "\\includesvg{x}",
  "\\latelua{os.execute('id')}",
  "\\luaexec{x}",
  "\\newwrite\\x",
  "\\gdef\\x{y}",
  "\\edef\\x{y}",
  "\\global\\let\\x=\\y",
  "\\futurelet\\x\\y\\z",
  "\\href{javascript:alert(1)}{x}",
  "\\href {file:///x} {y}",
  "\\url|file:///etc/passwd|",
  "\\InputIfFileExists{x}{y}{z}",
  "\\subfile{x}",
  "\\import{a/}{b}",
  "\\inputminted{python}{x}",
  "\\scantokens{x}",
  "\\catcode 37=12",
  "\\catcode`\\\\=12",
  "\\csname @@input\\endcsname x",
  "\\makeatletter\\@input{x}",
  "\\@@input x",
  "\\string\\input{x}",
  "^^^^005cinput{x}",
  "\\^^69nput{x}",
  "^^5c^^77rite18{id}",
  "\\begin{luacode}os.execute('id')\\end{luacode}",
  "\\begin{luacode*}x\\end{luacode*}",
  "\\begin{verbatimwrite}{x}y\\end{verbatimwrite}",
  "\\begin{VerbatimOut}{x}y\\end{VerbatimOut}",
  "\\begin{pycode}import os\\end{pycode}",
  "\\begin{document}x",
  "\\attachfile{x}",
  "\\embedfile{x}",
  "\\externaldocument{x}",
  "\\bibliography{x}",
  "\\csvautotabular{x.csv}",
  "\\pgfplotstableread{x}",
  "\\AtBeginDocument{x}",
  "\\newenvironment{x}{y}{z}",
  "\\everymath{x}",
  "\\includemedia{x}{y}",
  "\\animategraphics{1}{x}{1}{2}",
  "\\movie{x}{y}",
  '\\input|"ls"',
  "\\input{|ls}",
  "\\htmlData{onclick=alert(1)}{x}",
  "\\unicode{x}\\require{x}",
  "\\rotatebox{\\write18{id}}{x}",
];

/** Control sequences that reach files, the shell or the meaning of others, as TeX would see them. */
const reaching =
  /\\(?:write|immediate|input|include|openin|openout|read|catcode|def|let|newcommand|renewcommand|directlua|csname|endcsname|usepackage|special|pdfobj|pdfshellescape|url|href|includegraphics|lstinputlisting|verbatiminput|expandafter|ShellEscape|includepdf|includesvg|latelua|luaexec|newwrite|gdef|edef|global|futurelet|InputIfFileExists|subfile|import|inputminted|scantokens|makeatletter|string|attachfile|embedfile|externaldocument|bibliography|csvautotabular|pgfplotstableread|AtBeginDocument|newenvironment|everymath|includemedia|animategraphics|movie|htmlData|require)(?![a-zA-Z])|\\@|\\(?:begin|end)\s*\{(?:filecontents|document|luacode|verbatimwrite|VerbatimOut|pycode)|\^\^/;

describe("Text that means harm", () => {
  for (const flavour of flavours) {
    it(`reaches no file, shell or definition in ${flavour}, in prose or in formulas, and is listed`, () => {
      for (const primitive of primitives) {
        for (const around of [
          "Before # after.",
          "\\(x + # y\\)",
          "\\[\nx #\n\\]",
          "$x #$ y",
          "- item\n\n  > # q",
          "| a |\n|---|\n| # |",
          "### #",
          "\\(\\text{a # b}\\)",
          "\\[x \\tag{#}\\]",
          "\\(\\mathrm{#}\\)",
          "\\textbf{#}",
          "[#](http://a.b)",
          "**#**",
          "## # {#id}",
          "| # | \\(#\\) |\n|:-:|---|\n| \\(#\\) | x |",
          "1. #\n   - #",
          "\\[\\begin{aligned}a&=#\\\\b&=c\\end{aligned}\\]",
          "\\begin{align*}#\\end{align*}",
          "\\(\\frac{#}{\\operatorname{#}}\\)",
          "$$\\text{#}$$",
          "term\n: #",
          "~~#~~",
          '"#"',
          "x[^1]\n\n[^1]: #",
        ]) {
          const { text, removed } = convertProof(
            around.replace("#", () => primitive),
            { flavour },
          );
          const uncoded = flavour === "latex" ? text : text.replace(/(`+)[\s\S]*?\1/g, "");
          assert.doesNotMatch(uncoded, reaching, `${around} with ${primitive} gave ${text}`);
          assert.ok(removed.length > 0, `${primitive} in ${around} was not listed`);
        }
      }
    });
  }

  it("compiles, whatever it was", function () {
    this.timeout(70_000);
    if (!hasPdfLatex()) this.skip();
    const bodies = primitives.flatMap((primitive) => [
      `A ${primitive} b.`,
      `\\(x ${primitive} y\\)`,
      `\\[\\text{${primitive}}\\]`,
    ]);
    assert.equal(latexError(bodies.map((body) => convertProof(body, { flavour: "latex" }).text).join("\n\n")), null);
  });

  it("leaves code as code: what a proof quotes is shown, not run", () => {
    const { text } = convertProof("Run `\\input{x}` or\n\n```\n\\write18{id}\n\\end{verbatim}\n```", {
      flavour: "latex",
    });
    assert.doesNotMatch(text, reaching);
    assert.match(text, /\\textbackslash\{\}input/);
    assert.match(text, /\\textbackslash\{\}write18/);
  });

  it("brings no HTML, no image and no link that runs or opens something into any Markdown", () => {
    const pages = [
      "<script>alert(1)</script>",
      "<img src=x onerror=alert(1)>",
      "a <b onclick='x'>b</b> <!-- qed: accept --> c",
      "<iframe src='javascript:x'></iframe>",
      "[x](javascript:alert(1))",
      "[x](&#106;avascript:alert(1))",
      "[x](<javascript:alert(1)>)",
      "[x](\tjavascript:alert(1) 'title')",
      "[x](file:///etc/passwd)",
      "[x][y]\n\n[y]: javascript:alert(1)",
      "> [y]: javascript:alert(1)\n\n[y]",
      "<javascript:alert(1)>",
      "![x](http://tracker/x.png)",
      "![x][y]\n\n[y]: http://tracker/x.png",
      "[a [b](javascript:x) c](javascript:y)",
      "<<script>script>alert(1)<</script>/script>",
      "<scr<b>ipt>alert(1)</script>",
      "<svg/onload=alert(1)>",
      '<a href="x\n\ny">z</a>',
      "<details open ontoggle=alert(1)>",
      "<x\nonclick=alert(1)>",
    ];
    const believing = new MarkdownIt({ html: true });
    believing.validateLink = () => true;
    for (const page of pages) {
      for (const flavour of ["pandoc", "myst", "obsidian", "run-in"] as const) {
        const { text } = convertProof(page, { flavour });
        const html = believing.render(text);
        assert.doesNotMatch(
          html,
          /<(?!\/?(?:p|a|em|strong|ul|ol|li|blockquote|hr|br|code|pre)\b)/i,
          `${page} → ${text} → ${html}`,
        );
        assert.doesNotMatch(html, /<[^>]*(?:javascript|file:|\bon\w+=)/i, `${page} → ${text} → ${html}`);
      }
      const html = renderHtml(page, () => "");
      assert.doesNotMatch(html, /<(?!\/?(?:p|a|em|strong|ul|ol|li|blockquote|hr|br|code|pre)\b)/i);
      assert.doesNotMatch(html, /<[^>]*(?:javascript|file:|\bon\w+=)/i, html);
    }
  });

  it("brings no executable code block, directive, role, shortcode, embed or raw format", () => {
    const text = [
      "```{python}\nimport os\n```",
      "```{include} /etc/passwd\n```",
      "```{=latex}\n\\x\n```",
      "```dataviewjs\nx\n```",
      "`x`{=html} and {raw}`y` and {{< include z >}} and {{ w }} and ![[secret]]",
      "::: {.evil}",
      ":::",
      "---",
      "title: x",
      "---",
      "% comment",
      "+++",
    ].join("\n\n");
    for (const flavour of ["pandoc", "myst", "obsidian", "run-in"] as const) {
      const { text: out } = convertProof(text, { flavour });
      assert.doesNotMatch(out, /^`{3,}[ \t]*\{|dataviewjs|`\{=|\}`y|(?<!\\)\{\{|!\[\[|^:::|^---|^%|^\+\+\+/m, out);
    }
  });

  it("never throws and always ends, on noise made of the pieces that matter", function () {
    this.timeout(60_000);
    const pieces =
      "\\( \\) \\[ \\] $ $$ { } ^ _ & \\\\ \\left( \\right) \\begin{align} \\end{align} \\begin{cases} \\end{cases} \\tag{1} \\frac \\text{ ` ``` > - 1. # --- | ** * [ ]( ) < > <b> \\input \\ \n \n\n a 1 é ² ∎ 中 \uD800 \uE000 \u0000 ~~~ ::: [^1] [^1]: ' \"".split(
        " ",
      );
    let seed = 7;
    const random = (): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed;
    };
    const texts = Array.from({ length: 400 }, () =>
      Array.from({ length: 40 }, () => pieces[random() % pieces.length]).join(random() % 2 ? " " : ""),
    );
    for (const text of texts) {
      for (const flavour of flavours) convertProof(text, { flavour });
      renderHtml(text, () => "");
    }
    if (!hasPdfLatex()) return;
    const body = texts.slice(0, 150).map((text) => convertProof(text, { flavour: "latex" }).text);
    const error = latexError(body.join("\n\n\\bigskip\n\n"));
    if (error === null) return;
    const guilty = body.findIndex((one) => latexError(one) !== null);
    assert.fail(`${JSON.stringify(texts[guilty])}\n${body[guilty]}\n${error}`);
  });

  it("ends soon on long runs of openers", () => {
    for (const piece of [
      "\\[",
      "\\(",
      "\\[{",
      "$a ",
      "`",
      "``` ",
      "\\begin{align}",
      "{",
      "\\left(",
      "> ",
      "- ",
      "[",
      "![",
      "<",
      "^",
      "**",
      "[^1]",
      "[^1]: ",
    ]) {
      const text = piece.repeat(4000);
      for (const flavour of ["latex", "obsidian"] as const) convertProof(text, { flavour });
    }
  });
});
