import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { isLoopback } from "../engine/http/address.js";
import { namedProxy, type ProxySettings } from "../engine/http/proxy.js";
import { SetUpError, systemCode } from "./set-up-error.js";
import { withoutSecrets } from "./source.js";

/** How the outside is reached. */
export interface Network extends ProxySettings {
  /** A token and the one origin (`https://host:port`) that may see it; null for none. It is kept in memory only. */
  readonly token: { readonly origin: string; readonly value: string } | null;
  /** Whether plain http may go to other machines. */
  readonly allowHttp: boolean;
  /** Milliseconds of silence after which a connection is given up. */
  readonly silenceMs: number;
}

/** The head of an answer, its body still to be read. Whoever has it reads the body or destroys it. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: IncomingMessage;
  /** Where the redirects led. */
  readonly url: URL;
  /** What the hub said of the file before it redirected: null where it said nothing. */
  readonly linked: { readonly size: number | null; readonly sha256: string | null };
}

/** A connection that was refused, cut or silent: another try may do better. */
export class ConnectionError extends Error {}

const MOST_REDIRECTS = 10;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * GET with redirects followed by hand: the token goes to its own origin only, and no redirect leads to another scheme,
 * from another machine to this one, or to plain http unless that is allowed. Throws `net.refused`, {@link ConnectionError}
 * or the signal's reason; an answer with an error status is an answer.
 */
export async function get(
  address: string,
  headers: Readonly<Record<string, string>>,
  network: Network,
  signal: AbortSignal,
): Promise<Answer> {
  let url = new URL(address);
  let size: number | null = null;
  let sha256: string | null = null;
  const local = isLoopback(url.hostname);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    assertAllowed(url, hop > 0, local, network);
    const body = await once(url, headers, network, signal);
    const status = body.statusCode ?? 0;
    const linkedSize = Number(single(body.headers["x-linked-size"]) || Number.NaN);
    if (Number.isSafeInteger(linkedSize)) size = linkedSize;
    sha256 = /^"?([0-9a-f]{64})"?$/i.exec(single(body.headers["x-linked-etag"]))?.[1]?.toLowerCase() ?? sha256;
    const { location } = body.headers;
    if (!REDIRECTS.includes(status) || location === undefined) {
      return { status, headers: body.headers, body, url, linked: { size, sha256 } };
    }
    body.destroy();
    if (!URL.canParse(location, url.href)) {
      throw new SetUpError("net.refused", `${url.host} redirects to something that is no address. Try another source.`);
    }
    url = new URL(location, url);
  }
  throw new SetUpError(
    "net.refused",
    `${new URL(address).host} redirects in a circle, more than ${MOST_REDIRECTS} times. Check the address, or try another source.`,
  );
}

/** A header's one value; "" if it is not there. */
export function single(header: string | readonly string[] | undefined): string {
  return typeof header === "string" ? header : (header?.[0] ?? "");
}

function assertAllowed(url: URL, redirected: boolean, local: boolean, { allowHttp }: Network): void {
  const how = redirected ? "A redirect leads" : "The address leads";
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new SetUpError("net.refused", `${how} to "${url.protocol}", which is not followed. Try another source.`);
  }
  if (redirected && !local && isLoopback(url.hostname)) {
    throw new SetUpError(
      "net.refused",
      `${how} from another machine to this one, which is not followed. Try another source.`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname) && !allowHttp) {
    throw new SetUpError(
      "net.refused",
      `${how} to ${withoutSecrets(url.href)} without encryption, where anybody could change the file. Use https, or allow it with --allow-http.`,
    );
  }
}

function once(
  url: URL,
  headers: Readonly<Record<string, string>>,
  network: Network,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  signal.throwIfAborted();
  const { token, silenceMs } = network;
  const trusted =
    token !== null && url.origin === token.origin && (url.protocol === "https:" || isLoopback(url.hostname));
  const proxy = namedProxy(url, network);
  const options: RequestOptions = {
    headers: {
      "user-agent": "qed-copilot",
      // Compressed bytes have other positions than the file's.
      "accept-encoding": "identity",
      ...headers,
      ...(trusted ? { authorization: `Bearer ${token.value}` } : {}),
    },
    signal,
    timeout: silenceMs,
    // No connection is kept: nothing is left open when the work is done.
    agent: proxy === null ? false : url.protocol === "https:" ? new HttpsProxyAgent(proxy) : new HttpProxyAgent(proxy),
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, options);
    request.once("response", resolve);
    request.once("timeout", () =>
      request.destroy(new ConnectionError(`${url.host} was silent for ${silenceMs / 1000} s`)),
    );
    // It stays: after the answer's head has come, errors go to the body as well.
    request.on("error", (error) => {
      if (signal.aborted) reject(signal.reason);
      else if (error instanceof ConnectionError) reject(error);
      else reject(new ConnectionError(`${url.host} could not be reached${via(proxy)} (${reason(error)})`));
    });
    request.end();
  });
}

function via(proxy: URL | null): string {
  return proxy === null ? "" : ` through the proxy ${proxy.host}`;
}

function reason(error: Error): string {
  return systemCode(error) || error.message;
}
