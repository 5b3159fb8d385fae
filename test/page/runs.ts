import { applyEvent, emptyRun } from "../../server/src/store/fold.js";
import type { Run, RunEvent, RunHeader, RunStatement } from "../../server/src/store/run.js";
import type { HostMessage, RunTiming, ShowOptions } from "../../webview/src/channel.js";

/** A statement as an author has it. */
const STATEMENT: RunStatement = {
  uri: "file:///notes/euclid.tex",
  kind: "theorem",
  title: "Euclid",
  label: "thm:primes",
  start: 120,
  text: "For every natural number \\(n\\) there is a prime \\(p > n\\). In particular, the set \\(\\PP\\) of primes is infinite.",
  written: "",
};

/** The head of a run. */
export function header(over: Partial<RunHeader> = {}): RunHeader {
  return {
    type: "run",
    schema: 1,
    id: "run-1",
    parent: null,
    time: "2026-11-24T10:00:00.000Z",
    statement: STATEMENT,
    prompt: { message: "Generate a rigorous proof to the following question:\n\n…", thought: "", answer: null },
    prefix: "",
    seed: 7,
    budget: { thought: 32_768, answer: 8192 },
    ...over,
  };
}

/** Macros of the document. */
export const OPTIONS: ShowOptions = {
  macros: { "\\PP": "\\mathbb{P}", "\\NN": "\\mathbb{N}", "\\abs": "\\left|#1\\right|" },
  rehearsalNote: "Rehearsal model: it has memorised the sample theorems.",
};

/** An engine with the real model. */
export const ENGINE: RunEvent = {
  type: "engine",
  engine: "local",
  model: "QED-Nano-SFT Q8_0",
  device: "NVIDIA GeForce RTX 4090",
  rehearsal: false,
  temperature: 0.6,
  topP: 0.95,
};

/** A thought as the model has them. */
export const THOUGHT = `We need to show that for every natural number \\(n\\) there is a prime \\(p > n\\). The classical idea is to look at a number that no small prime can divide.

Let me try \\(N = n! + 1\\). If \\(p\\) is a prime with \\(p \\mid N\\) and \\(p \\le n\\), then \\(p \\mid n!\\), so \\(p \\mid 1\\), which is absurd. So every prime factor of \\(N\\) is bigger than \\(n\\).

Wait, I need \\(N > 1\\) for a prime factor to exist. For \\(n = 0\\) we have \\(N = 0! + 1 = 2\\), fine. In general

\\[
N = n! + 1 \\ge 2 .
\\]

Is the existence of a prime factor allowed? It follows by strong induction: the least divisor \\(d > 1\\) of \\(N\\) is prime, since a proper divisor of \\(d\\) would be a smaller divisor of \\(N\\).

Alternatively, with \\(\\PP = \\{p_1, \\dots, p_k\\}\\) finite, take \\(P = p_1 p_2 \\cdots p_k + 1\\). Then \\(\\abs{P} > 1\\) and \\(P \\equiv 1 \\pmod{p_i}\\) for each \\(i\\). Both are the same argument; the first gives a bound too.

For the "in particular" part: an unbounded subset of \\(\\NN\\) is infinite. Good.

`;

/** A proof in the style of the model. */
export const PROOF = `### Setting

Let \\(n\\) be a natural number, and put
\\[
N = n! + 1. \\tag{1}
\\]

---

**Step 1: \\(N\\) has a prime factor.** Since \\(n! \\ge 1\\), we have \\(N \\ge 2\\). Let \\(p\\) be the least divisor of \\(N\\) with \\(p > 1\\). A divisor \\(d\\) of \\(p\\) with \\(1 < d < p\\) would divide \\(N\\) too, against the choice of \\(p\\). So \\(p\\) is prime.

**Step 2: this prime is greater than \\(n\\).** Suppose \\(p \\le n\\). Then \\(p\\) is one of the factors of \\(n! = 1 \\cdot 2 \\cdots n\\), so \\(p \\mid n!\\). By (1),
\\[
\\begin{aligned}
1 &= N - n! \\\\
  &= p \\cdot \\frac{N}{p} - p \\cdot \\frac{n!}{p} = p \\left( \\frac{N}{p} - \\frac{n!}{p} \\right),
\\end{aligned}
\\]
so \\(p \\mid 1\\), which is impossible for \\(p > 1\\). Hence \\(p > n\\).

**Step 3: there are infinitely many primes.** If \\(\\PP\\) were finite and not empty, it would have a greatest element \\(m\\). By the first part, applied to \\(n = m\\), there is a prime \\(p > m\\), against the choice of \\(m\\). And \\(\\PP\\) is not empty, since \\(2 \\in \\PP\\). So \\(\\PP\\) is infinite. \\(\\blacksquare\\)
`;

/** Times of a run that began ten seconds ago. */
export function timing(over: Partial<RunTiming> = {}): RunTiming {
  const started = Date.parse(header().time);
  return { now: started + 10_000, started, firstToken: started + 2000, ended: null, ...over };
}

/** The run after these events. */
export function runOf(events: readonly RunEvent[], over: Partial<RunHeader> = {}): Run {
  return events.reduce(applyEvent, emptyRun(header(over)));
}

/** Everything about a run, as a host would send it. */
export function show(
  events: readonly RunEvent[],
  over: Partial<Extract<HostMessage, { type: "show" }>> = {},
  head: Partial<RunHeader> = {},
): HostMessage {
  return {
    type: "show",
    run: runOf(events, head),
    events: events.length,
    timing: timing(),
    options: OPTIONS,
    proposal: null,
    ...over,
  };
}

/** A phase. */
export function phase(name: "loading" | "reading" | "thinking" | "writing", progress: number | null = null): RunEvent {
  return { type: "phase", phase: name, progress };
}

/** A text as the events of a stream: pieces of about `size` characters, tokens of about four. */
export function stream(type: "thought" | "answer", text: string, size = 24): RunEvent[] {
  const events: RunEvent[] = [];
  for (let at = 0; at < text.length; at += size) {
    events.push({ type, text: text.slice(at, at + size), tokens: Math.ceil(Math.min(text.length, at + size) / 4) });
  }
  return events;
}

/** A whole run that has found a proof. */
export const PROVED: readonly RunEvent[] = [
  ENGINE,
  phase("thinking"),
  ...stream("thought", THOUGHT),
  phase("writing"),
  ...stream("answer", PROOF),
  { type: "outcome", outcome: { kind: "proved" } },
];
