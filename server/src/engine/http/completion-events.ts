import type { CompletionEvent, Usage } from "../engine.js";
import { type Answering, answerPieces } from "./answer-pieces.js";
import type { Piece } from "./dialect.js";
import { RawText } from "./raw-text.js";
import { TextFilter } from "./text-filter.js";
import { type Calibration, TokenCounter } from "./token-counter.js";

/** What is known of a request when its answer begins. */
export interface Asked extends Answering {
  readonly maxTokens: number;
  /** Length of the text that was sent, in characters. */
  readonly promptCharacters: number;
  readonly calibration: Calibration;
}

/** How far an estimated number of tokens may lie above the limit: a wrong guess is not to cost a proof its last words. */
const SLACK = 3;

/**
 * The events of a completion from the bytes of an answer: one raw text, counted in tokens, ended by its end token, by
 * the server, or here at the limit that was asked for. What was held back is told before an error is thrown on.
 */
export async function* completionEvents(
  body: AsyncIterable<Uint8Array>,
  asked: Asked,
  onEnd: () => void,
): AsyncGenerator<CompletionEvent, void, void> {
  const { wire, key, maxTokens, calibration } = asked;
  const raw = new RawText(wire.kind === "raw");
  const filter = new TextFilter(key);
  const counter = new TokenCounter(calibration);
  let usage: Usage | null = null;
  let end: string | null = null;
  const texts = function* (text: string, tokens: number): Generator<CompletionEvent> {
    if (text !== "") yield { type: "text", text, tokens: Math.min(tokens, maxTokens) };
  };
  try {
    for await (const piece of answerPieces(body, asked, onEnd)) {
      if (piece.reading) yield { type: "reading", ...piece.reading };
      usage = piece.usage ?? usage;
      end = piece.end ?? end;
      const before = counter.tokens;
      const tokens = countOf(counter, piece);
      if (before >= maxTokens && isText(piece) && tokens > maxTokens * (counter.exact ? 1 : SLACK)) {
        yield* texts(filter.flush(), before);
        return yield ended("length", usage, counter, asked);
      }
      const { text, ended: tokenCame } = filter.push(raw.push(piece));
      yield* texts(text, tokens);
      if (tokenCame) return yield ended("end", usage, counter, asked);
    }
  } catch (error) {
    yield* texts(filter.push(raw.flush()).text + filter.flush(), counter.tokens);
    throw error;
  }
  yield* texts(filter.push(raw.flush()).text + filter.flush(), counter.tokens);
  yield ended(end === "length" ? "length" : "end", usage, counter, asked);
}

function isText({ text, thought }: Piece): boolean {
  return Boolean(text) || Boolean(thought);
}

/** A whole answer counts its tokens in its account only. */
function countOf(counter: TokenCounter, { text = "", thought = "", tokens }: Piece): number {
  return counter.push(thought + text, tokens);
}

function ended(
  reason: "end" | "length",
  usage: Usage | null,
  counter: TokenCounter,
  { calibration, promptCharacters }: Asked,
): CompletionEvent {
  if (usage !== null) {
    if (usage.generated > 0) calibration.learnText(counter.characters, usage.generated);
    if (usage.evaluated + usage.reused > 0) calibration.learnPrompt(promptCharacters, usage.evaluated + usage.reused);
  }
  return { type: "end", reason, usage: usage ?? { evaluated: 0, reused: 0, generated: counter.tokens } };
}
