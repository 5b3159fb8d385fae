import type { Line } from "./lines.js";

/** Options at the top of a MyST directive: `:label: x` lines or a YAML block between `---` lines. */
export interface Options {
  readonly label: string | null;
  /** Index of the first line after them. */
  readonly next: number;
}

/** Reads the options that start at line `from`. */
export function readOptions(lines: readonly Line[], from: number): Options {
  let k = from;
  let label: string | null = null;
  if (lines[k]?.text.trim() === "---") {
    for (let j = k + 1; j < lines.length && j < k + 40; j++) {
      const line = lines[j]!.text;
      if (line.trim() === "---") return { label, next: j + 1 };
      const match = /^\s*(?:label|name)\s*:\s*["']?([^"'\s]+)["']?\s*$/.exec(line);
      if (match) label ??= match[1]!;
    }
    return { label: null, next: from };
  }
  while (k < lines.length) {
    const match = /^\s*:([\w-]+):\s*(.*?)\s*$/.exec(lines[k]!.text);
    if (!match) break;
    if ((match[1] === "label" || match[1] === "name") && match[2] !== "") label ??= match[2]!;
    k++;
  }
  return { label, next: k };
}
