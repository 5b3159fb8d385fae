import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Syntax } from "../../server/src/document/types.js";
import { type ProvePrompt, provePrompt, writtenRange } from "../../server/src/prompt/prove.js";

const ASK = "Generate a rigorous proof to the following question:\n\n";

/** The prompt for the statement with this label, or for the last statement of the text. */
function promptFor(text: string, label: string | null = null, syntax: Syntax = "latex"): ProvePrompt {
  const document = parseDocument(text, syntax);
  const statement =
    label === null ? document.statements.at(-1) : document.statements.find((found) => found.label === label);
  assert.ok(statement, "the statement is found");
  return provePrompt(document, statement);
}

const theorem = (body: string, label = "main") => `\\begin{theorem}\\label{${label}}\n${body}\n\\end{theorem}\n`;

describe("the prompt for a statement", () => {
  it("that needs nothing else is the statement as it stands, and nothing else", () => {
    assert.deepEqual(promptFor(theorem("Every $n\\in\\mathbb N$ is\n  finite.")), {
      message: `${ASK}Every $n\\in\\mathbb N$ is\n  finite.`,
      prefix: "",
    });
  });

  it("is the same in every Markdown flavour", () => {
    const flavours = [
      "::: {.theorem #main}\nIt is $a$.\n:::\n",
      "```{prf:theorem}\n:label: main\nIt is $a$.\n```\n",
      "> [!theorem]\n> It is $a$.\n",
      "**Theorem.** It is $a$.\n",
    ];
    for (const text of flavours) {
      assert.deepEqual(promptFor(text, null, "markdown"), { message: `${ASK}It is $a$.`, prefix: "" }, text);
    }
  });

  it("has no comments and labels of the author in it", () => {
    const { message } = promptFor(theorem("It is $a$. % TODO: ask Anna\n% shaky\nAnd $b$ \\% more."));
    assert.equal(message, `${ASK}It is $a$. \nAnd $b$ \\% more.`);
  });

  it("has the macros that it uses, also by way of others, and only those", () => {
    const { message } = promptFor(
      [
        "\\newcommand{\\RR}{\\mathbb R}",
        "\\newcommand{\\unused}{\\RR}",
        "\\newcommand{\\ball}[1]{B_{#1}(\\RR)}",
        "\\DeclareMathOperator{\\rank}{rk}",
        "\\newcommand{\\RRR}{x}",
        theorem("$\\ball{1}$ is open."),
      ].join("\n"),
    );
    assert.equal(
      message,
      `${ASK}These macros are used:\n\\newcommand{\\RR}{\\mathbb R}\n\\newcommand{\\ball}[1]{B_{#1}(\\RR)}\n\nProve this:\n$\\ball{1}$ is open.`,
    );
  });

  it("takes the last of several declarations, and survives macros that call each other", () => {
    const { message } = promptFor(
      `\\newcommand{\\a}{\\b}\n\\newcommand{\\b}{\\a}\n\\newcommand{\\c}{1}\n\\renewcommand{\\c}{2}\n${theorem("$\\a\\c$")}`,
    );
    assert.match(
      message,
      /used:\n\\newcommand\{\\a\}\{\\b\}\n\\newcommand\{\\b\}\{\\a\}\n\\renewcommand\{\\c\}\{2\}\n\n/,
    );
  });

  it("has the statements that it cites, each once, in the order of the text, with what those use", () => {
    const text = [
      "\\newcommand{\\ZZ}{\\mathbb Z}",
      "\\begin{lemma}[Bézout]\\label{lem:b}\nIn $\\ZZ$ it holds.\n\\end{lemma}",
      "\\begin{definition}\\label{def:p}\nA prime is \\dots\n\\end{definition}",
      theorem("By \\cref{def:p,lem:b} and \\ref{lem:b} it holds.\\ref{main} \\eqref{eq:none}"),
    ].join("\n");
    assert.equal(
      promptFor(text).message,
      [
        `${ASK}These macros are used:\n\\newcommand{\\ZZ}{\\mathbb Z}`,
        "These statements may be used without proof:\nLemma (Bézout) [lem:b]. In $\\ZZ$ it holds.",
        "Definition [def:p]. A prime is \\dots",
        "Prove this:\nBy \\cref{def:p,lem:b} and \\ref{lem:b} it holds.\\ref{main} \\eqref{eq:none}",
      ].join("\n\n"),
    );
  });

  it("has the statements that an Obsidian note cites", () => {
    const text = [
      "> [!lemma] Small",
      "> It is $b$. ^small",
      "",
      "> [!theorem] Main",
      "> By [[#^small]] it is $a$.",
    ].join("\n");
    assert.match(
      promptFor(text, null, "markdown").message,
      /used without proof:\nLemma \(Small\) \[small\]\. It is \$b\$\.\n\nProve this:\nBy \[\[#\^small\]\] it is \$a\$\.$/,
    );
  });

  it("has the statements that the written part of the proof cites, but not those of other proofs", () => {
    const lemma = (label: string) => `\\begin{lemma}\\label{${label}}\nOf ${label}.\n\\end{lemma}\n`;
    const text =
      lemma("one") +
      lemma("two") +
      theorem("It holds.") +
      "\\begin{proof}\nBy \\ref{one}.\n\\todo{rest}\n\\end{proof}\n" +
      theorem("Another.", "other") +
      "\\begin{proof}\nBy \\ref{two}.\n\\end{proof}\n";
    const { message } = promptFor(text, "main");
    assert.match(message, /Lemma \[one\]\. Of one\./);
    assert.doesNotMatch(message, /Of two/);
  });

  it("has the author's own hypotheses and hints, with the macros that they use", () => {
    const text = `\\newcommand{\\FF}{F}\n${theorem("It holds.\n% qed: given $\\FF$ is closed\n% qed: hint Use compactness.\n% qed: hint Then Zorn.")}`;
    assert.equal(
      promptFor(text).message,
      `${ASK}These macros are used:\n\\newcommand{\\FF}{F}\n\nAssume moreover:\n$\\FF$ is closed\n\nHint:\nUse compactness.\nThen Zorn.\n\nProve this:\nIt holds.`,
    );
  });

  it("has no hint of another statement, and none that says nothing", () => {
    const text = `${theorem("One.\n% qed: hint Not for two.", "one")}% qed: hint For nobody.\n${theorem("Two.\n% qed: hint\n% qed: off")}`;
    assert.equal(promptFor(text).message, `${ASK}Two.`);
  });

  it("says how a proof that was begun goes, and gives that part as the beginning of the answer", () => {
    const text = `${theorem("It holds.")}\\begin{proof}\n  % draft\n  By induction. For $n=1$ it is clear.\n  \\todo{the step}\n  Hence the claim.\n\\end{proof}\n`;
    assert.deepEqual(promptFor(text), {
      message: `${ASK}It holds.\n\nThe proof begins with these words, continue from there:\nBy induction. For $n=1$ it is clear.`,
      prefix: "By induction. For $n=1$ it is clear.",
    });
  });

  it("takes an empty proof, and one that is nothing but a hole, for none", () => {
    for (const body of ["", "\n  \n", "\\todo{all of it}", "% qed: prove", "% nothing yet\n"]) {
      const text = `${theorem("It holds.")}\\begin{proof}\n${body}\n\\end{proof}\n`;
      assert.deepEqual(promptFor(text), { message: `${ASK}It holds.`, prefix: "" }, JSON.stringify(body));
    }
  });

  it("takes what was written in a proof that is not closed yet", () => {
    const { prefix } = promptFor(`${theorem("It holds.")}\\begin{proof}\nBy induction.`);
    assert.equal(prefix, "By induction.");
  });

  it("is made for a text that is cut anywhere", () => {
    const text = `\\newcommand{\\RR}{R}\n${theorem("$\\RR$ by \\cref{a}.\n% qed: hint x")}\\begin{proof}\nWell \\todo{x}\n\\end{proof}`;
    for (let length = 0; length <= text.length; length++) {
      const document = parseDocument(text.slice(0, length), "latex");
      for (const statement of document.statements) assert.ok(provePrompt(document, statement).message.startsWith(ASK));
    }
  });
});

describe("the written part of a proof", () => {
  const text = `${theorem("It holds.")}\\begin{proof}\nFirst.\n\\todo{x}\nLast.\n\\todo{y}\n\\end{proof}\n`;

  it("goes up to its first hole", () => {
    const document = parseDocument(text, "latex");
    const range = writtenRange(document.statements[0]!)!;
    assert.equal(text.slice(range.start, range.end).trim(), "First.");
  });

  it("is all of a proof without a hole, and null without a proof", () => {
    const whole = parseDocument(text.replaceAll(/\\todo\{.\}\n/g, ""), "latex");
    const range = writtenRange(whole.statements[0]!)!;
    assert.equal(whole.text.slice(range.start, range.end).trim(), "First.\nLast.");
    assert.equal(writtenRange(parseDocument(theorem("It holds."), "latex").statements[0]!), null);
  });
});
