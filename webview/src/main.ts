/** The page: takes messages, keeps the state, and shows it at most once a frame. */
import "katex/dist/katex.min.css";
import "./page.css";
import "./text.css";
import "./run.css";
import "./foot.css";
import "./contrast.css";
import { ActionsView } from "./actions.js";
import { CHANNEL_VERSION, type HostMessage, type PageMessage } from "./channel.js";
import { element, setShown, setText } from "./elements.js";
import { HeaderView } from "./header.js";
import { NoticesView } from "./notices.js";
import { ProofView } from "./proof.js";
import { type PageState, type RunState, reduce, WAITING } from "./state.js";
import { StatementView } from "./statement.js";
import { StickToEnd } from "./stick.js";
import { ThoughtView } from "./thought.js";
import { button, registerComponents } from "./toolkit.js";
import { standing } from "./words.js";

/** What VS Code gives a webview. */
declare function acquireVsCodeApi(): {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: Kept): void;
};

/** What the page keeps of itself when it is hidden and made again: nothing of the run. */
interface Kept {
  readonly runId: string;
  readonly thoughtOpen: boolean | null;
}

registerComponents();
const vscode = acquireVsCodeApi();
const post = (message: PageMessage) => vscode.postMessage(message);

let state: PageState = WAITING;
/** Whether the reader wants the thought open; null as long as that was left to the page. */
let thoughtOpen: boolean | null = null;
let shownRun = "";
/** Progress of the phase that a run is in, where it is known. */
let progress: number | null = null;
let frame = 0;
let resting = 0;

const notices = new NoticesView(() => post({ type: "setUp" }));
const header = new HeaderView((runId) => post({ type: "stop", runId }));
const statement = new StatementView();
const thought = new ThoughtView((open) => {
  thoughtOpen = open;
  vscode.setState({ runId: shownRun, thoughtOpen });
});
const proof = new ProofView();
const actions = new ActionsView((action, runId) => post({ type: action, runId }));
const content = element("main", "content", statement.root, thought.root, proof.root);
const stick = new StickToEnd(content);
const live = element("div", "sr-only");
live.setAttribute("role", "status");
const page = element("div", "page", header.root, content, element("div", "foot", stick.root, actions.root));
const start = startView();
setShown(page, false);
setShown(start, false);
(document.getElementById("qed") ?? document.body).append(page, start, live);

window.addEventListener("message", (event: MessageEvent<HostMessage | null>) => {
  const message = event.data;
  if (typeof message !== "object" || message === null) return;
  const next = reduce(state, message);
  if (next === null) {
    post({ type: "ready", version: CHANNEL_VERSION });
    return;
  }
  state = next;
  if (message.type === "show") progress = null;
  if (message.type === "events") {
    for (const change of message.events) if (change.type === "phase") progress = change.progress;
  }
  schedule();
});
setInterval(() => {
  if (state.kind === "run" && !state.run.outcome) header.tick(state, performance.now());
}, 1000);
post({ type: "ready", version: CHANNEL_VERSION });

/** Shows the state in the next frame; if showing takes long, rests so that the page stays usable. */
function schedule(): void {
  if (frame !== 0) return;
  frame = requestAnimationFrame((time) => {
    frame = 0;
    if (time < resting) {
      schedule();
      return;
    }
    const began = performance.now();
    show(state);
    const took = performance.now() - began;
    resting = took < 8 ? 0 : began + 4 * took;
  });
}

function show(current: PageState): void {
  setShown(page, current.kind === "run");
  setShown(start, current.kind === "none");
  if (current.kind === "none") say("No run to show");
  if (current.kind !== "run") return;
  const { run, options } = current;
  if (run.header.id !== shownRun) begin(current);
  header.update(current, progress, performance.now());
  statement.update(run, options.macros);
  notices.update(current);
  if (run.answer) proof.hold(notices.root);
  else content.insertBefore(notices.root, thought.root);
  foldThought(current);
  thought.update(run, options.macros);
  proof.update(run, options.macros);
  actions.update(current);
  stick.setActive(run.outcome === null);
  say(standing(run));
}

/** A run that wasn't shown before: what the reader had unfolded of it is unfolded again. */
function begin({ run }: RunState): void {
  shownRun = run.header.id;
  const kept = vscode.getState() as Partial<Kept> | null | undefined;
  thoughtOpen = kept?.runId === shownRun && typeof kept.thoughtOpen === "boolean" ? kept.thoughtOpen : null;
  thought.fold(thoughtOpen ?? run.answer === null);
  window.scrollTo(0, 0);
}

/** The thought folds when the proof comes, unless its reader has a say or is in the middle of it. */
function foldThought({ run }: RunState): void {
  if (thoughtOpen !== null || run.answer === null || !thought.root.open) return;
  if (run.answer.text !== "" && stick.sticking) thought.fold(false);
}

/** Tells screen readers; said once for each change, never for text that streams. */
function say(text: string): void {
  setText(live, text);
}

function startView(): HTMLElement {
  const key = (name: string) => element("strong", "", name);
  const steps = element(
    "ol",
    "",
    element("li", "", "Open a LaTeX or Markdown document and put the cursor into a theorem, lemma or claim."),
    element("li", "", "Run ", key("QED: Prove This Statement"), " from the command palette or the context menu."),
    element("li", "", "Go on writing. The reasoning streams here, and you are told when the proof is there."),
  );
  return element(
    "main",
    "start",
    element("h1", "", "No reasoning to show yet"),
    steps,
    button("Set Up Model", "secondary", () => post({ type: "setUp" })),
  );
}
