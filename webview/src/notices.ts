import { element } from "./elements.js";
import type { RunState } from "./state.js";
import { button } from "./toolkit.js";
import { outcomeText } from "./words.js";

/** One thing that a reader should know, with the button that helps. */
interface Notice {
  readonly tone: "plain" | "careful" | "failed";
  readonly text: string;
  readonly setUp: boolean;
}

/** What is said about a run beside its text. */
export class NoticesView {
  /** The list; empty if there is nothing to say. */
  readonly root = element("div", "notices");
  readonly #setUp: () => void;
  #shown = "";

  /** @param setUp opens the set-up of a model */
  constructor(setUp: () => void) {
    this.#setUp = setUp;
  }

  /** Shows what there is to say now. */
  update(state: RunState): void {
    const notices = noticesOf(state);
    const key = JSON.stringify(notices);
    if (key === this.#shown) return;
    this.#shown = key;
    this.root.replaceChildren(
      ...notices.map(({ tone, text, setUp }) => {
        const node = element("div", `notice ${tone}`, element("p", "", text));
        if (setUp) node.append(button("Set Up Model", "primary", this.#setUp));
        return node;
      }),
    );
  }
}

function noticesOf({ run, options }: RunState): Notice[] {
  const notices: Notice[] = [];
  const { outcome } = run;
  if (outcome) {
    const tone = outcome.kind === "failed" ? "failed" : outcome.kind === "cancelled" ? "plain" : "careful";
    const kind = outcome.kind === "proved" ? "plain" : tone;
    notices.push({ tone: kind, text: outcomeText(outcome), setUp: outcome.kind === "unknown-to-rehearsal" });
  }
  if (run.answer && run.engine?.rehearsal && options.rehearsalNote !== "") {
    notices.push({ tone: "careful", text: options.rehearsalNote, setUp: false });
  }
  return notices;
}
