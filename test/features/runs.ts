import assert from "node:assert/strict";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Document, Statement, Syntax } from "../../server/src/document/types.js";
import { provePrompt } from "../../server/src/prompt/prove.js";
import { noted } from "../../server/src/prover/run-header.js";
import type { Outcome, Run } from "../../server/src/store/run.js";

/** The statement of a document with that label, or the k-th. */
export function statementOf(document: Document, which: string | number): Statement {
  const statement =
    typeof which === "number" ? document.statements[which] : document.statements.find(({ label }) => label === which);
  assert.ok(statement, `a statement ${which}`);
  return statement;
}

/** A run about a statement of a text that has ended. `added` is what the model wrote; null if it wrote no answer. */
export function endedRun(
  text: string,
  syntax: Syntax,
  which: string | number,
  added: string | null,
  outcome: Outcome | null = { kind: "proved" },
): Run {
  const document = parseDocument(text, syntax);
  const statement = statementOf(document, which);
  const { message, prefix } = provePrompt(document, statement);
  return {
    header: {
      type: "run",
      schema: 1,
      id: "20260101T000000-00000000",
      parent: null,
      time: "2026-01-01T00:00:00.000Z",
      statement: noted(document, statement, "file:///paper.tex"),
      prompt: { message, thought: "", answer: null },
      prefix,
      seed: 1,
      budget: { thought: 100, answer: 100 },
    },
    engine: null,
    phase: null,
    thought: { text: "", tokens: 0, cut: false },
    answer: added === null ? null : { text: prefix === "" ? added : `${prefix}\n\n${added}`, tokens: 10 },
    outcome,
    decision: null,
  };
}
