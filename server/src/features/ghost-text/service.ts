import type { Settings } from "../../settings.js";
import type { RunStore } from "../../store/store.js";
import type { ReadDocument } from "../../workspace/open-documents.js";
import { AdaptiveWait } from "./adaptive-wait.js";
import { shortDigest } from "./cache.js";
import { type Writing, type WritingStyle, writingAt, writingStyle } from "./convert-rest.js";
import { FoundProofs } from "./found-proofs.js";
import { afterTyped } from "./healing.js";
import { offerFound, offerText } from "./offer.js";
import { type WritingPlace, writingPlace } from "./place.js";
import type { Shaped } from "./shape.js";
import { type GhostTextItem, type GhostTextSource, nothing, type Suggestion } from "./suggestion.js";
import { TypingEngine, type TypingEngineServices } from "./typing-engine.js";
import { type TypingQuestion, typingQuestion } from "./typing-question.js";
import type { TypingStream } from "./typing-stream.js";

/** What ghost text is made from and with. */
export interface GhostTextServices extends TypingEngineServices {
  readonly store: RunStore;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

/** One question of an editor. */
export interface GhostTextRequest {
  readonly uri: string;
  readonly read: ReadDocument;
  readonly offset: number;
  readonly settings: Settings;
  /** Whether a person asked by key; then nothing is waited for. */
  readonly invoked: boolean;
}

/** The same with what is known of it. */
interface Asked extends GhostTextRequest {
  readonly place: WritingPlace;
  readonly writing: Writing;
  readonly question: TypingQuestion;
  readonly asked: string;
  /** Aborted when the editor gives the request up, and when a newer one has come. */
  readonly signal: AbortSignal;
  /** Aborted in the first case only. */
  readonly cancelled: AbortSignal;
}

/** A document's style is read again after this, in milliseconds: typing hardly changes it. */
const STYLE_MS = 5_000;
const MOST_STYLES = 20;

const PLACELESS =
  "The statement of this proof is in no open file of the project, so nothing is known to continue it with.";

/** Ghost text: the cheapest source that agrees with what is typed. */
export class GhostText {
  readonly #services: GhostTextServices;
  readonly #found: FoundProofs;
  readonly #wait = new AdaptiveWait();
  readonly #styles = new Map<string, { readonly style: WritingStyle; readonly until: number }>();
  readonly #engine: TypingEngine;
  #newest: AbortController | null = null;

  constructor(services: GhostTextServices) {
    this.#services = services;
    this.#found = new FoundProofs(services.store, services.now);
    this.#engine = new TypingEngine(services);
  }

  /** Answers a request; a request that was not answered yet is given up. Never rejects for what an engine does. */
  async suggest(request: GhostTextRequest, cancelled: AbortSignal): Promise<Suggestion> {
    const { read, offset } = request;
    const newest = new AbortController();
    this.#newest?.abort();
    this.#newest = newest;
    const signal = AbortSignal.any([newest.signal, cancelled]);
    if (!request.invoked) this.#wait.typed(this.#services.now());
    const place = writingPlace(read.document, offset);
    if ("why" in place) {
      this.stop();
      return nothing(place.why);
    }
    const home = statementOf(read, place);
    if (!home) {
      this.stop();
      return nothing(PLACELESS);
    }
    const { macros, elsewhere } = read;
    const context = { macros, cited: (label: string) => elsewhere.statement(label) };
    const question = typingQuestion(home.document, home.statement, context);
    const { engine, model, endpoint } = request.settings;
    const asked: Asked = {
      ...request,
      place,
      writing: writingAt(read.document, place.proof, offset, this.#style(request)),
      question,
      asked: shortDigest(JSON.stringify([engine, model, endpoint, question.message])),
      signal,
      cancelled,
    };
    // At once: who types something else is not to wait for what nobody wants any more.
    if (!this.#engine.stream?.agrees(asked.asked, place.plain.before)) this.stop();
    const known = (await this.#fromRuns(asked)) ?? this.#fromStream(asked) ?? this.#fromCache(asked);
    if (known || signal.aborted) return known ?? superseded();
    return this.#fromEngine(asked);
  }

  /** Ends what the engine does for ghost text. */
  stop(): void {
    this.#engine.stop();
  }

  /** Ends everything: nobody is answered any more. */
  dispose(): void {
    this.#newest?.abort();
    this.stop();
  }

  async #fromRuns({ question, uri, place, writing, signal }: Asked): Promise<Suggestion | null> {
    const proofs = await this.#found.of(question.statement, uri, signal);
    for (const { found, complete, running, model, time } of proofs) {
      const shaped = offerFound(found, place, writing, complete);
      const name = model === "" ? "" : ` by ${model}`;
      const tooltip = running
        ? `From the proof that a run${name} is writing now. Nobody has checked it.`
        : `From the proof that a run${name} found on ${time.slice(0, 10)}. Nobody has checked it.`;
      const suggestion = suggestionOf(shaped, "run", tooltip);
      if (suggestion) return suggestion;
    }
    return null;
  }

  #fromStream({ place, writing, asked }: Asked): Suggestion | null {
    const { stream } = this.#engine;
    if (!stream?.agrees(asked, place.plain.before)) return null;
    const rest = (stream.task.given + stream.text).slice(place.plain.before.length);
    const tooltip = "From what the model is writing. Nobody has checked it.";
    return suggestionOf(offerText(rest, place, writing, stream.over && stream.complete), "stream", tooltip);
  }

  #fromCache({ place, writing, asked }: Asked): Suggestion | null {
    const kept = this.#services.cache.get(asked, place.plain.before);
    if (!kept) return null;
    const tooltip = "From what the model wrote here before. Nobody has checked it.";
    return suggestionOf(offerText(kept.text, place, writing, kept.complete), "cache", tooltip);
  }

