import { type Span, scan } from "./scan.js";

/**
 * A text whose mathematics and code stand as one-character-wide riddles, so that passes over the prose (and Markdown's
 * own parser) can't touch them. A riddle begins with `$`, which Markdown takes for punctuation, and ends with a
 * private-use character, which it takes for a letter: so `**Step 1.**\(x\)` and `**\(x\)**y` both keep their emphasis.
 */
export interface Hidden {
  readonly text: string;
  readonly spans: readonly Span[];
}

const open = "$\uE000";
const shut = "\uE001";

/** Finds a riddle; its group is the index into {@link Hidden.spans}. Make a fresh one for each loop. */
export const riddle = (): RegExp => /\$\uE000(\d+)\uE001/g;

/** The riddle of span number `index`. */
export const riddleOf = (index: number): string => `${open}${index}${shut}`;

/** Characters that no proof needs: private use (ours), controls, invisible and direction-changing ones. */
const noise =
  /[\uE000-\uE00F\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** The text with `\n` line ends and without control, private-use, zero-width and bidirectional characters. */
function plainCharacters(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, "\n")
    .replace(noise, "")
    .normalize("NFC");
}

/** Hides the mathematics and the code of a text. */
export function hide(source: string): Hidden {
  const text = plainCharacters(source);
  const spans = scan(text);
  let out = "";
  let at = 0;
  spans.forEach((span, index) => {
    out += text.slice(at, span.start) + riddleOf(index);
    at = span.end;
  });
  return { text: out + text.slice(at), spans };
}

/** Puts back what a choice of spans stands for; `put` answers null to leave a riddle in place. */
export function reveal(hidden: Hidden, put: (span: Span, index: number) => string | null): string {
  return hidden.text.replace(riddle(), (whole, digits: string) => {
    const span = hidden.spans[Number(digits)];
    return span === undefined ? "" : (put(span, Number(digits)) ?? whole);
  });
}

/** A span as it was written, with its delimiters. */
export function asWritten(span: Span): string {
  switch (span.opener) {
    case "\\(":
      return `\\(${span.tex}${span.closed ? "\\)" : ""}`;
    case "\\[":
      return `\\[${span.tex}${span.closed ? "\\]" : ""}`;
    case "$":
    case "$$":
      return `${span.opener}${span.tex}${span.opener}`;
    case "fence":
      return `\`\`\`math\n${span.tex}\n\`\`\``;
    default:
      return span.tex;
  }
}
