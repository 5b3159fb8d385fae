import type { Run, RunEvent, RunHeader } from "./run.js";

/** A run of which nothing but the header is known. */
export function emptyRun(header: RunHeader): Run {
  const { prompt, inherited } = header;
  const early = inherited?.early ?? null;
  return {
    header,
    engine: null,
    phase: null,
    thought: {
      text: prompt.thought,
      tokens: inherited?.tokens ?? 0,
      cut: early !== null,
      ...(early === null ? {} : { early }),
    },
    answer: prompt.answer === null ? null : { text: prompt.answer, tokens: 0 },
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
    case "cut": {
      const { tokens, length, reason = "budget" } = event;
      return { ...run, thought: { text: run.thought.text.slice(0, length), tokens, cut: true, early: reason } };
    }
    case "hint":
      return { ...run, thought: { ...run.thought, text: run.thought.text.slice(0, event.length) + event.text } };
    case "answer":
      return { ...run, answer: { text: (run.answer?.text ?? "") + event.text, tokens: event.tokens } };
    case "trim": {
      const part = run[event.part];
      return part === null ? run : { ...run, [event.part]: { ...part, text: part.text.slice(0, event.length) } };
    }
    case "summary":
      return {
        ...run,
        summary: { text: (run.summary?.text ?? "") + event.text, tokens: event.tokens, whole: false },
      };
    case "summarised":
      return { ...run, summary: { text: "", tokens: 0, ...run.summary, whole: true } };
    case "usage":
      return run;
    case "resumed":
      return { ...run, outcome: null };
    case "outcome":
      return { ...run, outcome: event.outcome };
    case "decision":
      return { ...run, decision: event.decision };
  }
}
