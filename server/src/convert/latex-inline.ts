import type { MathStyle } from "../document/types.js";
import { sourceOf } from "./danger.js";
import type { Formula } from "./formula.js";
import { tagKey, tagMarks } from "./formula-tokens.js";
import { type InlineMath, latexCode, latexText } from "./latex-text.js";
import { glued, type Layout, unglued } from "./layout.js";
import { formulaOf, isSafeLink, type Token } from "./markdown.js";
import type { LatexPackages } from "./plain-latex.js";
import type { References } from "./references.js";
import type { Span } from "./scan.js";

/** What the LaTeX of one proof is made with. `position` is the formula that was written last. */
export interface LatexWriter {
  readonly spans: readonly Span[];
  readonly formulas: readonly (Formula | null)[];
  readonly order: ReadonlyMap<number, number>;
  readonly references: References;
  readonly math: MathStyle;
  readonly packages: LatexPackages;
  readonly layout: Layout;
  position: number;
}

/** The LaTeX of a paragraph: text, and displays that stand between its lines. */
export interface InlinePart {
  readonly display: boolean;
  readonly text: string;
}

const inlineMath = ({ math, packages }: LatexWriter): InlineMath =>
  math.inline === "$" ? { open: "$", close: "$", packages } : { open: "\\(", close: "\\)", packages };

