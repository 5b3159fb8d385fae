/** The ends of lists that a body ends with. */
const LISTS = /(?:\n[ \t]*\\end\{(?:itemize|enumerate)\})+$/;
/** The end of a display without a number. */
const DISPLAY = /\n[ \t]*(\\\]|\$\$|\\end\{(?:align|gather|equation|multline)\*\})$/;

/**
 * Puts amsthm's `\qedhere` into the display or the list item that ends a proof, so that the tombstone stands beside it
 * and not in a line of its own. Left out where it would meet a `\tag` or a number, and where the proof ends otherwise.
 */
export function withQedHere(body: string): string {
  const lists = LISTS.exec(body)?.[0] ?? "";
  const text = body.slice(0, body.length - lists.length);
  const end = DISPLAY.exec(text);
  if (end === null) {
    // Behind a table, code or a numbered equation there is nothing that it could stand beside.
    return lists === "" || /\\(?:end\{[^{}]*\}|\])$|\$\$$/.test(text) ? body : `${text} \\qedhere${lists}`;
  }
  const close = end[1]!;
  const open = close === "\\]" ? "\\[" : close === "$$" ? "$$" : close.replace("end", "begin");
  const start = text.lastIndexOf(`${open}\n`, end.index - 1);
  if (start < 0) return body;
  const inner = text.slice(start + open.length, end.index);
  const lastRow = /align|gather/.test(close) ? inner.slice(inner.lastIndexOf("\\\\") + 1) : inner;
  if (/\\tag|\\label|\\eqno/.test(lastRow)) return body;
  // In TeX's own `$$` the tombstone would stick to the formula.
  const [opening, closing] = close === "$$" ? ["\\[", "\\]"] : [open, close];
  const indent = end[0].slice(0, end[0].length - close.length);
  return `${text.slice(0, start)}${opening}${inner} \\qedhere${indent}${closing}${lists}`;
}
