import type { RunAction } from "./channel.js";
import { element, setShown, setText } from "./elements.js";
import type { RunState } from "./state.js";
import { button, type ToolkitButton } from "./toolkit.js";

/** Milliseconds for which a button says that it has copied. */
const COPIED_FOR = 1600;

/** What a person can do with the proof, at the foot of the page. */
export class ActionsView {
  /** The footer; hidden while there is no proof to decide on. */
  readonly root: HTMLElement;
  readonly #note = element("p", "actions-note");
  readonly #accept: ToolkitButton;
  readonly #diff: ToolkitButton;
  readonly #reject: ToolkitButton;
  readonly #copy: ToolkitButton;
  #runId = "";
  #copied: ReturnType<typeof setTimeout> | undefined;

  /** @param act the reader wants something of the run with this id */
  constructor(act: (action: RunAction, runId: string) => void) {
    const make = (label: string, appearance: "primary" | "secondary", action: RunAction) =>
      button(label, appearance, () => act(action, this.#runId));
    this.#accept = make("Accept", "primary", "accept");
    this.#diff = make("Show Diff", "secondary", "showDiff");
    this.#reject = make("Reject", "secondary", "reject");
    this.#copy = button("Copy Proof", "secondary", () => {
      act("copy", this.#runId);
      this.#sayCopied();
    });
    const row = element("div", "actions-row", this.#accept, this.#diff, this.#reject, this.#copy);
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", "The proof");
    this.root = element("footer", "actions", this.#note, row);
  }

  /** Shows what can be done now. */
  update({ run, proposal }: RunState): void {
    this.#runId = run.header.id;
    const kind = run.outcome?.kind;
    // A cut proof may be worth keeping: whether it can go in is the editor's to say.
    const decidable = kind === "proved" || (kind === "cut-short" && proposal?.canAccept === true);
    const open = decidable && run.decision !== "accepted";
    setShown(this.root, run.outcome !== null && (run.answer?.text.trim() ?? "") !== "");
    setShown(this.#accept, open);
    setShown(this.#diff, open);
    setShown(this.#reject, open && run.decision === null);
    this.#accept.disabled = proposal?.canAccept !== true;
    this.#diff.disabled = proposal?.canAccept !== true;
    const note =
      run.decision === "accepted"
        ? "The proof is in your document. Undo takes it out again."
        : run.decision === "rejected"
          ? "Rejected. It stays here, and can still be accepted."
          : (proposal?.note ?? "");
    setText(this.#note, note);
    setShown(this.#note, note !== "");
  }

  #sayCopied(): void {
    setText(this.#copy, "Copied");
    clearTimeout(this.#copied);
    this.#copied = setTimeout(() => setText(this.#copy, "Copy Proof"), COPIED_FOR);
  }
}
