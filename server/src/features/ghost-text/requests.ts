import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CancellationToken, Connection } from "vscode-languageserver";
import {
  type InlineCompletionItem,
  type InlineCompletionParams,
  InlineCompletionRequest,
  InlineCompletionTriggerKind,
} from "vscode-languageserver-protocol";
import type { EngineHost } from "../../engine/engine-host.js";
import { GhostTextBusyNotification, GhostTextRequest } from "../../protocol.js";
import type { Settings } from "../../settings.js";
import type { RunStore } from "../../store/store.js";
import type { OpenDocuments } from "../../workspace/open-documents.js";
import { checkGhostText, checkPlace } from "../params.js";
import { TypingCache } from "./cache.js";
import { GhostText } from "./service.js";
import { nothing, type Suggestion } from "./suggestion.js";

/** What ghost text needs from the server. */
interface GhostTextHost {
  readonly connection: Connection;
  readonly documents: OpenDocuments;
  readonly engines: EngineHost;
  readonly store: RunStore;
  readonly settings: (uri: string) => Promise<Settings>;
  readonly stateDirectory: string;
}

/** Makes a handler of which no fault reaches an editor but as a sentence. */
type Safely = <P, R>(
  check: (params: unknown) => void,
  handler: (params: P) => Promise<R>,
) => (params: P) => Promise<unknown>;

interface Place {
  readonly uri: string;
  readonly position: InlineCompletionParams["position"];
  readonly invoked: boolean;
}

const OFF = 'Ghost text is off. Set "qed.ghostText" to "manual" or "auto".';
const NOT_OPEN = "This document is not open, or is neither LaTeX nor Markdown. Open a .tex or .md file.";

/**
 * Answers `textDocument/inlineCompletion` (LSP 3.18) and `qed/ghostText`. Nothing is read, kept or started before the
 * first of them.
 */
export function answerGhostText(host: GhostTextHost, safely: Safely): { dispose(): void } {
  const { connection, documents, engines, store } = host;
  const ghost = new GhostText({
    engine: (settings) => engines.get(settings),
    store,
    cache: new TypingCache(join(host.stateDirectory, "ghost-text.jsonl")),
    now: () => performance.now(),
    wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => {}),
    onBusy: (busy) => void connection.sendNotification(GhostTextBusyNotification.type, { busy }),
  });
  const suggest = async (
    { uri, position, invoked }: Place,
    allowed: (settings: Settings) => boolean,
    token: CancellationToken,
  ): Promise<Suggestion> => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    const settings = await host.settings(uri);
    if (!allowed(settings)) {
      ghost.stop();
      return nothing(OFF);
    }
    const read = documents.get(uri);
    if (!read || token.isCancellationRequested) return nothing(NOT_OPEN);
    return ghost.suggest({ uri, read, offset: read.source.offsetAt(position), settings, invoked }, abort.signal);
  };
  connection.onRequest(
    InlineCompletionRequest.type.method,
    (params: InlineCompletionParams, token: CancellationToken) =>
      safely(checkPlace, async ({ textDocument: { uri }, position, context }: InlineCompletionParams) => {
        const invoked = context?.triggerKind === InlineCompletionTriggerKind.Invoked;
        const allowed = ({ ghostText }: Settings) => ghostText === "auto" || (ghostText === "manual" && invoked);
        const { items } = await suggest({ uri, position, invoked }, allowed, token);
        const range = { start: position, end: position };
        return { items: items.map(({ text }): InlineCompletionItem => ({ insertText: text, range })) };
      })(params),
  );
  connection.onRequest(GhostTextRequest.type.method, (params: GhostTextRequest.Params, token: CancellationToken) =>
    safely(checkGhostText, ({ textDocument: { uri }, position, invoked }: GhostTextRequest.Params) =>
      // Our client has looked: a server isn't told what is set for one language only.
      suggest({ uri, position, invoked }, () => true, token),
    )(params),
  );
  return ghost;
}
