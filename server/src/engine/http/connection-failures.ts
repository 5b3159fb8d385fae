import { EngineError } from "../engine.js";
import { ProxyRefusal } from "./transport.js";
import { excerpt } from "./words.js";

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "unknown host",
  EAI_AGAIN: "the name could not be looked up",
  ETIMEDOUT: "time-out",
  ECONNRESET: "connection closed",
  EPIPE: "connection closed",
  EHOSTUNREACH: "no way to this host",
  ENETUNREACH: "no network",
};

/** What OpenSSL and Node say of a certificate, and what that means. */
const CERTIFICATE: readonly (readonly [RegExp, string])[] = [
  [/SELF_SIGNED_CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_UNTRUSTED/, "nobody known here has signed it"],
  [/CERT_HAS_EXPIRED/, "it has expired"],
  [/CERT_NOT_YET_VALID/, "it is not valid yet"],
  [/ALTNAME_INVALID|HOSTNAME_MISMATCH/, "it is for another name"],
  [/CERT_|CRL_|UNABLE_TO/, "it can't be checked"],
];

/** The sentence for a request that found nobody to answer it, from the error of the connection. */
export function unreachable(endpoint: string, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof ProxyRefusal) return refusedByProxy(endpoint, error);
  const code = String((error as { readonly code?: unknown } | null)?.code ?? "");
  const [, certificate] = CERTIFICATE.find(([pattern]) => pattern.test(code)) ?? [];
  if (certificate !== undefined) {
    return new EngineError(
      "endpoint.certificate",
      `The certificate of ${endpoint} is not trusted (${certificate}: ${code}). Name the file of the authority that signed it in "qed.certificates" or NODE_EXTRA_CA_CERTS.`,
      { cause: error },
    );
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL")) {
    return new EngineError(
      "endpoint.unreachable",
      `The server at ${endpoint} does not speak TLS as it should. Check in "qed.endpoint" whether it is http or https.`,
      { cause: error },
    );
  }
  const why = REASONS[code] ?? (/^E[A-Z]+$/.test(code) ? code : excerpt(String((error as Error)?.message ?? error)));
  return new EngineError(
    "endpoint.unreachable",
    `No server answers at ${endpoint} (${why}). Start it, or correct "qed.endpoint".`,
    { cause: error },
  );
}

function refusedByProxy(endpoint: string, { proxy, status }: ProxyRefusal): EngineError {
  const next =
    status === 407
      ? 'Put user and password into the proxy\'s address ("http.proxy" or HTTPS_PROXY).'
      : 'Correct "http.proxy" or HTTPS_PROXY, or put the host into NO_PROXY.';
  return new EngineError(
    "endpoint.unreachable",
    `The proxy ${proxy} does not let requests to ${endpoint} through (status ${status}). ${next}`,
  );
}

/** The sentence for a stream that broke off. */
export function cut(endpoint: string, cause: unknown): EngineError {
  return new EngineError(
    "stream.cut",
    `The connection to ${endpoint} broke off in the middle. What was written so far is kept; try again.`,
    { cause },
  );
}

/** The sentence for a connection that does not come about within `seconds`. */
export function unconnected(endpoint: string, seconds: number): EngineError {
  return new EngineError(
    "endpoint.unreachable",
    `No connection to ${endpoint} came about within ${seconds} seconds. Check the address in "qed.endpoint" and the network.`,
  );
}

/** The sentence for a server that takes a request and does not begin to answer within `seconds`. */
export function unanswered(endpoint: string, seconds: number): EngineError {
  return new EngineError(
    "stream.silent",
    `The server at ${endpoint} has not begun to answer for ${seconds} seconds. It may be busy or loading a model: try again, or raise "qed.serverTimeout".`,
  );
}

/** The sentence for a server that fell silent in the middle; `seconds` is how long it was waited for. */
export function silent(endpoint: string, seconds: number): EngineError {
  return new EngineError(
    "stream.silent",
    `The server at ${endpoint} has sent nothing for ${seconds} seconds. What was written so far is kept; try again, or raise "qed.serverTimeout".`,
  );
}
