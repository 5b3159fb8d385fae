import { sep } from "node:path";
import type { Finding, Witness } from "../judge/finding.js";
import type { Relation, RelationReport } from "../judge/relations/check-relations.js";

/** A file with what the check of its relations gave. */
export interface CheckedFile {
  /** As it was named on the command line. */
  readonly file: string;
  readonly text: string;
  readonly report: RelationReport;
}

/** A finding as `--json` prints it. A contract: fields may be added. */
interface JsonFinding {
  readonly file: string;
  readonly code: string;
  readonly severity: string;
  /** UTF-16 offsets of the relation's own text, half-open. */
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  readonly message: string;
  readonly witness: Witness | null;
}

/** What `--json` prints. */
interface JsonReport {
  /** How many relations were read and tried. */
  readonly checked: number;
  readonly findings: readonly JsonFinding[];
  /** All relations, those included that could not be read. */
  readonly relations: number;
  /** With `--explain`: how many relations were passed over, by reason. */
  readonly silent?: Readonly<Record<string, number>>;
}

/** The report of some files for programs. */
export function jsonOf(files: readonly CheckedFile[], explain: boolean): JsonReport {
  const findings = files.flatMap(({ file, text, report }) =>
    report.findings.map(({ code, severity, start, end, message, witness }) => ({
      file,
      code,
      severity,
      start,
      end,
      line: placeOf(text, start).line,
      message,
      witness,
    })),
  );
  const { checked, relations } = countsOf(files);
  return { checked, findings, relations, ...(explain ? { silent: Object.fromEntries(reasonsOf(files)) } : {}) };
}

/** The report in plain words, one line for each finding and one for the sum. */
export function wordsOf(files: readonly CheckedFile[]): string {
  const lines = files.flatMap(({ file, text, report }) =>
    report.findings.map(
      (finding) => `${file}:${placeOf(text, finding.start).line}: ${finding.message}\n    ${quote(text, finding)}`,
    ),
  );
  const { checked, relations, refuted } = countsOf(files);
  const passed = relations - checked;
  const rest = passed === 0 ? "" : `, ${passed} could not be read`;
  lines.push(
    refuted === 0
      ? `No relation is refuted (${count(checked, "relation")} checked${rest}).`
      : `${count(refuted, "relation")} refuted (${count(checked, "relation")} checked${rest}).`,
  );
  return `${lines.join("\n")}\n`;
}

/** Each relation with what is known of it, then the reasons for silence with their counts. */
export function explained(files: readonly CheckedFile[]): string {
  const lines = files.flatMap(({ file, text, report }) =>
    report.relations.map(
      (relation) => `${file}:${placeOf(text, relation.start).line}: ${stateOf(relation)}: ${quote(text, relation)}`,
    ),
  );
  const reasons = reasonsOf(files);
  if (reasons.length > 0) lines.push("", "Passed over:");
  for (const [reason, times] of reasons) lines.push(`${String(times).padStart(6)}  ${reason}`);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n\n`;
}

function stateOf({ verdict }: Relation): string {
  switch (verdict.kind) {
    case "proved":
      return "identity holds (checked symbolically)";
    case "agrees":
      return verdict.points === 1 ? "holds (computed)" : `no counterexample at ${verdict.points} points`;
    case "follows":
      return "follows from equations stated nearby";
    case "refuted":
      return "refuted";
    default:
      return `passed over (${verdict.reason})`;
  }
}

function reasonsOf(files: readonly CheckedFile[]): [string, number][] {
  const reasons = new Map<string, number>();
  for (const { verdict } of files.flatMap(({ report }) => report.relations)) {
    if (verdict.kind === "silent") reasons.set(verdict.reason, (reasons.get(verdict.reason) ?? 0) + 1);
  }
  return [...reasons].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function countsOf(files: readonly CheckedFile[]): { checked: number; relations: number; refuted: number } {
  const all = files.flatMap(({ report }) => report.relations);
  const refuted = files.reduce((sum, { report }) => sum + report.findings.length, 0);
  return { checked: all.filter(({ read }) => read).length, relations: all.length, refuted };
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

function quote(text: string, { start, end }: { readonly start: number; readonly end: number }): string {
  const source = text.slice(start, end).replace(/\s+/g, " ");
  // A terminal obeys control characters.
  const plain = source.replace(/[\u0000-\u001f\u007f-\u009f]/g, "");
  return plain.length <= 160 ? plain : `${plain.slice(0, 157)}…`;
}

/** Line and column of an offset, from 1, in UTF-16 units. */
function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let from = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
    from = at + 1;
  }
  return { line, column: offset - from + 1 };
}

/** The report as SARIF 2.1.0 (OASIS), which code hosts show on a pull request. */
export function sarifOf(files: readonly CheckedFile[]): object {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "QED Copilot", rules: [RULE] } },
        columnKind: "utf16CodeUnits",
        results: files.flatMap((file) => file.report.findings.map((finding) => resultOf(file, finding))),
      },
    ],
  };
}

const RULE = {
  id: "step.refuted",
  name: "RefutedRelation",
  shortDescription: { text: "A relation is false." },
  fullDescription: { text: "A relation is false at the values that the message names, computed exactly." },
  defaultConfiguration: { level: "error" },
};

function resultOf({ file, text }: CheckedFile, finding: Finding): object {
  const [from, to] = [placeOf(text, finding.start), placeOf(text, finding.end)];
  return {
    ruleId: finding.code,
    ruleIndex: 0,
    level: finding.severity === "error" ? "error" : finding.severity === "warning" ? "warning" : "note",
    message: { text: finding.message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(file.split(sep).join("/")) },
          region: { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column },
        },
      },
    ],
  };
}
