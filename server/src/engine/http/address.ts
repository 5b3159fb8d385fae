import { isIP } from "node:net";
import { EngineError } from "../engine.js";
import { excerpt } from "./words.js";

/** Where a server's interfaces are. */
export interface ApiAddress {
  /** Of the OpenAI-compatible interface, without a trailing slash: `http://127.0.0.1:8000/v1`. */
  readonly base: string;
  /** Of the server's own interface: the base without its `/v1`. */
  readonly root: string;
  /** What messages and runs show: without a query, in which some services take a secret. */
  readonly shown: string;
}

/**
 * The addresses of a server: `/v1` is added where the path is empty, and the path of a completion is taken off. Throws
 * `endpoint.invalid`, also for an address with a password, since those end up in logs, and for one without encryption
 * on another machine, unless that is allowed.
 */
export function apiAddress(endpoint: string, allowInsecure: boolean): ApiAddress {
  if (!URL.canParse(endpoint)) throw invalidEndpoint(endpoint);
  const { protocol, username, password, origin, pathname, hostname } = new URL(endpoint);
  if (protocol !== "http:" && protocol !== "https:") throw invalidEndpoint(endpoint);
  if (username !== "" || password !== "") {
    throw new EngineError(
      "endpoint.invalid",
      'The address in "qed.endpoint" carries a name or password. Take it out and set the environment variable QED_API_KEY instead.',
    );
  }
  if (protocol === "http:" && !isLoopback(hostname) && !allowInsecure) {
    throw new EngineError(
      "endpoint.invalid",
      `Nothing that is sent to ${origin} would be encrypted. Use an https address in "qed.endpoint", or turn on "qed.allowInsecureEndpoint" if you trust the network.`,
    );
  }
  const path = pathname.replace(/\/+$/, "").replace(/\/(?:chat\/)?completions$/, "");
  const base = `${origin}${path === "" ? "/v1" : path}`;
  return { base, root: base.replace(/\/v1$/, ""), shown: `${origin}${pathname === "/" ? "" : pathname}` };
}

/** Whether a host, as in an address, is this machine. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (isIP(host) === 4) return host.startsWith("127.");
  return host === "::1" || host === "localhost" || host.endsWith(".localhost");
}

function invalidEndpoint(endpoint: string): EngineError {
  return new EngineError(
    "endpoint.invalid",
    endpoint === ""
      ? 'No server is set. Set "qed.endpoint" to the address of one, such as http://127.0.0.1:8000/v1.'
      : `"${excerpt(endpoint)}" is no address of a server. Set "qed.endpoint" to one such as http://127.0.0.1:8000/v1.`,
  );
}
