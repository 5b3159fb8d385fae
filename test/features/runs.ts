import assert from "node:assert/strict";
import { normalise, plainText } from "../../server/src/document/body.js";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Document, Statement, Syntax } from "../../server/src/document/types.js";
import { provePrompt, writtenRange } from "../../server/src/prompt/prove.js";
import type { Outcome, Run, RunStatement } from "../../server/src/store/run.js";

/** The statement of a document with that label, or the k-th. */
export function statementOf(document: Document, which: string | number): Statement {
  const statement =
    typeof which === "number" ? document.statements[which] : document.statements.find(({ label }) => label === which);
  assert.ok(statement, `a statement ${which}`);
  return statement;
}

/** What a run notes of a statement when it begins. */
export function noted(document: Document, statement: Statement): RunStatement {
  const written = writtenRange(statement);
  return {
    uri: "file:///paper.tex",
    kind: statement.kind,
    title: statement.title,
    label: statement.label,
    start: statement.start,
    text: normalise(plainText(document, statement.body)),
    written: written ? document.text.slice(written.start, written.end) : "",
  };
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
      statement: noted(document, statement),
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
