import { eventsIn, parseHeader, type StoredEvent } from "./parse-run.js";

/** Most characters that are joined into one line, so that no line of a file is without bound. */
const MOST_JOINED = 64 * 1024;

/**
 * The text of a run file with the pieces of a thought, of an answer and of a summary joined, and all but the last of
 * neighbouring phases left out: the fold of it is the same, and so is the number of events, since each line says how many
 * it stands for. Torn lines go. null if there is nothing to gain or the text is no run that this version can read.
 */
export function compacted(text: string): string | null {
  const end = text.indexOf("\n");
  const head = text.slice(0, end);
  const header = parseHeader(head);
  if (end < 0 || header === null || "newer" in header) return null;
  const lines: string[] = [head];
  let last: StoredEvent | null = null;
  for (const event of eventsIn(text.slice(end + 1))) {
    const joined: StoredEvent | null = last && join(last, event);
    if (joined === null && last !== null) lines.push(JSON.stringify(last));
    last = joined ?? event;
  }
  if (last !== null) lines.push(JSON.stringify(last));
  const result = `${lines.join("\n")}\n`;
  return result.length < text.length * 0.9 ? result : null;
}

function join(a: StoredEvent, b: StoredEvent): StoredEvent | null {
  const of = (a.of ?? 1) + (b.of ?? 1);
  if (a.type === "phase" && b.type === "phase") return { ...b, of };
  if (
    (a.type === "thought" && b.type === "thought") ||
    (a.type === "answer" && b.type === "answer") ||
    (a.type === "summary" && b.type === "summary")
  ) {
    return a.text.length + b.text.length > MOST_JOINED ? null : { ...b, text: a.text + b.text, of };
  }
  return null;
}
