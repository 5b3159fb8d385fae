import type { Line } from "./lines.js";

/** The index of the line on which a display that opens on line `from` closes; `from` if none stays open. */
export function displayEnd(lines: readonly Line[], from: number): number {
  const opened = opens(lines[from]!.text);
  if (opened === null) return from;
  const closer = opened === "$$" ? /\$\$/ : /\\\]/;
  for (let k = from + 1; k < lines.length && k < from + 200; k++) {
    if (lines[k]!.text.trim() === "") return from;
    if (closer.test(lines[k]!.text)) return k;
  }
  return from;
}

function opens(line: string): "$$" | "\\[" | null {
  let open: "$$" | "\\[" | null = null;
  for (const match of line.matchAll(/\\[\s\S]|\$\$|`[^`]*`/g)) {
    const token = match[0];
    if (token === "$$") open = open === "$$" ? null : (open ?? "$$");
    else if (token === "\\[") open ??= "\\[";
    else if (token === "\\]" && open === "\\[") open = null;
  }
  return open;
}
