import { type Answer, single } from "./network.js";
import { SetUpError } from "./set-up-error.js";
import { withoutSecrets } from "./source.js";

/** Whether a status says "later": too many requests, or a fault that may pass. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** Milliseconds that `Retry-After` asks to wait, in seconds or as a date; null if it asks nothing. */
export function retryAfter(answer: Pick<Answer, "headers">, now: number): number | null {
  const text = single(answer.headers["retry-after"]).trim();
  if (text === "") return null;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** The sentence for an answer that refuses. `what` is what was asked for, as the user knows it. */
export function refusal(answer: Answer, what: string, hasToken: boolean): SetUpError {
  const { status, headers, url } = answer;
  const said = single(headers["x-error-code"]);
  if (said === "RevisionNotFound") {
    return new SetUpError("net.missing", `${what} has no such revision. Check what stands behind the "@".`);
  }
  if (said === "EntryNotFound") {
    return new SetUpError("net.missing", `${what} is not in its repository. Check the file's name.`);
  }
  if (status === 401 || status === 403) {
    const token = hasToken
      ? "The token that is set does not open it: accept its terms on the hub's page with your account, or use another token"
      : "Accept its terms on the hub's page and set HF_TOKEN (in the editor: enter a token when asked)";
    return new SetUpError(
      "hub.gated",
      said === "RepoNotFound"
        ? `${what} is not there, or is private. Check its name; if it is private, set HF_TOKEN.`
        : `${what} is only for those who are allowed (${status}). ${token}, then try again.`,
    );
  }
  if (status === 404 || status === 410) {
    return new SetUpError("net.missing", `${what} is not there (${status} from ${url.host}). Check its name.`);
  }
  return new SetUpError(
    "net.failed",
    `${url.host} answered ${status} for ${withoutSecrets(url.href)}. Try again later, or use another source or mirror.`,
  );
}
