import type { Run, RunEvent, RunHeader } from "./run.js";

/** A run of which nothing but the header is known. */
export function emptyRun(header: RunHeader): Run {
  return {
    header,
    engine: null,
    phase: null,
    thought: { text: header.prompt.thought, tokens: 0, cut: false },
    answer: null,
    outcome: null,
    decision: null,
  };
}

/** The run after one more event. Pure; shared by the store, the server and the panel's page. */
export function applyEvent(run: Run, event: RunEvent): Run {
  switch (event.type) {
    case "engine":
      return { ...run, engine: event };
    case "phase":
      return { ...run, phase: event.phase };
    case "thought":
      return { ...run, thought: { ...run.thought, text: run.thought.text + event.text, tokens: event.tokens } };
    case "cut":
      return { ...run, thought: { text: run.thought.text.slice(0, event.length), tokens: event.tokens, cut: true } };
    case "answer":
      return { ...run, answer: { text: (run.answer?.text ?? "") + event.text, tokens: event.tokens } };
    case "outcome":
      return { ...run, outcome: event.outcome };
    case "decision":
      return { ...run, decision: event.decision };
  }
}
