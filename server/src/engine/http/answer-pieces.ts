import { EngineError } from "../engine.js";
import { failed, malformed } from "./answer-failures.js";
import { cut } from "./connection-failures.js";
import type { Piece, Wire } from "./dialect.js";
import { EndlessFrame, type Frame, isEventStream, isJson, lineFrames, sseFrames, textOf } from "./frames.js";
import { withoutKey } from "./text-filter.js";
import { errorIn, excerpt, isPage } from "./words.js";

/** Whom an answer comes from. */
export interface Answering {
  readonly wire: Wire;
  /** As the user has set it, for messages. */
  readonly endpoint: string;
  /** Must not stand in a message. */
  readonly key: string | null;
}

/** Finish reasons of a text that the server gave up (vLLM and SGLang: `abort`; others: an error, a filter). */
const UNFINISHED = /abort|error|cancel|filter|unload/i;

/**
 * The parts of an answer, whether it is streamed or not, until its end. Throws an {@link EngineError} for an error of
 * the server, for what is no answer of this wire, and where the stream ends without a finish reason; the error of the
 * connection where that breaks off.
 * @param onEnd called when the finish reason has come: then only the account of tokens is still waited for
 */
export async function* answerPieces(
  body: AsyncIterable<Uint8Array>,
  from: Answering,
  onEnd: () => void,
): AsyncGenerator<Piece, void, void> {
  let frames: AsyncIterable<Frame>;
  if (from.wire.frames === "lines") frames = lineFrames(body);
  else {
    // By its first bytes, not by its declared type: errors come as JSON under any type.
    const { stream, bytes } = await isEventStream(body);
    if (!stream) return yield wholeAnswer(await textOf(bytes), from);
    frames = sseFrames(bytes);
  }
  let ended = false;
  let begun = false;
  try {
    for await (const { data, whole } of frames) {
      if (data.trim() === "[DONE]") {
        // Some servers leave the finish reason out.
        if (!ended) yield { end: "stop" };
        return;
      }
      if (!whole && !isJson(data)) {
        if (!begun && !data.startsWith("{")) wholeAnswer(data, from);
        break;
      }
      begun = true;
      const piece = readPiece(data, from, "an event that is no JSON");
      if (piece.end !== undefined) {
        checkEnd(piece.end, from.endpoint);
        ended = true;
        onEnd();
      }
      yield piece;
      // A line that says so is the last.
      if (ended && from.wire.frames === "lines") return;
    }
  } catch (error) {
    // With its finish reason the text is whole, however the connection ends.
    if (ended && !(error instanceof EngineError)) return;
    if (error instanceof EndlessFrame) throw malformed(from.endpoint, "an event without an end");
    throw error;
  }
  if (!ended) throw cut(from.endpoint, new Error("the stream ended without a finish reason"));
}

/** An answer that is not streamed: an error with status 200, or a server that ignores `stream`. */
function wholeAnswer(text: string, from: Answering): Piece {
  const what = isPage(text)
    ? "a web page"
    : text.trim() === ""
      ? "nothing"
      : `"${excerpt(withoutKey(text, from.key))}"`;
  const piece = readPiece(text, from, what);
  if (piece.text === undefined && piece.thought === undefined) throw malformed(from.endpoint, "no completion");
  checkEnd(piece.end ?? "stop", from.endpoint);
  return { ...piece, end: piece.end ?? "stop" };
}

function readPiece(text: string, { wire, endpoint, key }: Answering, otherwise: string): Piece {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(endpoint, isPage(text) ? "a web page" : otherwise);
  }
  const error = errorIn(value);
  if (error !== null) throw failed(endpoint, withoutKey(error, key));
  if (typeof value !== "object" || value === null) throw malformed(endpoint, otherwise);
  const piece = wire.read(value);
  if (piece === null) {
    const chat = /"(?:delta|message)"/.test(text);
    throw malformed(endpoint, wire.kind === "raw" && chat ? "chat messages" : "no completion");
  }
  return piece;
}

function checkEnd(reason: string, endpoint: string): void {
  if (UNFINISHED.test(reason)) throw failed(endpoint, `it stopped for the reason "${reason}"`);
}