  async #fromEngine(asked: Asked): Promise<Suggestion> {
    const { settings, question, place, invoked, signal, cancelled } = asked;
    const { stream } = this.#engine;
    // What its budget has ended may be gone on with.
    const going = stream?.over && !stream.complete ? null : stream;
    const wait = invoked || going ? 0 : this.#wait.milliseconds;
    if (wait > 0) await this.#services.wait(wait, signal);
    if (signal.aborted) return superseded();
    const current = this.#newest;
    const onCancel = () => {
      // After a newer request the stream is that one's.
      if (this.#newest === current) this.stop();
    };
    cancelled.addEventListener("abort", onCancel, { once: true });
    try {
      const begun = going ?? (await this.#engine.begin(settings, asked.asked, question, place.plain.before, signal));
      if (begun === null) return superseded();
      if ("why" in begun) return nothing(begun.why);
      return await this.#await(asked, begun);
    } catch (error) {
      if (signal.aborted) return superseded();
      return nothing(error instanceof Error ? error.message : String(error));
    } finally {
      cancelled.removeEventListener("abort", onCancel);
    }
  }

  async #await({ place, writing, signal }: Asked, stream: TypingStream): Promise<Suggestion> {
    const typed = place.plain.before.slice(stream.task.given.length);
    for (;;) {
      if (signal.aborted) return superseded();
      const after = afterTyped(stream.text, typed);
      if (after === null) {
        if (this.#engine.stream === stream) this.stop();
        return nothing("The model would go on in other words than what is typed.");
      }
      if (after !== "more") {
        const shaped = offerText(after.rest, place, writing, stream.over && stream.complete);
        const suggestion = suggestionOf(shaped, "engine", "Written by the model just now. Nobody has checked it.");
        if (suggestion) return suggestion;
      }
      if (stream.over) {
        if (stream.failure !== null) throw stream.failure;
        return nothing("The model wrote nothing that can stand here by itself.");
      }
      await stream.next(signal);
    }
  }

  #style({ uri, read }: GhostTextRequest): WritingStyle {
    const now = this.#services.now();
    const kept = this.#styles.get(uri);
    if (kept && kept.until > now) return kept.style;
    const style = writingStyle(read.document, read);
    this.#styles.delete(uri);
    this.#styles.set(uri, { style, until: now + STYLE_MS });
    if (this.#styles.size > MOST_STYLES) this.#styles.delete(this.#styles.keys().next().value!);
    return style;
  }
}

const superseded = () => nothing("Something else was typed meanwhile.");

/** The statement that a proof is of: in its own text, or by what the proof says where another file has it. */
function statementOf({ document, elsewhere }: ReadDocument, { statement, proof }: WritingPlace) {
  if (statement) return { document, statement };
  const loose = document.looseProofs.find(({ start }) => start === proof.start);
  for (const label of loose?.labels ?? []) {
    const found = elsewhere.statement(label);
    if (found) return found;
  }
  return null;
}

function suggestionOf({ first, whole }: Shaped, source: GhostTextSource, tooltip: string): Suggestion | null {
  if (first === null) return null;
  const items: GhostTextItem[] = [first, ...(whole === null ? [] : [whole])].map((text) => ({ text, source, tooltip }));
  return { items, why: null };
}
