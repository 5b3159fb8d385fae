/** How much of a server's own words is shown, in characters. */
const SHOWN = 200;

/** A server's words on one line, cut and without control characters: they are data of a stranger. */
export function excerpt(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

/** What a server says went wrong in the text of an answer: its error's message, a web page's title, or the text itself. */
export function errorText(body: string): string {
  return errorMessage(body) ?? pageTitle(body) ?? body;
}

/** The message of an error body (`{error: {message}}`, `{error: "…"}`, `{message}`, `{detail}`), or null. */
function errorMessage(body: string): string | null {
  try {
    return errorIn(JSON.parse(body));
  } catch {
    return null;
  }
}

/** The message of an error that a parsed answer carries, or null if it carries none. */
export function errorIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const { error, object, message, detail } = value as Readonly<Record<string, unknown>>;
  // Ollama passes on what its runner says, which is such a body again.
  if (typeof error === "string") return errorMessage(error) ?? error;
  if (typeof error === "object" && error !== null) {
    const inner = (error as { readonly message?: unknown }).message;
    return typeof inner === "string" ? (errorMessage(inner) ?? inner) : JSON.stringify(error);
  }
  if (object === "error" || !("choices" in value)) {
    if (typeof message === "string") return message;
    if (typeof detail === "string") return detail;
  }
  return null;
}

/** The title of a web page, empty where it has none; null if the text is no web page: its code tells a person nothing. */
function pageTitle(body: string): string | null {
  return isPage(body) ? (/<title[^>]*>([^<]*)/i.exec(body)?.[1] ?? "") : null;
}

/** Whether a text is a web page. */
export function isPage(body: string): boolean {
  return /^\s*<(?:!doctype|html|head|body)\b/i.test(body);
}
