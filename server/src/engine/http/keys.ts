/** A server's key, and where it was found. */
export interface ServerKey {
  readonly key: string;
  /** In words that a set-up report may show. */
  readonly source: string;
}

/** Asks the client for the key that it keeps in secret for an origin such as `https://example.org`. */
export type AskKey = (origin: string) => Promise<string | null>;

/** Most seconds that a client is waited for. */
const CLIENT_SECONDS = 10;

/**
 * The key for a server: the one that the client keeps for that very origin, or else of the environment. Null for none. It
 * is asked for whenever it is needed and kept nowhere.
 */
export async function serverKey(
  endpoint: string,
  env: NodeJS.ProcessEnv,
  ask: AskKey | null,
): Promise<ServerKey | null> {
  const kept = ask !== null && URL.canParse(endpoint) ? await inTime(ask(new URL(endpoint).origin)) : null;
  if (kept) return { key: kept, source: "kept by the editor" };
  for (const name of ["QED_API_KEY", "OPENAI_API_KEY"]) {
    const key = env[name];
    if (key) return { key, source: `${name} is set` };
  }
  return null;
}

/** An answer that may never come or fail: null then. */
async function inTime(answer: Promise<string | null>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), CLIENT_SECONDS * 1000);
  });
  try {
    return await Promise.race([answer, late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
