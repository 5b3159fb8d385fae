import type { RunEvent, RunHeader } from "../../server/src/store/run.js";

/** A header with everything in it that makes files hard to read. */
export const HEADER: RunHeader = {
  type: "run",
  schema: 1,
  id: "20250102T030405-0123abcd",
  parent: null,
  time: "2025-01-02T03:04:05.678Z",
  statement: {
    uri: "file:///a%20b.tex",
    kind: "theorem",
    title: "Gauß 💡",
    label: null,
    start: 17,
    text: "Soit $x$ — «fini».",
    written: "",
  },
  prompt: { message: "Prove\n\u2028it.", thought: "", answer: null },
  prefix: "",
  seed: 4_294_967_295,
  budget: { thought: 10, answer: 20 },
};

/** One event of every kind, with text of several bytes a character. */
export const EVENTS: readonly RunEvent[] = [
  { type: "phase", phase: "loading", progress: null },
  { type: "engine", engine: "local", model: "m", device: "CPU", rehearsal: true, temperature: 0, topP: 1 },
  { type: "phase", phase: "thinking", progress: null },
  { type: "thought", text: "Voilà 💡.", tokens: 3 },
  { type: "thought", text: "\nEnd. More", tokens: 5 },
  { type: "cut", tokens: 5, length: 14 },
  { type: "answer", text: "", tokens: 0 },
  { type: "answer", text: '証明 \\(a\\) "∎"', tokens: 2 },
  { type: "outcome", outcome: { kind: "proved" } },
  { type: "decision", decision: "accepted" },
];
