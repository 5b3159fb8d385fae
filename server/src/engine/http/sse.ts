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
