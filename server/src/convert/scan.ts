/**
 * The first look at the model's Markdown: where mathematics is, and where code is.
 *
 * It runs before any Markdown parser, because Markdown would eat the backslash of `\(`, read `_` and `*` inside
 * formulas as emphasis, split tables at `|x|` and start lists at `- y`. Total and linear: any text, cut anywhere.
 */

/** How a formula was opened: a delimiter, a bare `\begin{align}` (`begin`), or a fenced `math` block (`fence`). */
type Opener = "\\(" | "\\[" | "$" | "$$" | "begin" | "fence";

/** A stretch of the text that is not prose. Offsets are UTF-16, half-open, delimiters included. */
export interface Span {
  readonly kind: "math" | "code";
  readonly start: number;
  readonly end: number;
  /** Mathematics: the formula without its delimiters and without the `>` of an enclosing quote. Code: as written. */
  readonly tex: string;
  readonly display: boolean;
  /** Null for code. */
  readonly opener: Opener | null;
  /** False if the text ended (or its paragraph did) before the formula or the code block was closed. */
  readonly closed: boolean;
}

/** Environments that are displays of their own when they stand in the text without delimiters. */
const bare =
  /\\begin\s*\{((?:align|alignat|flalign|gather|multline|equation|eqnarray)\*?|displaymath|aligned|gathered|alignedat|split|cases|dcases|[pbBvV]?matrix|array)\}/y;

/** The prefix of a line: its indentation, quote and list marks. */
export function containersOf(line: string): string {
  return /^[ \t]*(?:(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))[ \t]*)*/.exec(line)![0];
}

/** Takes `depth` quote marks from the beginning of every line but the first. */
function unquote(text: string, depth: number): string {
  if (depth === 0 || !text.includes("\n")) return text;
  const marks = new RegExp(`^(?:[ \\t]*>){1,${depth}} ?`);
  return text
    .split("\n")
    .map((line, index) => (index === 0 ? line : line.replace(marks, "")))
    .join("\n");
}

