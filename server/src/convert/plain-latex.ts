import { plainSymbol } from "./plain-signs.js";

/**
 * What stands for the commands of amsmath and amssymb in a document that loads neither: the kernel's own commands, put
 * together so that they print the same or nearly; a sign that can't be made of them is its name in upright letters.
 */

/** What a LaTeX document has beyond the kernel. */
export interface LatexPackages {
  readonly amsmath: boolean;
  readonly amssymb: boolean;
  /** `\mathbb` and `\mathfrak`; true wherever `amssymb` is. */
  readonly amsfonts: boolean;
}

/** A document with all of them. */
export const AMS: LatexPackages = { amsmath: true, amssymb: true, amsfonts: true };

/** The LaTeX of one sign (`\nmid`, `\mathbb{R}`, `\tfrac{1}{2}`) as a document with those packages knows it. */
export function plainSign(tex: string, packages: LatexPackages): string {
  if (packages.amsmath && packages.amssymb) return tex;
  const alphabet = /^\\(mathbb|mathfrak|boldsymbol|tfrac)((?:\{[^{}]*\})+)$/.exec(tex);
  if (alphabet !== null)
    return plainShaped(alphabet[1]!, [...alphabet[2]!.matchAll(/\{[^{}]*\}/g)].map(String), null, packages) ?? tex;
  return tex.replace(/\\([a-zA-Z]+)/g, (whole, name: string) => plainSymbol(name, packages) ?? whole);
}

const isRelation = (tex: string): boolean =>
  /^\{?\s*(?:[=<>:]+|\\(?:le|leq|ge|geq|equiv|sim|simeq|approx|cong|to|rightarrow|leftarrow|Rightarrow|Longrightarrow|longrightarrow|Leftrightarrow|iff|in|subset|subseteq|ne|neq|mapsto))\s*\}?$/.test(
    tex,
  );

/**
 * A command with arguments as a document with those packages has it; null if it can stay as it is.
 * @param parts the arguments, braced or one token each
 * @param option the optional argument, without its brackets
 * @param inScript whether it stands in an exponent or an index, where boxes must be made small
 */
export function plainShaped(
  name: string,
  parts: readonly string[],
  option: string | null,
  packages: LatexPackages,
  inScript = false,
): string | null {
  const [first = "{}", second = "{}"] = parts.map((part) => (/^\{[\s\S]*\}$/.test(part) ? part : `{${part}}`));
  if (!packages.amsfonts && name === "mathbb") return `\\mathbf${first}`;
  if (!packages.amsfonts && name === "mathfrak") return `\\mathsf${first}`;
  if (packages.amsmath) return null;
  const bare = (part: string): string => part.slice(1, -1).trim();
  const size = inScript ? "\\scriptsize" : "";
  switch (name) {
    case "dfrac":
    case "cfrac":
      return `{\\displaystyle\\frac${first}${second}}`;
    case "tfrac":
      return `{\\textstyle\\frac${first}${second}}`;
    case "binom":
    case "tbinom":
      return `{${bare(first)} \\choose ${bare(second)}}`;
    case "dbinom":
      return `{\\displaystyle ${bare(first)} \\choose ${bare(second)}}`;
    case "overset":
      return isRelation(second) ? `\\stackrel${first}${second}` : `\\mathop{${bare(second)}}\\limits^${first}`;
    case "underset":
      return isRelation(second)
        ? `\\mathrel{\\mathop{${bare(second)}}\\limits_${first}}`
        : `\\mathop{${bare(second)}}\\limits_${first}`;
    case "operatorname":
      return `\\mathop{\\mathrm${first}}\\nolimits`;
    case "operatorname*":
      return `\\mathop{\\mathrm${first}}`;
    case "boldsymbol":
      return /^\{?\s*[A-Za-z0-9]+\s*\}?$/.test(first)
        ? `\\mathbf${first}`
        : `\\mbox{${size}\\boldmath$${bare(first)}$}`;
    case "boxed":
      return `\\fbox{$${inScript ? "\\scriptstyle" : "\\displaystyle"} ${bare(first)}$}`;
    case "xrightarrow":
    case "xleftarrow": {
      const arrow = name === "xrightarrow" ? "\\longrightarrow" : "\\longleftarrow";
      return `\\mathrel{\\mathop{${arrow}}\\limits^${first}${option === null ? "" : `_{${option}}`}}`;
    }
    case "dddot":
      return `\\mathop{${bare(first)}}\\limits^{...}`;
    case "overleftrightarrow":
      return `\\mathop{${bare(first)}}\\limits^{\\leftrightarrow}`;
    case "underrightarrow":
      return `\\mathop{${bare(first)}}\\limits_{\\rightarrow}`;
    case "underleftarrow":
      return `\\mathop{${bare(first)}}\\limits_{\\leftarrow}`;
    case "pod":
      return `\\;(${bare(first)})`;
    case "substack": {
      const rows = bare(first)
        .split(/\\\\(?:\[[^\]]*\]|\{\})?\s*/)
        .filter((row) => row.trim() !== "");
      const stacked = rows.reduceRight(
        (below, row) => (below === "" ? row.trim() : `${row.trim()} \\atop {${below}}`),
        "",
      );
      return rows.length > 1 ? `{\\scriptstyle ${stacked}}` : `{${stacked}}`;
    }
    default:
      return null;
  }
}
