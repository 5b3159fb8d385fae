/** A run through the whole server, as an editor has it: LSP over stdio, the store, the engine's process. */
import { at, childrenOf, Session } from "../server/session.js";
import { cpuMs } from "./engine-pieces.js";

/** What a run took between two of its tokens. */
export interface Timed {
  readonly ms: number;
  /** Of the server and the engine's process together. */
  readonly cpuMs: number;
  readonly tokens: number;
}

/** How long a whole run may take, in milliseconds. */
const LIMIT_MS = 900_000;

/** A server with a document. */
export class WholeServer {
  readonly session: Session;
  readonly #uri: string;
  readonly #text: string;
  readonly #words: string;

  private constructor(session: Session, text: string, words: string) {
    this.session = session;
    this.#text = text;
    this.#words = words;
    this.#uri = session.open(text);
  }

  /** Starts it on a LaTeX text in which `words` stand in the statement. */
  static async start(settings: Readonly<Record<string, unknown>>, text: string, words: string): Promise<WholeServer> {
    return new WholeServer(await Session.start(settings), text, words);
  }

  get enginePid(): number {
    const [pid] = childrenOf(this.session.client.pid) ?? [];
    if (pid === undefined) throw new Error("the engine has no process");
    return pid;
  }

  /** Proves the statement; times from the token `skip` on. Stops after `tokens` more, or at the end of the run. */
  async prove(skip: number, tokens: number): Promise<Timed> {
    const { client } = this.session;
    const runs = client.of("qed/runStarted").length;
    const pending = client.begin("qed/prove", { ...at(this.#uri, this.#text, this.#words), seed: 1 }, LIMIT_MS);
    let ended = false;
    const answered = pending.answer.then(() => {
      ended = true;
    });
    const used = () => cpuMs(client.pid) + cpuMs(this.enginePid);
    const count = () => {
      if (client.of("qed/runStarted").length === runs) return 0;
      const events = this.session.events(this.session.lastStarted()!.id);
      let thought = 0;
      let answer = 0;
      for (const event of events) {
        if (event.type === "thought") thought = event.tokens;
        else if (event.type === "answer") answer = event.tokens;
      }
      return thought + answer;
    };
    // Looked at only when a message has come: the bench must not take the time that it measures.
    await client.until("the run is under way", () => count() >= skip, LIMIT_MS);
    const first = { ms: performance.now(), cpuMs: used(), tokens: count() };
    const enough = client.until("the run is far enough", () => ended || count() >= first.tokens + tokens, LIMIT_MS);
    await Promise.race([enough, answered]);
    const last = { ms: performance.now(), cpuMs: used(), tokens: count() };
    if (!ended) client.cancel(pending.id);
    await answered.catch(() => {});
    enough.catch(() => {});
    return { ms: last.ms - first.ms, cpuMs: last.cpuMs - first.cpuMs, tokens: last.tokens - first.tokens };
  }

  stop(): Promise<void> {
    return this.session.stop();
  }
}