/** A fence that opens with `text`, the line after its prefix. */
function fenceAt(text: string): { readonly mark: string; readonly info: string } | null {
  const found = /^(`{3,}|~{3,})(.*)$/.exec(text);
  if (found === null || (found[1]!.startsWith("`") && found[2]!.includes("`"))) return null;
  return { mark: found[1]!, info: found[2]!.trim() };
}

/** The end of the line that closes a fence, and the end of its content; the end of the text if nothing closes it. */
function fenceEnd(text: string, from: number, mark: string): { end: number; content: number; closed: boolean } {
  const close = new RegExp(`^(?:[ \\t]*>)*[ \\t]*${mark[0] === "`" ? "`" : "~"}{${mark.length},}[ \\t]*$`);
  for (let at = from; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const stop = newline < 0 ? text.length : newline;
    if (close.test(text.slice(at, stop))) return { end: stop, content: Math.max(from, at - 1), closed: true };
    at = stop + 1;
  }
  return { end: text.length, content: text.length, closed: false };
}

/** The offset of the first blank line after `from` (quote marks count as blank), or the end of the text. */
function paragraphEnd(text: string, from: number): number {
  const blank = /\n[ \t>]*(?=\n)/g;
  blank.lastIndex = from;
  return blank.exec(text)?.index ?? text.length;
}

/** How long a formula in backslash delimiters may be: hostile text must not make the scan quadratic. */
const formulaReach = 10_000;

/** The end of `\(…\)` or `\[…\]` opened at `start`, or −1. Another opener at brace depth 0 means "not closed". */
function closeBackslash(text: string, start: number, limit: number): number {
  const open = text[start + 1]!;
  const close = open === "(" ? ")" : "]";
  let braces = 0;
  let nested = 0;
  for (let at = start + 2; at < Math.min(limit, start + formulaReach); at++) {
    const char = text[at]!;
    if (char === "{") braces++;
    else if (char === "}") braces--;
    else if (char === "\\") {
      const next = text[++at];
      if (next === close) {
        if (nested === 0) return at + 1;
        nested--;
      } else if (next === open) {
        if (braces <= 0) return -1;
        nested++;
      }
    }
  }
  return -1;
}

/** The end of `\\(…\\)` or `\\[…\\]`, whose backslashes were escaped once too often, in one paragraph; or −1. */
function doubled(text: string, start: number, limit: number): number {
  const open = /\\\\([([])/y;
  open.lastIndex = start;
  const bracket = open.exec(text)?.[1];
  if (bracket === undefined) return -1;
  const near = text.slice(start + 3, Math.min(limit, start + 1_000));
  const close = near.indexOf(bracket === "(" ? "\\\\)" : "\\\\]");
  const again = near.indexOf(`\\\\${bracket}`);
  return close <= 0 || (again >= 0 && again < close) ? -1 : start + 3 + close + 3;
}

/** How far a `$` looks for its partner: a price in a long text must not make the scan quadratic. */
const dollarReach = 4000;

const words = /\\(?:text(?:rm|bf|it|normal)?|[mh]box)\s*\{[^{}\n]{0,300}\}/y;

/** The last unit of the command at `at`; of all of `\text{if $n$ is odd}`, whose dollars end no formula around it. */
function skipWords(text: string, at: number): number {
  words.lastIndex = at;
  const found = words.exec(text)?.[0];
  return found !== undefined && found.split("$").length % 2 === 1 ? words.lastIndex - 1 : at + 1;
}

/** The end of `$…$` by Pandoc's rule (so that "costs $5 or $6" is no formula) or of `$$…$$`, or −1. */
function closeDollar(text: string, start: number, limit: number): number {
  const display = text[start + 1] === "$";
  const first = start + (display ? 2 : 1);
  let braces = 0;
  if (first >= limit || (!display && /\s/.test(text[first]!))) return -1;
  for (let at = first; at < Math.min(limit, start + dollarReach); at++) {
    const char = text[at]!;
    if (char === "\\") at = display ? at + 1 : skipWords(text, at);
    else if (char === "$" && display) {
      if (text[at + 1] === "$") return at === first ? -1 : at + 2;
    } else if (char === "{") braces++;
    else if (char === "}") braces--;
    else if (char === "$" && at > first && !/\s/.test(text[at - 1]!) && !/[0-9$]/.test(text[at + 1] ?? "")) {
      return at + 1;
      // "costs $5 and $10, while $x$ is 3": a formula holds no dollar but in the text inside it.
    } else if (char === "$" && !display && braces <= 0) return -1;
  }
  return -1;
}

/** The end of the bare environment that opens at `start`, or −1; `begin` inside `begin` of one name is counted. */
function closeEnvironment(text: string, start: number, name: string): number {
  const mark = new RegExp(`\\\\(begin|end)\\s*\\{${name.replace("*", "\\*")}\\}`, "g");
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += found[1] === "begin" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return -1;
}

/** The mathematics and the code of a text, in order, never overlapping. */
export function scan(text: string): readonly Span[] {
  const spans: Span[] = [];
  const hopeless = new Set<string>();
  let paragraph = -1;
  let depth = 0;
  let at = 0;
  const limit = (): number => {
    if (paragraph < at) paragraph = paragraphEnd(text, at);
    return paragraph;
  };
  const add = (end: number, span: Omit<Span, "start" | "end">): void => {
    spans.push({ ...span, start: at, end });
    at = end;
  };
  const math = (end: number, opener: Opener, from: number, to: number, display: boolean, closed = true): void =>
    add(end, { kind: "math", tex: unquote(text.slice(from, to), depth), display, opener, closed });
  const code = (end: number, closed = true): void =>
    add(end, { kind: "code", tex: text.slice(at, end), display: false, opener: null, closed });
  let atLineStart = true;
  while (at < text.length) {
    if (atLineStart) {
      atLineStart = false;
      const newline = text.indexOf("\n", at);
      const line = text.slice(at, newline < 0 ? text.length : newline);
      const prefix = containersOf(line);
      depth = prefix.split(">").length - 1;
      const fence = fenceAt(line.slice(prefix.length));
      if (fence !== null) {
        const body = at + line.length + 1;
        at += prefix.length;
        const { end, content, closed } = fenceEnd(text, body, fence.mark);
        if (/^\{?math\}?$/.test(fence.info) && closed) math(end, "fence", Math.min(body, content), content, true);
        else code(end, closed);
        continue;
      }
    }
    const char = text[at]!;
    if (char === "\n") {
      atLineStart = true;
      at++;
    } else if (char === "`") {
      const run = /`+/y;
      run.lastIndex = at;
      const mark = run.exec(text)![0];
      const closing = hopeless.has(mark + limit()) ? -1 : backticks(text, at + mark.length, mark.length, limit());
      if (closing < 0) {
        hopeless.add(mark + limit());
        at += mark.length;
      } else code(closing);
    } else if (char === "\\" && (text[at + 1] === "(" || text[at + 1] === "[")) {
      const display = text[at + 1] === "[";
      const end = closeBackslash(text, at, display ? text.length : limit());
      const opener = display ? "\\[" : "\\(";
      if (end >= 0) math(end, opener, at + 2, end - 2, display);
      else {
        const next = text.indexOf(opener, at + 2);
        const stop = Math.min(limit(), next < 0 ? text.length : next);
        math(stop, opener, at + 2, stop, display, false);
      }
    } else if (char === "\\") {
      const twice = doubled(text, at, limit());
      const display = text[at + 2] === "[";
      bare.lastIndex = at;
      const name = bare.exec(text)?.[1];
      const end = name === undefined || hopeless.has(name) ? -1 : closeEnvironment(text, at, name);
      if (twice >= 0) math(twice, display ? "\\[" : "\\(", at + 3, twice - 3, display);
      else if (end >= 0) math(end, "begin", at, end, true);
      else {
        if (name !== undefined) hopeless.add(name);
        at += text[at + 1] === "\n" ? 1 : 2;
      }
    } else if (char === "$") {
      const display = text[at + 1] === "$";
      const end = closeDollar(text, at, limit());
      const width = display ? 2 : 1;
      if (end >= 0) math(end, display ? "$$" : "$", at + width, end - width, display);
      else at += width;
    } else at++;
  }
  return spans;
}

/** The end of the next run of exactly `length` backticks before `limit`, or −1. */
function backticks(text: string, from: number, length: number, limit: number): number {
  const run = /`+/g;
  run.lastIndex = from;
  for (let found = run.exec(text); found !== null && found.index < limit; found = run.exec(text)) {
    if (found[0].length === length) return run.lastIndex;
  }
  return -1;
}
