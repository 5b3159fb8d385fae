import type { NewerRun, RunListEntry } from "../features/run-list.js";
import { earlyLabel } from "../store/labels.js";
import type { Run, RunOrigin } from "../store/run.js";
import { printProof } from "./prove-output.js";

/** Control characters of a stranger's text must not reach a terminal. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, " ").trim();
}

/** The runs of a user as a table, oldest first. */
export function listTable(runs: readonly (RunListEntry | NewerRun)[]): string {
  if (runs.length === 0) return "No runs.\n";
  const rows = runs.map((run) => {
    if ("newer" in run) return [run.id, "", "", "written by a newer version of QED Copilot"];
    const { id, time, state, statement, early, tokens, decision, origin } = run;
    const name = plain(statement.label ?? statement.title ?? statement.text);
    const notes = [
      ...(early === null ? [] : [early]),
      ...(decision === null ? [] : [decision]),
      ...originWords(origin),
    ];
    return [
      id,
      time.slice(0, 16).replace("T", " "),
      `${state}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`,
      `${tokens.thought} + ${tokens.answer} tokens  ${statement.kind} ${name.slice(0, 50)}`,
    ];
  });
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((row) => `${row}\n`)
    .join("");
}

function originWords(origin: RunOrigin | null): string[] {
  switch (origin?.kind) {
    case "branch":
      return ["branched"];
    case "summary":
      return [`round ${origin.round}`];
    case "different":
      return ["differently"];
    case "sample":
      return [`${origin.index + 1} of ${origin.of}`];
    default:
      return [];
  }
}

/** One run for a person: where it comes from, its thought, and its proof with what must be said of it. */
export function runText(run: Run): string {
  const { header, engine, thought, answer, outcome, summary } = run;
  const { statement } = header;
  const early = earlyLabel(run.thought);
  const rows: [string, string | null][] = [
    ["Run", header.id],
    ["Time", header.time],
    ["Goes on from", header.parent],
    ["Document", statement.uri],
    [
      "Statement",
      `${statement.kind}${statement.label === null ? "" : ` ${statement.label}`}: ${plain(statement.text)}`,
    ],
    ["Model", engine ? `${plain(engine.model)} on ${plain(engine.device)}` : null],
    ["Seed", String(header.seed)],
    ["Outcome", outcome?.kind ?? (run.phase === "paused" ? "paused" : "interrupted")],
    ["", outcome && "message" in outcome ? outcome.message : null],
    ["Thought", `${thought.tokens} tokens${early === null ? "" : `, ${early}`}`],
  ];
  const head = rows.flatMap(([name, value]) => (value === null ? [] : [`${name === "" ? "" : `${name}: `}${value}\n`]));
  const shown = (text: string) => text.replace(/[^\P{Cc}\n\t]/gu, "");
  const hasProof = outcome?.kind === "proved" || outcome?.kind === "cut-short";
  return [
    ...head,
    ...(summary ? [`\nSummary of the thought before:\n${shown(summary.text)}\n`] : []),
    `\nThought:\n${shown(thought.text)}\n`,
    hasProof ? printProof(run) : answer ? `\nWritten so far of the proof:\n${shown(answer.text)}\n` : "",
  ].join("");
}
