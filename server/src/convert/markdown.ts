import MarkdownIt, { type Env, type StateInline, type Token } from "markdown-it";
import { convertFormula } from "./formula.js";
import { asWritten, type Hidden, hide, reveal, riddle } from "./hidden.js";
import type { Span } from "./scan.js";

export type { Token } from "markdown-it";

/** Whether a link's destination may stay: http, https and mail, nothing that opens files or runs code. */
export function isSafeLink(destination: string): boolean {
  return /^(?:https?:\/\/|mailto:)[^\s<>"'`\\]+$/i.test(destination.trim());
}

/** What the rules of ours find beside the text. */
interface Environment extends Env {
  readonly spans: readonly Span[];
  readonly footnotes: ReadonlyMap<string, string>;
}

const md = new MarkdownIt({ html: false, linkify: false, typographer: true });
// Indented code: models indent displays as they like. Setext headings: `---` under a line is meant as a rule.
// Replacements would make a copyright sign of case "(c)".
md.disable(["code", "lheading", "replacements"]);
md.validateLink = isSafeLink;
md.inline.ruler.before("escape", "riddle", riddleRule);
md.inline.ruler.before("link", "footnote", footnoteRule);

/** Which formula a `math_inline` or `math_display` token is, and whether its text closes it. */
export function formulaOf(token: Token): { readonly index: number; readonly closed: boolean } {
  return token.meta as unknown as { index: number; closed: boolean };
}

function riddleRule(state: StateInline, silent: boolean): boolean {
  const pattern = /\$\uE000(\d+)\uE001/y;
  pattern.lastIndex = state.pos;
  const found = pattern.exec(state.src);
  if (found === null) return false;
  const span = (state.env as Environment).spans[Number(found[1])];
  if (!silent && span !== undefined) {
    const token = state.push(span.display ? "math_display" : "math_inline", "math", 0);
    token.content = span.tex;
    token.markup = span.opener ?? "";
    token.meta = { index: Number(found[1]), closed: span.closed };
  }
  state.pos += found[0].length;
  return true;
}

function footnoteRule(state: StateInline, silent: boolean): boolean {
  const pattern = /\[\^([^\]\s]{1,40})\]/y;
  pattern.lastIndex = state.pos;
  const found = pattern.exec(state.src);
  const { footnotes, ...rest } = state.env as Environment;
  const note = found === null ? undefined : footnotes.get(found[1]!);
  if (found === null || note === undefined) return false;
  if (!silent) {
    const token = state.push("footnote", "small", 0);
    // A note can't have notes: they could go round in circles.
    token.children = md.parseInline(note, { ...rest, footnotes: new Map() })[0]?.children ?? [];
  }
  state.pos += found[0].length;
  return true;
}

const definition = /^ {0,3}\[\^([^\]\s]{1,40})\]:[ \t]*(.*(?:\n(?![ \t]*(?:\n|$|\[\^))[^\n]+)*)/gm;

/** The tokens of a text whose formulas (but not its code) are still hidden. */
export function parseHidden(hidden: Hidden): Token[] {
  const footnotes = new Map<string, string>();
  const text = hidden.text
    .replace(definition, (_, name: string, note: string) => {
      footnotes.set(name, note.replace(/\s*\n\s*/g, " ").trim());
      return "";
    })
    // Markdown would read "(*) … (*)" as emphasis; it names an equation.
    .replace(/\((\*{1,3})(['′]?)\)/g, (_, stars: string, prime: string) => `(${stars.replace(/\*/g, "\\*")}${prime})`);
  const env: Environment = { spans: hidden.spans, footnotes };
  const tokens = md.parse(text, env);
  const unriddle = (value: string): string =>
    value.replace(riddle(), (_, index: string) => {
      const span = hidden.spans[Number(index)];
      return span === undefined ? "" : asWritten(span);
    });
  const walk = (list: readonly Token[]): void => {
    for (const token of list) {
      if (token.content !== "" && token.type !== "inline") token.content = unriddle(token.content);
      token.info = unriddle(token.info);
      if (token.children !== null) walk(token.children);
    }
  };
  walk(tokens);
  return tokens;
}

/** Hides a text's formulas; its code stays in place, for Markdown's own rules. */
function hideFormulas(text: string): Hidden {
  const hidden = hide(text);
  return { text: reveal(hidden, (span) => (span.kind === "code" ? span.tex : null)), spans: hidden.spans };
}

/**
 * The tokens of the model's Markdown: markdown-it's, and inside paragraphs, headings and cells `math_inline`,
 * `math_display` (their `content` is the formula without delimiters) and `footnote` (its `children` are the note).
 * Raw HTML is text; links other than http, https and mailto are text. Total: any text gives tokens.
 */
export function parseMarkdown(text: string): Token[] {
  return parseHidden(hideFormulas(text));
}

/**
 * HTML of the model's Markdown. Everything is escaped, there are no inline styles (a table cell's alignment is a class
 * `align-left`, `align-center` or `align-right`), and links go only to http, https and mail addresses.
 * @param renderMath gives the HTML of a formula (without delimiters); its result is not escaped
 * @param macros commands that `renderMath` knows beside KaTeX's own, with their backslash; others become upright names.
 *   By default all unknown commands are passed on.
 */
export function renderHtml(
  text: string,
  renderMath: (tex: string, display: boolean) => string,
  macros: ReadonlySet<string> | "any" = "any",
): string {
  const { escapeHtml } = md.utils;
  const render = (tokens: readonly Token[]): string =>
    tokens
      .map((token, index) => {
        if (token.type === "math_inline" || token.type === "math_display") {
          const display = token.type === "math_display";
          if (formulaOf(token).closed === false) return escapeHtml(token.markup + token.content);
          const formula = convertFormula(token.content, { dialect: "katex", display, macros });
          return renderMath(formula === null ? token.content : withTag(formula), display);
        }
        if (token.type === "footnote") return ` <small class="footnote">(${render(token.children ?? [])})</small>`;
        if (token.type === "image") return escapeHtml(token.content);
        if (token.type === "inline") return render(token.children ?? []);
        if (token.type === "link_open") token.attrSet("rel", "noreferrer noopener");
        const style = token.attrGet("style");
        if (style !== null) token.attrs = [["class", `align-${String(style).replace(/^.*:\s*/, "")}`]];
        const rule = md.renderer.rules[token.type];
        if (rule !== undefined) return rule(tokens as Token[], index, md.options, {}, md.renderer);
        return md.renderer.renderToken(tokens as Token[], index, md.options);
      })
      .join("");
  return render(parseMarkdown(text));
}

/** The body of a formula for KaTeX, with its tag if it has one. */
export function withTag(formula: {
  readonly body: string;
  readonly tags: readonly { text: string; starred: boolean }[];
}): string {
  const tag = formula.tags[0];
  return tag === undefined ? formula.body : `${formula.body} \\tag${tag.starred ? "*" : ""}{${tag.text}}`;
}
