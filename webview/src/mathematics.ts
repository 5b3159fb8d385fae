import katex from "katex";

/** Longer formulas are shown as source. The longest display in 84 teacher proofs has under 2,000 characters. */
const LONGEST_FORMULA = 20_000;

/** Formulas of up to so many characters of source are not broken at the end of a line: they fit the narrowest panel. */
const SHORT = 24;

/** Characters of a formula that fit the narrowest panel without a break. */
const LONG_PIECE = 28;

/** KaTeX's own default, and the ceiling here. */
const MOST_EXPANSIONS = 1000;

/** Expansions times the length of what a macro stands for stay below this, so that a macro that repeats a long text can't hang the page. */
const MOST_EXPANDED = 400_000;

/** A formula that defines commands: its expansions can be as long as itself. */
const DEFINES = /\\(?:[egx]?def|global|long|(?:future)?let|(?:re)?newcommand|providecommand)\b/;

/** Formulas that are kept: while a paragraph grows, all but its last are the same from frame to frame. */
const MOST_KEPT = 400;

let kept = new Map<string, Node>();
let keptFor: Readonly<Record<string, string>> | null = null;

/**
 * The nodes of a formula: KaTeX's, or its source if it can't be set. Never throws, whatever the text is. `macros` is
 * not changed: what one formula defines by `\gdef` does not reach another.
 */
export function formula(tex: string, display: boolean, macros: Readonly<Record<string, string>>): Node {
  if (tex.length > LONGEST_FORMULA) return source(tex, display);
  if (keptFor !== macros || kept.size >= MOST_KEPT) {
    kept = new Map();
    keptFor = macros;
  }
  const key = (display ? "d" : "i") + tex;
  const node = kept.get(key) ?? setFormula(tex, display, macros);
  kept.set(key, node);
  return node.cloneNode(true);
}

function setFormula(tex: string, display: boolean, macros: Readonly<Record<string, string>>): Node {
  const bodies = Object.values(macros).map((body) => body.length);
  const longest = Math.max(1, DEFINES.test(tex) ? tex.length : 0, ...bodies);
  const template = document.createElement("template");
  try {
    template.innerHTML = katex.renderToString(tex, {
      displayMode: display,
      output: "htmlAndMathml",
      throwOnError: false,
      trust: false,
      strict: "ignore",
      maxExpand: Math.min(MOST_EXPANSIONS, Math.ceil(MOST_EXPANDED / longest)),
      maxSize: 12,
      macros: { ...macros },
    });
  } catch {
    // Not a parse error: the nesting was deeper than the stack, or a surrogate stood alone.
    return source(tex, display);
  }
  // KaTeX's own error is red text with a tooltip; the source in the text's colour is more use to a reader.
  if (template.content.querySelector(".katex-error")) return source(tex, display);
  const frame = document.createElement(display ? "div" : "span");
  frame.className = display ? "display" : tex.length <= SHORT ? "inline together" : "inline";
  frame.append(template.content);
  if (!display && hasLongPiece(frame)) frame.className = "inline wide";
  return frame;
}

/** Whether a formula has a piece that no line can be broken in and that a narrow panel can't hold. */
function hasLongPiece(frame: HTMLElement): boolean {
  return [...frame.querySelectorAll(".katex-base")].some((piece) => (piece.textContent ?? "").length > LONG_PIECE);
}

/** A formula that can't be set, or not yet, as it was written. */
export function source(tex: string, display: boolean): HTMLElement {
  const element = document.createElement(display ? "pre" : "code");
  element.className = "source";
  element.textContent = display ? `\\[${tex}\\]` : `\\(${tex}\\)`;
  return element;
}