/** Prose, with `(1)` turned into `\eqref` where the proof has a tag of that name. */
function prose(text: string, writer: LatexWriter): string {
  const delimiters = inlineMath(writer);
  let out = "";
  let at = 0;
  for (const found of text.matchAll(/(?<![\p{L}\d_^'])\(([^()\s]{1,12})\)/gu)) {
    const reference = writer.references.resolve(found[1]!, writer.position, writer.order);
    // Where there is nothing to refer to, (1') still has the prime that its equation prints.
    const primed = /^(\w{1,3})['’′]$/.exec(found[1]!)?.[1];
    if (reference === null && primed === undefined) continue;
    const { open, close } = delimiters;
    out +=
      latexText(text.slice(at, found.index), delimiters) +
      (reference ?? `(${latexText(primed!, delimiters)}${open}'${close})`);
    at = found.index + found[0].length;
  }
  return out + latexText(text.slice(at), delimiters);
}

function inlineFormula(index: number, writer: LatexWriter): string {
  const formula = writer.formulas[index];
  const span = writer.spans[index]!;
  if (formula === null || formula === undefined) return latexCode(sourceOf(span), writer.packages);
  const name = /^\(([^()]{1,20})\)$/.exec(formula.body)?.[1];
  const reference =
    name === undefined || tagKey(name) === "" ? null : writer.references.resolve(name, index, writer.order);
  writer.position = index;
  if (reference !== null) return reference;
  if (formula.body === "") return "";
  const words = /^\\(?:text|mbox)\{(\(?\\(?:eq)?ref\{[^{}]*\}\)?|[^\\{}$]*)\}$/.exec(formula.body)?.[1];
  if (words !== undefined) return words;
  const { open, close } = inlineMath(writer);
  return glued(`${open}${formula.body}${close}`);
}

function displayFormula(index: number, writer: LatexWriter): string {
  const formula = writer.formulas[index];
  const span = writer.spans[index]!;
  writer.position = index;
  if (formula === null || formula === undefined) return latexCode(sourceOf(span), writer.packages);
  const tagText = (tag: number): string => {
    const { text, starred } = formula.tags[tag]!;
    if (!writer.packages.amsmath) return `\\eqno\\mbox{${starred ? text : `(${text})`}}`;
    return `\\tag${starred ? "*" : ""}{${text}}${writer.references.mark(index, tag)}`;
  };
  const body = formula.body
    .replace(tagMarks(), (_, tag: string) => ` ${tagText(Number(tag))}`)
    .replace(/^(?=.)/gm, writer.layout.display);
  if (formula.environment !== null) return `\\begin{${formula.environment}}\n${body}\n\\end{${formula.environment}}`;
  const tag = formula.tags.length > 0 ? ` ${tagText(0)}` : "";
  if (formula.body === "" && tag === "") return "";
  if (tag === "" && formula.labels.length > 0) {
    return `\\begin{equation}${writer.references.mark(index, 0)}\n${body}\n\\end{equation}`;
  }
  // The kernel's `\]` does not close what `\eqno` has opened.
  if (tag !== "" && !writer.packages.amsmath) return `$$\n${body}${tag}\n$$`;
  if (writer.math.display === "\\[") return `\\[\n${body}${tag}\n\\]`;
  // TeX's own `$$` knows no `\tag`.
  return tag === "" ? `$$\n${body}\n$$` : `\\begin{equation*}\n${body}${tag}\n\\end{equation*}`;
}

/** The parts of a paragraph. Without `displays` (in a heading, a cell, a note) displays are set in the line. */
export function inlineParts(tokens: readonly Token[], writer: LatexWriter, displays: boolean): InlinePart[] {
  const parts: InlinePart[] = [];
  let text = "";
  // Commands that are open around the present place; a display inside them is set in the line, which always compiles.
  let open = 0;
  const link: { href: string; text: number }[] = [];
  tokens.forEach((token, at) => {
    switch (token.type) {
      case "text":
        text += prose(token.content, writer);
        break;
      case "math_inline":
        text += inlineFormula(formulaOf(token).index, writer);
        break;
      case "math_display":
        if (!displays || open > 0) {
          const formula = writer.formulas[formulaOf(token).index];
          if (formula?.environment === null && formula.tags.length === 0)
            text += inlineFormula(formulaOf(token).index, writer).replace(
              /^(\$|\\\()/,
              `$1\\displaystyle${glued(" ")}`,
            );
          else if (displays) text += `\n${displayFormula(formulaOf(token).index, writer)}\n`;
          else text += latexCode(sourceOf(writer.spans[formulaOf(token).index]!), writer.packages);
        } else {
          parts.push({ display: false, text }, { display: true, text: displayFormula(formulaOf(token).index, writer) });
          text = "";
        }
        break;
      case "code_inline":
        text += glued(latexCode(token.content, writer.packages));
        break;
      case "strong_open":
      case "em_open":
        open++;
        text += token.type === "em_open" ? "\\emph{" : "\\textbf{";
        break;
      case "strong_close":
      case "em_close":
        open--;
        text += "}";
        break;
      // Nothing in LaTeX's kernel strikes text out; as it stands it would say the opposite.
      case "s_open":
        text += "(struck out: ";
        break;
      case "s_close":
        text += ")";
        break;
      case "softbreak":
        text += "\n";
        break;
      case "hardbreak": {
        const besideDisplay = [tokens[at - 1], tokens[at + 1]].some(
          (other) => other === undefined || other.type === "math_display",
        );
        text += besideDisplay || !displays ? " " : "\\\\\n";
        break;
      }
      case "footnote":
        text += `\\footnote{${inlineText(token.children ?? [], writer)}}`;
        break;
      case "image":
        text += latexText(token.content, inlineMath(writer));
        break;
      case "link_open":
        link.push({ href: String(token.attrGet("href") ?? ""), text: text.length });
        break;
      case "link_close": {
        const from = link.pop();
        const shown = text.slice(from?.text ?? 0);
        if (from !== undefined && isSafeLink(from.href) && shown !== latexText(from.href, inlineMath(writer))) {
          text += ` (${glued(latexCode(from.href, writer.packages))})`;
        } else if (from !== undefined && isSafeLink(from.href)) {
          text = text.slice(0, from.text) + glued(latexCode(from.href, writer.packages));
        }
        break;
      }
    }
  });
  parts.push({ display: false, text });
  return parts
    .map((part) => ({ ...part, text: part.display ? part.text : guarded(part.text.trim()) }))
    .filter((part) => part.text !== "");
}

/** After `\\`, TeX takes a bracket or a star for an argument. */
function guarded(text: string): string {
  return text
    .replace(/\n\s*\n/g, "\n")
    .replace(/\\\\\n(?=[[*])/g, "\\\\{}\n")
    .replace(/(?<=[^\\])[ \t]+$/gm, "");
}

/** The LaTeX of prose that must stay in one line: headings, cells, notes. */
export function inlineText(tokens: readonly Token[], writer: LatexWriter): string {
  const parts = inlineParts(tokens, writer, false).map(({ text }) => text);
  return unglued(parts.join(" ").replace(/\s*\n\s*/g, " "));
}
