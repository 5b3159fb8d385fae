import { PICTURES, VERBATIM } from "../../document/latex/vocabulary.js";
import type { Syntax } from "../../document/types.js";

/** Where a scan of text stands. */
export interface MarkupState {
  /** What is open, outermost first: `$`, `$$`, `\(`, `\[`, `{`, `\left`, `begin:NAME`. */
  readonly open: readonly string[];
  /** Whether something was closed that was not open, or in the wrong order. */
  readonly broken: boolean;
  /** How many of what was open before stayed open throughout. */
  readonly kept: number;
  /** Whether the end is in a comment, verbatim text or code, or in the name of a label or file. */
  readonly hidden: boolean;
  /** Offset after the delimiter of the innermost open formula; null outside formulas. */
  readonly formula: number | null;
}

/** Environments that are a formula. */
const FORMULA =
  /^begin:(?:equation|align|alignat|flalign|gather|multline|eqnarray|displaymath|math|dmath|IEEEeqnarray)\*?$/;
/** Commands whose argument is a name. */
const NAMES =
  /^\\(?:label|(?:eq|c|C|auto|page|name|v|hyper)?ref|cite[a-z]*|bibliography|input|include|includegraphics|usepackage|url|todo|begin|end)\*?(?:\[[^\]]*\])?\{[^{}]*$/;
const TOKEN =
  /\\begin\s*\{([^{}\n]*)\}|\\end\s*\{([^{}\n]*)\}|\\verb\*?([^A-Za-z\s])|\\(?:left|right)(?![A-Za-z])|\\[A-Za-z@]+|\\[\s\S]|\\$|\$\$?|[{}%]|`+|~{3,}|<!--|\n[ \t>]*\n|\n/g;

/** Whether an entry of {@link MarkupState.open} opens mathematics. */
function opensFormula(entry: string): boolean {
  return entry === "$" || entry === "$$" || entry === "\\(" || entry === "\\[" || FORMULA.test(entry);
}

const PAIRS: Readonly<Record<string, string>> = { "\\)": "\\(", "\\]": "\\[", "}": "{", "\\right": "\\left" };

/** Scans a text from the beginning, with what is open there already. Total. */
export function scanMarkup(text: string, syntax: Syntax, before: readonly string[] = []): MarkupState {
  const open = [...before];
  const starts: number[] = before.map(() => 0);
  let broken = false;
  let kept = before.length;
  const end = (hidden: boolean): MarkupState => {
    const formula = open.findLastIndex(opensFormula);
    // A brace of `\text{` in a formula holds text, whose own formulas are entries of their own.
    return { open, broken, kept, hidden, formula: formula < 0 ? null : starts[formula]! };
  };
  const push = (entry: string, at: number) => {
    open.push(entry);
    starts.push(at);
  };
  const close = (entry: string) => {
    if (open.at(-1) === entry) {
      open.pop();
      starts.pop();
      kept = Math.min(kept, open.length);
    } else broken = true;
  };
  let at = 0;
  const skipTo = (mark: string): boolean => {
    const found = text.indexOf(mark, at);
    at = found < 0 ? text.length : found + mark.length;
    return found >= 0;
  };
  if (syntax === "markdown" && /^%(?:\s|%)/.test(text) && !text.includes("\n")) return end(true);
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) break;
    const [token, begun, ended, verb] = match;
    at = TOKEN.lastIndex;
    if (begun !== undefined) {
      if (VERBATIM.has(begun) || PICTURES.has(begun)) {
        if (!skipTo(`\\end{${begun}}`)) return end(true);
      } else push(`begin:${begun}`, at);
    } else if (ended !== undefined) close(`begin:${ended}`);
    else if (verb !== undefined) {
      const stop = text.indexOf(verb, at);
      if (stop < 0 || text.slice(at, stop).includes("\n")) return end(true);
      at = stop + 1;
    } else if (token === "%") {
      if (syntax === "latex" && !skipTo("\n")) return end(true);
    } else if (token === "$" || token === "$$") at = dollar(token, at);
    else if (token === "\\(" || token === "\\[" || token === "{" || token === "\\left") push(token, at);
    else if (PAIRS[token] !== undefined) close(PAIRS[token]);
    else if (token[0] === "\n" && syntax === "markdown" && /^%%?(?:\s|$)/.test(text.slice(at, at + 3))) {
      if (!text.slice(at).includes("\n")) return end(true);
      at = text.indexOf("\n", at);
    } else if (/^\n[ \t>]*\n/.test(token)) at--;
    else if (syntax === "markdown" && (token[0] === "`" || token[0] === "~")) {
      if (token[0] === "~" && !beginsLine(match.index)) continue;
      if (!skipTo(token)) return end(token.length >= 3 || !text.slice(match.index).includes("\n"));
      if (token.length >= 3) while (text[at] === token[0]) at++;
    } else if (syntax === "markdown" && token === "<!--" && !skipTo("-->")) return end(true);
  }
  const line = text.slice(text.lastIndexOf("\n") + 1);
  const name = line.slice(Math.max(0, line.lastIndexOf("\\")));
  return end(NAMES.test(name) || /\\begin\s*\{[^{}\n]*$/.test(line) || /\{(?:prf:ref|cite|ref)\}`[^`]*$/.test(line));

  function beginsLine(index: number): boolean {
    return /(?:^|\n)[ \t>]*$/.test(text.slice(Math.max(0, index - 40), index));
  }

  /** A dollar opens or closes; two are a display unless one of them closes. Returns where the scan goes on. */
  function dollar(token: string, after: number): number {
    const top = open.at(-1);
    if (token === "$$" && top === "$") {
      close("$");
      return after - 1;
    }
    if (top === token) close(token);
    else if (syntax === "markdown" && token === "$" && /^(?:\s|$)/.test(text.slice(after, after + 1)) && top !== "$") {
      // A dollar before a space is money, unless it is the last thing typed.
      if (after === text.length) push("$", after);
    } else push(token, after);
    return after;
  }
}

/** Whether a text opens and closes the same, as it stands among what is open already. */
export function isBalanced(text: string, syntax: Syntax, before: readonly string[] = []): boolean {
  const state = scanMarkup(text, syntax, before);
  // A comment would swallow what follows the item.
  if (syntax === "latex" && /(?<!\\)(?:\\\\)*%/.test(text)) return false;
  if (state.broken || state.hidden || /(?<!\\)(?:\\\\)*\\$/.test(text)) return false;
  return state.kept === before.length && state.open.length === before.length;
}
