import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { EngineError } from "../engine.js";

/**
 * The certificates that a server's may be signed by: those of Node, and those of a file of the user's own (PEM) and of
 * `NODE_EXTRA_CA_CERTS`. Undefined where there are none of the latter two, so that Node takes its own. Throws
 * `endpoint.certificate` if the user's file can't be used.
 */
export function certificates(path: string, env: NodeJS.ProcessEnv): readonly string[] | undefined {
  const own = path === "" ? null : ownCertificates(path);
  const extra = env.NODE_EXTRA_CA_CERTS ? readOrNull(env.NODE_EXTRA_CA_CERTS) : null;
  if (own === null && extra === null) return undefined;
  return [...rootCertificates, ...[own, extra].filter((text) => text !== null)];
}

function ownCertificates(path: string): string {
  const text = readOrNull(path);
  if (text === null) {
    throw new EngineError(
      "endpoint.certificate",
      `The file of certificates ${path} can't be read. Correct "qed.certificates".`,
    );
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw new EngineError(
      "endpoint.certificate",
      `The file ${path} holds no certificate in PEM form. Correct "qed.certificates".`,
    );
  }
  return text;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
