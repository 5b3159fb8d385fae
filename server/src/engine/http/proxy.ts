import { isLoopback } from "./address.js";

/** What a user or a machine says about proxies. */
export interface ProxySettings {
  /** The editor's own `http.proxy`; empty for none. */
  readonly proxy: string;
  /** Hosts that are reached without it, as the editor's `http.noProxy` has them; none by default. */
  readonly noProxy?: readonly string[] | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** The {@link namedProxy} if it speaks HTTP; one of another kind counts as none. */
export function proxyFor(url: URL, settings: ProxySettings): URL | null {
  const named = namedProxy(url, settings);
  return named?.protocol === "http:" || named?.protocol === "https:" ? named : null;
}

/**
 * The proxy that an address is to be reached by, of whatever kind, or null for none. The editor's goes before the
 * machine's (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, in small letters too); hosts of `NO_PROXY` and this machine itself
 * are reached directly. An address of a proxy that can't be read counts as none.
 */
export function namedProxy(url: URL, { proxy, noProxy = [], env }: ProxySettings): URL | null {
  const variable = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()] || "";
  if (isLoopback(url.hostname) || isExcepted(url, [...noProxy, variable("no_proxy")].join(","))) return null;
  const named = url.protocol === "https:" ? variable("https_proxy") : variable("http_proxy");
  const address = proxy || named || variable("all_proxy");
  if (address === "") return null;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  return URL.canParse(whole) ? new URL(whole) : null;
}

/** Whether a host is in a list such as `localhost,.example.org,*.test,10.0.0.1:8080,*`. */
function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const ownPort = port || (protocol === "https:" ? "443" : "80");
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = entry, wanted] = /^(.*?)(?::(\d+))?$/.exec(entry.replace(/^\*?\.?/, "")) ?? [];
      if (wanted !== undefined && wanted !== ownPort) return false;
      return host === name || host.endsWith(`.${name}`);
    });
}

/** The header that names a user to a proxy, from its address; none where it has no user. */
export function proxyAuthorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}
