import type { Document } from "../document/types.js";

/** The line end that most lines of a text have. */
export function lineEndOf(text: string): "\n" | "\r\n" {
  const crlf = text.split("\r\n").length - 1;
  return crlf * 2 > text.split("\n").length - 1 ? "\r\n" : "\n";
}

/** What stands before an offset at the beginning of its line: white space, and in Markdown quote marks. */
export function lineLead(document: Document, offset: number): string {
  const { text, syntax } = document;
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return (syntax === "latex" ? /^[ \t]*/ : /^[ \t>]*/).exec(line)![0];
}

/** Whether nothing but white space, and in Markdown quote marks, stands before an offset on its line. */
export function beginsLine(document: Document, offset: number): boolean {
  const { text } = document;
  return lineLead(document, offset).length === offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

/** Lines with a lead, the first one included if `first`; empty lines get no white space, insides of `verbatim` nothing. */
export function withLead(lines: string, lead: string, first: boolean): string {
  let verbatim = false;
  return lines
    .split("\n")
    .map((line, k) => {
      const within = verbatim;
      if (line.includes("\\begin{verbatim}")) verbatim = true;
      if (line.includes("\\end{verbatim}")) verbatim = false;
      if (within || (k === 0 && !first)) return line;
      return line.trim() === "" ? lead.trimEnd() : lead + line;
    })
    .join("\n");
}
