import { createParser } from "eventsource-parser";

/** A server-sent event. */
export interface SseEvent {
  readonly data: string;
  /** False for a last event whose closing blank line never came: the rest of it may be missing. */
  readonly whole: boolean;
}

/** The server-sent events of a body, in order. Comments (pings) only keep the line alive. */
export async function* sseData(body: AsyncIterable<Uint8Array>): AsyncGenerator<SseEvent, void, void> {
  const ready: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => ready.push(data) });
  // A chunk can end anywhere, inside a character too.
  const decoder = new TextDecoder("utf-8");
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    for (const data of ready.splice(0)) yield { data, whole: true };
  }
  parser.feed(`${decoder.decode()}\n\n`);
  for (const data of ready.splice(0)) yield { data, whole: false };
}

/** How a line of an event stream begins: a field's name or a comment's colon. */
const FIELD = /^(?::|data|event|id|retry)/;
/** Longest of these, in characters. */
const LONGEST_FIELD = 5;

/**
 * Whether a body is a stream of events, by how it begins: errors come as JSON or HTML under any declared type. `bytes`
 * is the whole body all the same.
 */
export async function isEventStream(
  body: AsyncIterable<Uint8Array>,
): Promise<{ readonly stream: boolean; readonly bytes: AsyncIterable<Uint8Array> }> {
  const iterator = body[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let beginning = "";
  while (beginning.length < LONGEST_FIELD) {
    const { value, done } = await iterator.next();
    if (done) break;
    seen.push(value);
    beginning = Buffer.concat(seen).toString("utf8").trimStart();
  }
  async function* bytes(): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* seen;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { stream: FIELD.test(beginning), bytes: bytes() };
}
