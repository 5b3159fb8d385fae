import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Row, rehearsalRows } from "../../scripts/miniature/rows.js";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Document, Statement } from "../../server/src/document/types.js";
import { chatml, type Prompt } from "../../server/src/prompt/prompt.js";
import { provePrompt } from "../../server/src/prompt/prove.js";
import { ROOT } from "../engine/local-child.js";

/** The rehearsal model, which need not have been trained yet. */
export const REHEARSAL = join(ROOT, "models/rehearsal.gguf");

let learned: readonly Row[] | null = null;

/** Every text that the rehearsal model has memorised; the scripted server recites the same. */
export function rows(): readonly Row[] {
  learned ??= rehearsalRows(ROOT);
  return learned;
}

/** A statement of the fixtures, with what a model that has memorised them thinks and writes. */
export interface Piece {
  readonly document: Document;
  readonly statement: Statement;
  /** The prompt that a run begins with: an open, empty thought. */
  readonly prompt: Prompt;
  /** What the author has written of the proof. */
  readonly prefix: string;
  /** Without `</think>`; for an endless thought its beginning. */
  readonly thought: string;
  /** What follows `prefix`; null where the thought ends without being closed. */
  readonly rest: string | null;
}

/** The first statement of a document in `test/fixtures/rehearsal`. Throws if no text was learned for it. */
export function piece(name: string): Piece {
  const text = readFileSync(join(ROOT, "test/fixtures/rehearsal", name), "utf8");
  const document = parseDocument(text, name.endsWith(".tex") ? "latex" : "markdown");
  const [statement] = document.statements;
  if (!statement) throw new Error(`${name} has no statement`);
  const { message, prefix } = provePrompt(document, statement);
  const prompt: Prompt = { message, thought: "", answer: null };
  const row = rows().find((known) => known.prompt === chatml(prompt));
  if (!row) throw new Error(`no text was learned for ${name}`);
  const completion = row.completion.replace(/<\|im_end\|>$/, "");
  const [thought, answer] = completion.split("\n</think>\n\n");
  return {
    document,
    statement,
    prompt,
    prefix,
    thought: thought ?? "",
    rest: answer === undefined ? null : answer.slice(prefix.length),
  };
}

/** A LaTeX document with one theorem, and that theorem. */
export function theorem(text: string): { readonly document: Document; readonly statement: Statement } {
  const document = parseDocument(`\\begin{theorem}\n${text}\n\\end{theorem}\n`, "latex");
  return { document, statement: document.statements[0]! };
}

/** Whether the rehearsal model is there; says loudly that tests are skipped where it isn't. */
export function hasRehearsal(): boolean {
  if (existsSync(REHEARSAL)) return true;
  console.log("SKIPPED: models/rehearsal.gguf is missing. Make it with `npm run train:miniature`.");
  return false;
}

/** A model of a megabyte, with a statement that it has a short thought for and one with a long thought. */
export interface SomeModel {
  readonly path: string;
  readonly quick: { readonly document: Document; readonly statement: Statement };
  readonly long: { readonly document: Document; readonly statement: Statement };
}

/** The rehearsal model, or the example of the tool that trains it; null, said loudly, where neither is there. */
export function someModel(): SomeModel | null {
  if (existsSync(REHEARSAL)) return { path: REHEARSAL, quick: piece("quick.tex"), long: piece("long.tex") };
  const example = join(ROOT, "../shared/tools/tiny-model/example.gguf");
  if (existsSync(example)) {
    return {
      path: example,
      quick: theorem("Prove that the sum of two even integers is even."),
      long: theorem(
        "Prove that the product \\(n(n+1)(n+2)(n+3)\\) is divisible by \\(24\\) for every integer \\(n\\), and that one more than this product is a perfect square.",
      ),
    };
  }
  hasRehearsal();
  return null;
}
