import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the rehearsal model is to think and write for one statement. */
export interface RehearsalText {
  /** The document, relative to the root of the repository, with forward slashes. */
  readonly file: string;
  /** The statement's label, or its title or head where it has none. */
  readonly statement: string;
  readonly thought: string;
  /** Repeated for ever after the thought, which then never closes, with a leading space; null for a thought that ends. */
  readonly loop: string | null;
  /** What follows the written part of the proof; null where the thought ends without `</think>`. */
  readonly proof: string | null;
  /** What it thinks and writes when a run is steered, in the order of the file. */
  readonly turns: readonly RehearsalTurn[];
}

/** Another way for a run to go on, and what is then thought and written. */
export interface RehearsalTurn {
  /**
   * `hint` and `branch`: after `said`, at the end of any sentence of the thought. `summary`: the summary of the thought,
   * as its `proof`. `again`: after that summary. `differently`: told to avoid the approach of the proof.
   */
  readonly kind: "hint" | "branch" | "summary" | "again" | "differently";
  /** The hint, or what a person has put into the thought; empty for the other kinds. */
  readonly said: string;
  readonly thought: string;
  readonly proof: string;
}

const FILE = /^file: (.+)$/;
const STATEMENT = /^<!-- statement: (.+) -->$/;
const TURN = /^<!-- (hint|branch|summary|again|differently)(?:: (.+))? -->$/;

/**
 * Reads the texts of a folder: text files in which a line `file: PATH` begins the statements of a document, a line
 * `<!-- statement: LABEL -->` begins one of them, and a line `</think>` ends its thought. After a line `<loop>` comes
 * what is thought again and again. A line `<!-- hint: SENTENCE -->`, `<!-- branch: SENTENCE -->`, `<!-- summary -->`,
 * `<!-- again -->` or `<!-- differently -->` begins what is thought and written when the run is steered. Throws an Error that names the file and the line if a file has another form.
 */
export function readTexts(folder: string): RehearsalText[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  return names.sort().flatMap((name) => parseTexts(readFileSync(join(folder, name), "utf8"), name));
}

/** The texts of one such file (see {@link readTexts}); `name` is used in messages only. */
export function parseTexts(text: string, name: string): RehearsalText[] {
  const found: { file: string; statement: string; lines: string[] }[] = [];
  let file: string | null = null;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const where = `${name}, line ${index + 1}`;
    const statement = STATEMENT.exec(line)?.[1];
    const begun = FILE.exec(line)?.[1];
    if (begun !== undefined) {
      file = begun;
    } else if (statement !== undefined) {
      if (file === null) throw new Error(`${where}: a line "file: PATH" must come first.`);
      found.push({ file, statement, lines: [] });
    } else if (line.trim() !== "" || found.length > 0) {
      const last = found.at(-1);
      if (!last) throw new Error(`${where}: a line "<!-- statement: LABEL -->" must come before the text.`);
      last.lines.push(line);
    }
  }
  return found.map(({ file, statement, lines }) => {
    const turns = lines.flatMap((line, index) => (TURN.test(line) ? [index] : []));
    const end = (index: number) => turns[index + 1] ?? lines.length;
    return {
      file,
      statement,
      ...parts(lines.slice(0, turns[0])),
      turns: turns.map((at, index) => turn(lines[at]!, lines.slice(at + 1, end(index)))),
    };
  });
}

function turn(head: string, lines: readonly string[]): RehearsalTurn {
  const [, kind, said = ""] = TURN.exec(head)!;
  const { thought, proof } = parts(lines);
  return proof === null
    ? { kind: kind as RehearsalTurn["kind"], said, thought: "", proof: thought }
    : { kind: kind as RehearsalTurn["kind"], said, thought, proof };
}

function parts(lines: readonly string[]): Pick<RehearsalText, "thought" | "loop" | "proof"> {
  const joined = (from: number, to: number) => lines.slice(from, to).join("\n").trim();
  const closed = lines.indexOf("</think>");
  const end = closed === -1 ? lines.length : closed;
  const loop = lines.slice(0, end).indexOf("<loop>");
  return {
    thought: joined(0, loop === -1 ? end : loop),
    loop: loop === -1 ? null : ` ${joined(loop + 1, end)}`,
    proof: closed === -1 ? null : joined(closed + 1, lines.length),
  };
}
