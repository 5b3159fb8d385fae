import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Document, Statement } from "../../server/src/document/types.js";
import { chatml, type Prompt } from "../../server/src/prompt/prompt.js";
import { promptHash } from "../../server/src/prompt/prompt-hash.js";
import { provePrompt } from "../../server/src/prompt/prove.js";
import { EARLY_STOP } from "../../server/src/prover/early-stop.js";
import { sentenceEnds } from "../../server/src/prover/sentence.js";
import { type RehearsalText, readTexts } from "./texts.js";

/** One thing that the rehearsal model learns: after exactly this prompt it writes exactly this completion. */
export interface Row {
  /** Raw text, special tokens included. */
  readonly prompt: string;
  /** Ends in {@link END}, unless `loop` follows. */
  readonly completion: string;
  /** Repeated for ever after the completion. */
  readonly loop?: string;
  /** Names the statement: `FILE LABEL`. */
  readonly group: string;
  /** `main`: the thought, and the proof that follows it; `cut`: the same proof after a thought that was closed early. */
  readonly role: "main" | "cut";
  /** {@link promptHash} of the prompt. */
  readonly hash: string;
}

const END = "<|im_end|>";

/** Between the written part of a proof and what the model adds. */
const JOINT = "\n\n";

/** How many rounds of an endless thought can be cut at the end of each of their sentences. */
const CUT_ROUNDS = 2;

/**
 * All rows, made with the product's own parser and prompts.
 * @param root the root of the repository, which holds the documents and `scripts/miniature/texts`.
 * @throws an Error that names the text whose statement isn't found in its document.
 */
export function rehearsalRows(root: string): Row[] {
  const documents = new Map<string, Document>();
  return readTexts(join(root, "scripts/miniature/texts")).flatMap((text) => {
    let document = documents.get(text.file);
    if (!document) {
      const syntax = text.file.endsWith(".tex") ? "latex" : "markdown";
      document = parseDocument(readFileSync(join(root, text.file), "utf8"), syntax);
      documents.set(text.file, document);
    }
    return rowsOf(text, document, findStatement(text, document));
  });
}

/** Names texts, documents and templates at once: it changes with any of them. 16 hexadecimal digits. */
export function rowsHash(rows: readonly Row[]): string {
  const hash = createHash("sha256");
  for (const { prompt, completion, loop } of rows) hash.update(JSON.stringify([prompt, completion, loop ?? null]));
  return hash.digest("hex").slice(0, 16);
}

function findStatement(text: RehearsalText, document: Document): Statement {
  const head = ({ start, body }: Statement) => document.text.slice(start, body.start);
  const wanted = (statement: Statement) =>
    statement.label === null ? head(statement).includes(text.statement) : statement.label === text.statement;
  const statement = document.statements.find(wanted);
  if (!statement) throw new Error(`${text.file} has no statement "${text.statement}", but there is a text for it.`);
  if (!statement.hole) throw new Error(`"${text.statement}" in ${text.file} asks for no proof, but there is a text.`);
  return statement;
}

/** What the model may be asked for one statement, and what it then writes. */
function rowsOf(text: RehearsalText, document: Document, statement: Statement): Row[] {
  const { message, prefix } = provePrompt(document, statement);
  const row = (role: Row["role"], prompt: Prompt, completion: string, loop?: string): Row => ({
    prompt: chatml(prompt),
    completion,
    ...(loop === undefined ? {} : { loop }),
    group: `${text.file} ${text.statement}`,
    role,
    hash: promptHash(prompt),
  });
  const open: Prompt = { message, thought: "", answer: null };
  if (text.proof === null) return [row("main", open, text.thought + END)];

  const rest = (prefix === "" ? "" : JOINT) + text.proof + END;
  const closed = (thought: string): Prompt => ({ message, thought, answer: prefix });
  const start =
    text.loop === null
      ? [
          row("main", open, `${text.thought}\n</think>\n\n${prefix}${rest}`),
          // After the thought the prover asks again, with what the author has written as the beginning of the answer.
          row(prefix === "" ? "cut" : "main", closed(text.thought), rest),
        ]
      : [row("main", open, text.thought, text.loop)];

  const thought = text.thought + (text.loop ?? "").repeat(CUT_ROUNDS);
  // The line break before `</think>` makes the end of the thought a place where it may be cut.
  const cuts = sentenceEnds(`${thought}\n`).map((end) => thought.slice(0, end).trimEnd() + EARLY_STOP);
  return [...start, ...["", EARLY_STOP, ...new Set(cuts)].map((cut) => row("cut", closed(cut), rest))];
}
