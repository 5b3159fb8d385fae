import type { Run } from "../../server/src/store/run.js";
import { element, setShown } from "./elements.js";
import { rich } from "./rich.js";

/** What is proven, and by what, above everything else. */
export class StatementView {
  /** The section. */
  readonly root: HTMLElement;
  readonly #text = element("div", "prose");
  readonly #engine = element("p", "engine");
  #shown = "";
  #macros: Readonly<Record<string, string>> | null = null;

  constructor() {
    const heading = element("h2", "sr-only", "Statement");
    this.#text.dir = "auto";
    this.root = element("section", "statement", heading, this.#text, this.#engine);
  }

  /** Shows the statement of a run. */
  update(run: Run, macros: Readonly<Record<string, string>>): void {
    const { text } = run.header.statement;
    if (text !== this.#shown || macros !== this.#macros) {
      this.#shown = text;
      this.#macros = macros;
      this.#text.replaceChildren(rich(statementBody(text), { macros, level: 2 }));
    }
    const { engine } = run;
    setShown(this.#engine, engine !== null);
    const made =
      engine === null ? "" : [engine.model, engine.device, `seed ${run.header.seed}`].filter(Boolean).join(" · ");
    if (this.#engine.textContent !== made) this.#engine.textContent = made;
  }
}

/**
 * A statement without what a reader doesn't want to see: the environment around it, its label, and the plainest of
 * LaTeX's text commands. What is left is shown as Markdown; a command that isn't known stays as it was written.
 */
function statementBody(text: string): string {
  return text
    .replace(/^\s*\\begin\{[^{}]*\}\s*(?:\[[^\]]*\])?/, "")
    .replace(/\\end\{[^{}]*\}\s*$/, "")
    .replace(/\\(?:label|index)\{[^{}]*\}\s*/g, "")
    .replace(/\\(?:emph|textit|textsl)\{([^{}]*)\}/g, "*$1*")
    .replace(/\\textbf\{([^{}]*)\}/g, "**$1**")
    .replace(/\\(?:eqref|ref|cref|Cref|autoref)\{([^{}]*)\}/g, "$1")
    .replace(/~/g, "\u00a0")
    .trim();
}
