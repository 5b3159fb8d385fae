/**
 * The engine's own process. It loads one model, runs completions on its sequences, and dies with its parent, which gives
 * all of its memory back: by the kernel where there is one that does it (Linux), by the end of the channel elsewhere.
 */
import { loadAddon } from "../../native/addon.js";
import { useBackendFolders } from "./backend-folders.js";
import { type CompleteRequest, ContextExceeded } from "./completion.js";
import { load } from "./load.js";
import { loadFailed } from "./load-failure.js";
import type { ToChild } from "./messages.js";
import { Outbox } from "./outbox.js";
import { Scheduler } from "./scheduler.js";
import { type Sequence, Sequences } from "./sequences.js";
import { SliceMeter } from "./slices.js";

/** While something is owed, this often the event loop says that it turns, in milliseconds. */
const ALIVE_MS = 1000;

useBackendFolders();

const [extensionRoot, parent] = process.argv.slice(2);
if (extensionRoot !== undefined) {
  loadAddon(extensionRoot).addon?.dieWithParent();
  // It ended before the kernel was told.
  if (String(process.ppid) !== parent) process.exit(0);
}

const outbox = new Outbox((message) => process.send?.(message));
const log: string[] = [];
let sequences: Sequences | null = null;
let loading = false;

const scheduler = new Scheduler<CompleteRequest, Sequence>({
  take: (request) => sequences?.take(request) ?? null,
  ending: (sequence) => sequences?.end(sequence),
  release: (sequence) => sequences?.release(sequence),
  run: complete,
  queued: ({ id }) => outbox.send({ type: "queued", id }),
  dropped: ({ id }) => outbox.send({ type: "cancelled", id, usage: { evaluated: 0, reused: 0, generated: 0 } }),
});

async function complete(request: CompleteRequest, sequence: Sequence, signal: AbortSignal): Promise<void> {
  const { id } = request;
  outbox.send({ type: "started", id });
  try {
    const runner = await (sequences as Sequences).runner(sequence);
    const { reason, usage } = await runner.complete(
      request,
      {
        reading: (evaluated, total) => outbox.send({ type: "reading", id, evaluated, total }),
        text: (text, tokens) => outbox.text(id, text, tokens),
      },
      signal,
    );
    outbox.send(reason === "cancelled" ? { type: "cancelled", id, usage } : { type: "end", id, reason, usage });
  } catch (error) {
    const code = error instanceof ContextExceeded ? "context.exceeded" : "engine.crashed";
    outbox.send({ type: "failed", id, code, detail: error instanceof Error ? error.message : String(error) });
  }
}

async function start(request: Extract<ToChild, { type: "load" }>): Promise<void> {
  loading = true;
  try {
    const loaded = await load(
      request,
      (progress) => outbox.send({ type: "loading", progress }),
      (message) => log.push(message),
    );
    const { prefixes } = loaded;
    const standsBy = scheduler.standsBy.bind(scheduler);
    sequences = new Sequences(loaded, { meter: new SliceMeter(), prefixes, standsBy });
    outbox.send({ type: "loaded", model: loaded.told });
  } catch (error) {
    outbox.send(await loadFailed(error, log));
  } finally {
    loading = false;
  }
}

// Nothing is owed while it is idle, and then it does not even wake up.
let alive: NodeJS.Timeout | null = null;
function watchIfBusy(): void {
  alive ??= setInterval(() => {
    if (!loading && !scheduler.busy) {
      if (alive !== null) clearInterval(alive);
      alive = null;
    } else if (performance.now() - outbox.lastSent >= ALIVE_MS) outbox.send({ type: "alive" });
  }, ALIVE_MS);
}

process.on("message", (message: ToChild) => {
  switch (message.type) {
    case "load":
      void start(message);
      break;
    case "complete":
      scheduler.submit(message);
      break;
    case "cancel":
      scheduler.cancel(message.id);
      break;
  }
  watchIfBusy();
});
process.on("disconnect", () => process.exit(0));
