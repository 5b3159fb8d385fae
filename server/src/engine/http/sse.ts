import { createParser } from "eventsource-parser";

/** The `data` of each server-sent event, in order. Comments (pings) only keep the line alive. */
export async function* sseData(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const ready: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => ready.push(data) });
  // A chunk can end anywhere, inside a character too.
  const decoder = new TextDecoder("utf-8");
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* ready.splice(0);
  }
  // A last event without its closing blank line still counts.
  parser.feed(`${decoder.decode()}\n\n`);
  yield* ready.splice(0);
}
