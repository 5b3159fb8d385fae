import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { isIP, connect as netConnect, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { isLoopback } from "./address.js";
import { certificates } from "./certificates.js";
import { type ProxySettings, proxyAuthorization, proxyFor } from "./proxy.js";

/** How servers are reached. */
export interface TransportOptions extends ProxySettings {
  /** Path of a PEM file of the user's own certificates; empty for none. */
  readonly certificates: string;
}

/** One request. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Called when the connection stands, encryption included, and nothing has been sent over it. */
  readonly onConnected?: () => void;
}

/** An answer whose headers have come. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The bytes as they come. Ends with an error where the connection breaks off. */
  readonly body: IncomingMessage;
}

/** A proxy that will not let a request through. */
export class ProxyRefusal extends Error {
  override readonly name = "ProxyRefusal";
  constructor(
    /** Host and port, without its user. */
    readonly proxy: string,
    readonly status: number,
  ) {
    super(`the proxy ${proxy} answers ${status}`);
  }
}

/**
 * HTTP as servers of models need it, over Node's own client: no limit of its own on how long an answer may take, no
 * redirect followed, a connection for each request (a server that has closed an idle one meanwhile can't be met), the
 * user's certificates and proxies.
 */
export class Transport {
  readonly #options: TransportOptions;
  #certificates: { readonly list: readonly string[] | undefined } | null = null;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Rejects with the error of the connection, with {@link ProxyRefusal}, with `endpoint.certificate` where the user's
   * certificates can't be read, or with an abort's error. An abort after that breaks the body off.
   */
  async send({ method, url, headers, body, signal, onConnected }: HttpRequest): Promise<HttpAnswer> {
    const target = new URL(url);
    const proxy = proxyFor(target, this.#options);
    const tunnelled = proxy !== null && target.protocol === "https:";
    let socket = await this.#connect(proxy ?? target, signal);
    if (tunnelled) socket = await this.#encrypt(await tunnel(socket, target, proxy, signal), target, signal);
    onConnected?.();
    const direct = proxy === null || tunnelled;
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        method,
        createConnection: () => socket,
        path: direct ? `${target.pathname}${target.search}` : target.href,
        headers: {
          ...(direct ? {} : proxyAuthorization(proxy)),
          ...headers,
          host: target.host,
          connection: "close",
          ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
        },
        signal,
      });
      request.on("error", reject);
      request.once("response", (response) => {
        // Who reads the body hears of it; nobody else has to.
        response.on("error", () => {});
        const { statusCode = 0 } = response;
        if (!direct && statusCode === 407) {
          response.destroy();
          reject(new ProxyRefusal(proxy.host, statusCode));
        } else resolve({ status: statusCode, headers: response.headers, body: response });
      });
      request.end(body);
    });
  }

  async #connect(to: URL, signal: AbortSignal): Promise<Socket> {
    if (to.protocol === "https:") return this.#encrypt(null, to, signal);
    const socket = netConnect({ host: hostOf(to), port: Number(to.port || 80) });
    return ready(socket, "connect", signal);
  }

  /** An encrypted connection to a host, within another where one is given. */
  #encrypt(within: Socket | null, to: URL, signal: AbortSignal): Promise<Socket> {
    const host = hostOf(to);
    this.#certificates ??= { list: certificates(this.#options.certificates, this.#options.env) };
    const { list } = this.#certificates;
    const socket = tlsConnect({
      ...(within === null ? { host, port: Number(to.port || 443) } : { socket: within, host }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(list === undefined ? {} : { ca: [...list] }),
    });
    return ready(socket, "secureConnect", signal);
  }
}

function hostOf({ hostname }: URL): string {
  const host = hostname.replace(/^\[|\]$/g, "");
  // Not every resolver knows that these names are this machine.
  return isLoopback(host) && host.endsWith(".localhost") ? "localhost" : host;
}

/** The socket once it is connected. */
function ready(socket: Socket, event: "connect" | "secureConnect", signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      signal.removeEventListener("abort", onAbort);
      socket.removeListener("error", onError);
      socket.removeListener("close", onClose);
    };
    const onError = (error: Error) => {
      settle();
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const onClose = () => onError(Object.assign(new Error("connection closed"), { code: "ECONNRESET" }));
    const onAbort = () => onError(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", onError);
    socket.once("close", onClose);
    socket.once(event, () => {
      settle();
      resolve(socket);
    });
  });
}

/** A way to a host through a proxy that is connected already (RFC 9110, CONNECT). */
function tunnel(socket: Socket, to: URL, proxy: URL, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const path = `${to.hostname}:${to.port || 443}`;
    const request = httpRequest({
      method: "CONNECT",
      createConnection: () => socket,
      path,
      headers: { host: path, ...proxyAuthorization(proxy) },
      signal,
    });
    const refuse = (status: number) => {
      socket.destroy();
      reject(new ProxyRefusal(proxy.host, status));
    };
    request.on("error", reject);
    request.once("connect", ({ statusCode = 0 }, through: Socket) => {
      if (statusCode === 200) resolve(through);
      else refuse(statusCode);
    });
    request.once("response", ({ statusCode = 0 }) => refuse(statusCode));
    request.end();
  });
}
