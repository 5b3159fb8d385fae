import type { PageMessage } from "../../../webview/src/channel.js";

/** Longest run id that is believed. Ids are made by the store and are far shorter. */
const LONGEST_ID = 200;

const ACTIONS: ReadonlySet<unknown> = new Set(["stop", "accept", "showDiff", "reject", "copy"]);

/**
 * The message that a page sent, or null if it is none. The page shows text of models and documents, so what it sends
 * is not believed: only the known fields of the known types come through, in a new object.
 */
export function pageMessage(value: unknown): PageMessage | null {
  if (typeof value !== "object" || value === null) return null;
  const { type, version, runId } = value as Record<string, unknown>;
  if (type === "ready") return Number.isSafeInteger(version) ? { type, version: version as number } : null;
  if (type === "setUp") return { type };
  if (!ACTIONS.has(type)) return null;
  if (typeof runId !== "string" || runId === "" || runId.length > LONGEST_ID) return null;
  return { type: type as "stop", runId };
}
