import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "../../server/src/document/parse.js";
import { outOfDomain } from "../../server/src/prompt/domain.js";
import { ROOT } from "../engine/local-child.js";

function problem(text: string, syntax: "latex" | "markdown" = "latex"): string | null {
  const document = parseDocument(text, syntax);
  const [statement] = document.statements;
  assert.ok(statement, `no statement in ${text}`);
  return outOfDomain(document, statement);
}

const theorem = (body: string) => problem(`\\begin{theorem}\n${body}\n\\end{theorem}\n`);
const markdown = (body: string) => problem(`**Theorem 1.** ${body}\n`, "markdown");

describe("the domain of the model", () => {
  for (const body of [
    "\\includegraphics[width=3cm]{triangle.pdf}",
    "In the figure \\begin{tikzpicture}\\draw (0,0) -- (1,1);\\end{tikzpicture} the angles are equal.",
    "The diagram \\begin{tikzcd} A \\ar[r] & B \\end{tikzcd} commutes.",
    "The diagram $\\xymatrix{A \\ar[r] & B}$ commutes.",
    "The square \\[\\begin{CD} A @>>> B \\end{CD}\\] is Cartesian.",
    "\\begin{figure}\\centering\\input{x.pdf_tex}\\end{figure} The shaded area is $1$.",
    "\\begin{asy} draw((0,0)--(1,1)); \\end{asy} Show that $AB=CD$.",
    "The region \\tikz{\\fill (0,0) circle (1);} is convex.",
  ]) {
    it(`does not hold ${JSON.stringify(body.slice(0, 40))}`, () => {
      assert.match(
        theorem(body) ?? "",
        /^This statement contains a (?:picture|diagram|drawing), and the model reads only words and formulas/,
      );
    });
  }

  for (const body of [
    "The area of ![the triangle](t.png) is $1$.",
    "The area of ![[triangle.svg]] is $1$.",
    'The area of <img src="t.png"> is $1$.',
  ]) {
    it(`does not hold ${JSON.stringify(body)}`, () => assert.match(markdown(body) ?? "", /contains a picture/));
  }

  it("does not hold a fenced diagram", () => {
    const text = "::: {.theorem}\nThis commutes:\n\n```mermaid\nA --> B\n```\n:::\n";
    assert.match(problem(text, "markdown") ?? "", /contains a diagram/);
  });

  for (const [language, body] of [
    ["German", "Sei $G$ eine Gruppe, in der jedes Element sein eigenes Inverses ist. Dann ist $G$ abelsch."],
    ["German", "Für jede natürliche Zahl $n$ gibt es eine Primzahl $p>n$."],
    ["French", "Soit $G$ un groupe tel que $x^2=e$ pour tout $x\\in G$. Alors $G$ est abélien."],
    ["Spanish", "Sea $G$ un grupo en el que todo elemento es su propio inverso. Entonces $G$ es abeliano."],
    ["Italian", "Sia $G$ un gruppo in cui ogni elemento è il proprio inverso. Allora $G$ è abeliano."],
    ["Portuguese", "Seja $G$ um grupo em que todo elemento é o seu próprio inverso. Então $G$ é abeliano."],
    ["Dutch", "Laat $G$ een groep zijn. Bewijs dat er voor elke $x$ een $y$ is met $xy=1$."],
    ["Russian", "Пусть $G$ — группа, в которой $x^2=e$ для всех $x$. Тогда $G$ абелева."],
    ["Chinese", "设 $G$ 是一个群,且对任意 $x$ 有 $x^2=e$。证明 $G$ 是阿贝尔群。"],
    ["Japanese", "任意の $x$ について $x^2=e$ であるような群 $G$ は可換である。"],
    ["Korean", "모든 $x$ 에 대하여 $x^2=e$ 인 군 $G$ 는 가환이다."],
  ] as const) {
    it(`does not hold a statement in ${language}: ${body.slice(0, 30)}`, () => {
      assert.match(
        theorem(body) ?? "",
        new RegExp(`^This statement seems to be in ${language}.*trained on English only`),
      );
    });
  }

  for (const body of [
    "",
    "TODO",
    "…",
    "???",
    "To be written.",
    "Lorem ipsum dolor sit amet.",
    "\\label{thm:x}",
    "% $1=1$\n",
  ]) {
    it(`does not hold ${JSON.stringify(body)}, which states nothing`, () => {
      assert.match(
        theorem(body) ?? "",
        /^This statement (?:has no text yet|only says “[^”]+”), so there is nothing to prove\.$/,
      );
    });
  }

  it("does not hold a pointer to another place", () => {
    assert.match(theorem("See Theorem 4.2 of the appendix.") ?? "", /only names another place/);
  });

  for (const body of [
    "The sum of two even integers is even.",
    "$a^2+b^2\\ge 2ab$.",
    "$$\\int_0^1 x\\,dx=\\tfrac12.$$",
    "Let $R$ be a ring and $M$ an $R$-module of finite length. Then $M$ is Noetherian and Artinian.",
    "Show that $x = 0$.",
    "\\[ x^n + y^n = z^n \\] has no solution for $n > 2$.",
    "Noetherian $\\Rightarrow$ finitely generated.",
    "Hölder's inequality implies the Cauchy--Schwarz inequality.",
    "Every Čech cocycle is a coboundary.",
    "Sei's theorem for de Rham cohomology: the de Rham complex is exact.",
    "In the figure of speech of Euclid, a point is that which has no part.",
    "For all $n$, $n \\mid n^2$.",
    "$\\sqrt 2 \\notin \\mathbb Q$ (see \\cite{hardy}).",
    "Si units are never used here, and the group is abelian. % Soit G un groupe pour tout que est",
    "A man has two sons; one of them is a mathematician and is older than the other.",
  ]) {
    it(`holds ${JSON.stringify(body.slice(0, 60))}`, () => assert.equal(theorem(body), null));
  }

  it("holds nearly every statement of the books without a drawing", function () {
    const corpus = join(ROOT, "../shared/corpus");
    if (!existsSync(corpus)) {
      console.log("      skipped: ../shared/corpus is not here");
      return this.skip();
    }
    this.timeout(60_000);
    let all = 0;
    const refused: string[] = [];
    for (const name of readdirSync(corpus, { recursive: true, encoding: "utf8" })) {
      if (!/\.(?:tex|md)$/.test(name)) continue;
      const document = parseDocument(
        readFileSync(join(corpus, name), "utf8"),
        name.endsWith(".tex") ? "latex" : "markdown",
      );
      for (const statement of document.statements.filter(({ provable }) => provable)) {
        all++;
        const why = outOfDomain(document, statement);
        if (why !== null && !/picture|diagram|drawing/.test(why)) refused.push(`${name}: ${why}`);
      }
    }
    assert.deepEqual(refused, []);
    assert.ok(all > 1000, `${all}`);
  });
});
