/** How the user reaches the outside: from the editor's settings, or empty. */
export interface ProxySettings {
  /** Address of a proxy, as `http.proxy` has it; "" leaves it to the environment. */
  readonly proxy: string;
  /** Hosts that are reached without it, as `http.noProxy` has them. */
  readonly noProxy: readonly string[];
}

/** No proxy but the environment's. */
export const NO_PROXY_SETTINGS: ProxySettings = { proxy: "", noProxy: [] };

/**
 * The proxy for an address: the setting, else `HTTPS_PROXY` / `HTTP_PROXY` / `ALL_PROXY` in either case, unless
 * `NO_PROXY` or the setting excepts the host. Null goes straight; so does everything on this machine.
 */
export function proxyFor(url: URL, settings: ProxySettings, env: NodeJS.ProcessEnv): URL | null {
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (isLoopback(url)) return null;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const excepted = [...settings.noProxy, ...variable(env, "no_proxy").split(/[\s,]+/)];
  if (excepted.some((pattern) => matches(pattern.trim().toLowerCase(), host, port))) return null;
  // A web server started by CGI takes HTTP_PROXY from a request's header "Proxy"; we are none.
  const named = settings.proxy || variable(env, url.protocol === "https:" ? "https_proxy" : "http_proxy");
  const text = named || variable(env, "all_proxy");
  if (text === "") return null;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(address) ? new URL(address) : null;
}

/** Whether an address is on this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127\./.test(hostname);
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
  return env[name] || env[name.toUpperCase()] || "";
}

/** Patterns of NO_PROXY: `*`, `host`, `.domain`, `*.domain`, each with an optional port. A domain holds its subdomains. */
function matches(pattern: string, host: string, port: string): boolean {
  if (pattern === "") return false;
  if (pattern === "*") return true;
  const [, name = "", only] = /^(.*?)(?::(\d+))?$/.exec(pattern) ?? [];
  if (only !== undefined && only !== port) return false;
  const domain = name.replace(/^\*?\./, "");
  return host === domain || host.endsWith(`.${domain}`);
}
