import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "../../server/src/document/parse.js";
import type { Document, Statement } from "../../server/src/document/types.js";
import { approachOf } from "../../server/src/prompt/different.js";
import { hintText } from "../../server/src/prompt/hint.js";
import { chatml, type Prompt } from "../../server/src/prompt/prompt.js";
import { promptHash } from "../../server/src/prompt/prompt-hash.js";
import { provePrompt } from "../../server/src/prompt/prove.js";
import { summaryPrompt, withSummary } from "../../server/src/prompt/summary.js";
import { EARLY_STOP } from "../../server/src/prover/early-stop.js";
import { sentenceEnds } from "../../server/src/prover/sentence.js";
import { type RehearsalText, type RehearsalTurn, readTexts } from "./texts.js";

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
  const row: MakeRow = (role, prompt, completion, loop) => ({
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
  const kept = [...new Set(sentenceEnds(`${thought}\n`).map((end) => thought.slice(0, end).trimEnd()))];
  const cuts = kept.map((cut) => cut + EARLY_STOP);
  return [
    ...start,
    ...["", EARLY_STOP, ...cuts].map((cut) => row("cut", closed(cut), rest)),
    ...resumed(text, kept, { message, prefix, rest, row }),
    ...steered(text, ["", ...kept], { document, statement, message, prefix, row }),
  ];
}

type MakeRow = (role: Row["role"], prompt: Prompt, completion: string, loop?: string) => Row;

/**
 * A run that was paused and goes on at the end of a sentence, of its thought or of a proof after the whole thought. The
 * same text as the main rows, begun later.
 */
function resumed(
  text: RehearsalText,
  kept: readonly string[],
  { message, prefix, rest, row }: { message: string; prefix: string; rest: string; row: MakeRow },
): Row[] {
  const open = kept.flatMap((thought) => {
    const prompt: Prompt = { message, thought, answer: null };
    if (text.loop !== null) {
      // Only whole rounds: what follows is then the same as at first.
      const round = (thought.length - text.thought.length) / text.loop.length;
      return Number.isInteger(round) && round >= 0 ? [row("cut", prompt, "", text.loop)] : [];
    }
    const more = text.thought.slice(thought.length);
    return [row("cut", prompt, `${more}\n</think>\n\n${prefix}${rest}`)];
  });
  if (text.loop !== null) return open;
  const proof = rest.slice(0, -END.length);
  const written = [...new Set(sentenceEnds(proof).map((end) => proof.slice(0, end)))].filter(
    (part) => part.trim() !== "",
  );
  return [
    ...open,
    ...written.map((part) => {
      const prompt: Prompt = { message, thought: text.thought, answer: prefix + part };
      return row("cut", prompt, proof.slice(part.length) + END);
    }),
  ];
}

/** What follows when a person has taken the reins. `kept` are the places where a thought may be cut. */
function steered(
  text: RehearsalText,
  kept: readonly string[],
  at: { document: Document; statement: Statement; message: string; prefix: string; row: MakeRow },
): Row[] {
  const { document, statement, message, prefix, row } = at;
  const joint = prefix === "" ? "" : JOINT;
  const summary = text.turns.find(({ kind }) => kind === "summary")?.proof ?? null;
  const rowsAfter = (turn: RehearsalTurn): Row[] => {
    const completion = `${turn.thought}\n</think>\n\n${prefix}${joint}${turn.proof}${END}`;
    const open = (thought: string): Prompt => ({ message, thought, answer: null });
    switch (turn.kind) {
      case "hint":
        return kept.map((thought) => row("cut", open(thought + hintText(turn.said)), completion));
      case "branch":
        return kept.map((thought) => row("cut", open(`${thought} ${turn.said}`.trimStart()), ` ${completion}`));
      case "summary":
        return kept.slice(1).map((thought) => row("cut", summaryPrompt(open(thought)), turn.proof + END));
      case "again":
        return [row("main", { ...open(""), message: withSummary(message, summary ?? "") }, completion)];
      case "differently": {
        const avoid = [approachOf(text.proof ?? "")];
        const { message: other } = provePrompt(document, statement, { avoid });
        return [row("main", { ...open(""), message: other }, completion)];
      }
    }
  };
  return text.turns.flatMap(rowsAfter);
}
