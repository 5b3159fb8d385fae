import { createParser } from "eventsource-parser";

/** One event of a stream. */
export interface Frame {
  readonly data: string;
  /** False for a last event whose end never came: the rest of it may be missing. */
  readonly whole: boolean;
}

/** Longest event that is waited for, in characters: a stream without ends must not fill the memory. */
const LONGEST = 2 ** 24;

/** An event that goes on for ever. */
export class EndlessFrame extends Error {
  override readonly name = "EndlessFrame";
}

/** The server-sent events of a body, in order. Comments (pings) only keep the line alive. */
export async function* sseFrames(body: AsyncIterable<Uint8Array>): AsyncGenerator<Frame, void, void> {
  const ready: string[] = [];
  const parser = createParser({
    onEvent: ({ data }) => ready.push(data),
    onError: ({ field, value }) => {
      // llama-server had a field of its own for errors.
      if (field === "error" && value !== undefined) ready.push(`{"error":${asJson(value)}}`);
    },
  });
  // A chunk can end anywhere, inside a character too.
  const decoder = new TextDecoder("utf-8");
  let pending = 0;
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    pending = ready.length > 0 ? 0 : pending + chunk.length;
    if (pending > LONGEST) throw new EndlessFrame();
    for (const data of ready.splice(0)) yield { data, whole: true };
  }
  parser.feed(`${decoder.decode()}\n\n`);
  for (const data of ready.splice(0)) yield { data, whole: false };
}

/** The lines of a body that are not empty, in order. */
export async function* lineFrames(body: AsyncIterable<Uint8Array>): AsyncGenerator<Frame, void, void> {
  const decoder = new TextDecoder("utf-8");
  let rest = "";
  for await (const chunk of body) {
    const text = decoder.decode(chunk, { stream: true });
    rest += text;
    if (!text.includes("\n")) {
      if (rest.length > LONGEST) throw new EndlessFrame();
      continue;
    }
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const data of lines) if (data.trim() !== "") yield { data, whole: true };
  }
  rest += decoder.decode();
  if (rest.trim() !== "") yield { data: rest, whole: false };
}

function asJson(text: string): string {
  return isJson(text) ? text : JSON.stringify(text);
}

/** Whether a text is whole JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** How a line of an event stream begins: a field's name or a comment's colon. */
const FIELD = /^(?::|data|event|id|retry|error)/;
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

/** The text of a body, at most its first `most` bytes. */
export async function textOf(body: AsyncIterable<Uint8Array>, most = LONGEST): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= most) break;
  }
  return Buffer.concat(chunks).subarray(0, most).toString("utf8");
}
