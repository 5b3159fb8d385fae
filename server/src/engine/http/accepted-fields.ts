import { EngineError } from "../engine.js";

/** Fields that a request can go without. The limit of tokens has a newer name, and is kept to here in any case. */
const OPTIONAL = ["max_tokens", "stream_options", "seed", "top_p", "temperature"];

/**
 * The field that a server names in refusing a request, if the request can go without: services differ in what they
 * take for which model. Null where the error is another one.
 */
export function refusedField(error: unknown, body: Readonly<Record<string, unknown>>): string | null {
  if (!(error instanceof EngineError) || error.code !== "endpoint.failed") return null;
  if (!/status 4(?:00|22)/.test(error.message)) return null;
  return OPTIONAL.find((field) => field in body && new RegExp(`\\b${field}\\b`).test(error.message)) ?? null;
}

/** A body without the fields that the server has refused, the limit of tokens under its newer name then. */
export function acceptable(
  body: Readonly<Record<string, unknown>>,
  refused: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  if (refused.size === 0) return body;
  const kept = Object.entries(body).filter(([field]) => !refused.has(field));
  const limit = refused.has("max_tokens") && "max_tokens" in body ? { max_completion_tokens: body.max_tokens } : {};
  return { ...Object.fromEntries(kept), ...limit };
}
