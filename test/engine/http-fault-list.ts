import type { HttpEngineOptions } from "../../server/src/engine/http/http-engine.js";
import type { Action, Script, ScriptedServerOptions } from "../fixtures/scripted-server.js";
import type { ServedDialect } from "../fixtures/served/dialect.js";
import { KEY } from "./http-server.js";

const LOG = "Look at the server's log, then try again.";
const CHECK = 'Check "qed.endpoint"';

/** One token of a raw text. */
export const text = (piece: string): Action => ({ do: "text", text: piece });

/** The beginning of a thought. */
export const BEGUN: readonly Action[] = [text("Add"), text(" them")];

/** What a server does wrong, and what the user is told. */
export interface Fault {
  readonly script: (dialect: ServedDialect) => Script;
  readonly code: string;
  /** Parts of the message: what happened, and what to do next. */
  readonly says: readonly string[];
  /** What was thought before the fault. */
  readonly thought?: string;
  readonly server?: ScriptedServerOptions;
  readonly engine?: Partial<HttpEngineOptions>;
}

/** A server that answers everything that reaches its script with an error in its own words. */
const error =
  (status: number, message: string, headers: Record<string, string> = {}) =>
  (dialect: ServedDialect): Script =>
  () => [{ do: "respond", ...dialect.error(status, message), headers }];
const actions =
  (...all: readonly Action[]) =>
  () =>
  () =>
    all;

/** Every fault of a server's answers, by what the server does. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  "refuses the key": {
    script: error(401, `Incorrect API key provided: ${KEY}`),
    code: "endpoint.refused",
    says: ["status 401: Incorrect API key provided: …", "QED_API_KEY"],
  },
  "refuses the key for its list of models too": {
    script: error(401, `Incorrect API key provided: ${KEY}`),
    code: "endpoint.refused",
    says: ["status 401: Incorrect API key provided: …", "QED_API_KEY"],
    server: { models: null },
  },
  "is too busy, and asks to wait too long": {
    script: error(429, `too many requests of ${KEY}`, { "retry-after": "120" }),
    code: "endpoint.busy",
    says: ["status 429: too many requests of …", "asks to wait 120 seconds", "Try again later."],
  },
  "is too busy, and does not say for how long": {
    script: error(429, "too many requests"),
    code: "endpoint.busy",
    says: ["status 429: too many requests", "Try again later."],
    engine: { silenceSeconds: 0.4 },
  },
  "answers 500": {
    script: error(500, `CUDA out\nof memory ${KEY}`),
    code: "endpoint.failed",
    says: ["status 500: CUDA out of memory …", LOG],
  },
  "answers 502 with a web page": {
    script: actions({ do: "respond", status: 502, body: `<!DOCTYPE html><title>Bad Gateway</title><p>${KEY}` }),
    code: "endpoint.failed",
    says: ["(status 502: Bad Gateway)", LOG],
  },
  "falls silent before its first byte": {
    script: actions({ do: "stall" }),
    code: "stream.silent",
    says: ["has not begun to answer for 0.2 seconds", "try again", '"qed.serverTimeout"'],
    engine: { silenceSeconds: 0.2 },
  },
  "falls silent in the middle": {
    script: actions(...BEGUN, { do: "stall" }),
    code: "stream.silent",
    says: ["has sent nothing for 0.4 seconds", "try again", '"qed.serverTimeout"'],
    thought: "Add them",
    engine: { silenceSeconds: 0.4 },
  },
  "sends an event that is no JSON": {
    script: actions(...BEGUN, { do: "event", data: `{oops ${KEY}` }, { do: "stall" }),
    code: "endpoint.malformed",
    says: ["no JSON", CHECK],
    thought: "Add them",
  },
  "sends an event that is null": {
    script: actions(...BEGUN, { do: "event", data: null }, { do: "stall" }),
    code: "endpoint.malformed",
    says: [CHECK],
    thought: "Add them",
  },
  "answers an error with status 200": {
    script: actions({ do: "respond", status: 200, body: { error: { message: `no slot is free for ${KEY}` } } }),
    code: "endpoint.failed",
    says: ["no slot is free for …", LOG],
  },
  "sends an error in the stream": {
    script: actions(
      ...BEGUN,
      { do: "event", data: { error: { message: `worker died, key ${KEY}` } } },
      { do: "stall" },
    ),
    code: "endpoint.failed",
    says: ["worker died, key …", LOG],
    thought: "Add them",
  },
  "answers with a web page": {
    script: actions({ do: "respond", status: 200, body: `<!doctype html><p>Log in ${KEY}` }),
    code: "endpoint.malformed",
    says: ["a web page", CHECK],
  },
  "answers with a web page to whatever it is asked": {
    script: actions({ do: "respond", status: 200, body: "<html><p>Log in" }),
    code: "endpoint.malformed",
    says: ["a web page", CHECK],
    server: { models: null },
  },
  "answers with plain text": {
    script: actions({ do: "respond", status: 200, body: `hello ${KEY}` }),
    code: "endpoint.malformed",
    says: [CHECK],
  },
  "answers with JSON that is no completion": {
    script: actions({ do: "respond", status: 200, body: { hello: "world" } }),
    code: "endpoint.malformed",
    says: ["no completion", CHECK],
  },
  "gives the text up": {
    script: actions(...BEGUN, { do: "finish", reason: "abort" }, { do: "done" }),
    code: "endpoint.failed",
    says: ["abort", LOG],
    thought: "Add them",
  },
  "says that its context is too small": {
    script: error(400, "This model's maximum context length is 4096 tokens. However, you requested 40960 tokens."),
    code: "context.exceeded",
    says: ["maximum context length is 4096", "Shorten it", "start the server with more context"],
  },
  "closes before it answers": {
    script: actions({ do: "cut" }),
    code: "endpoint.unreachable",
    says: ["No server answers", '"qed.endpoint"'],
  },
  "has no such model": {
    script: actions(),
    code: "endpoint.model",
    says: ["no such model", "404", 'Set "qed.model"'],
    engine: { model: "qed-mega" },
  },
  "has a certificate that nobody known has signed": {
    script: actions(),
    code: "endpoint.certificate",
    says: ["DEPTH_ZERO_SELF_SIGNED_CERT", '"qed.certificates"', "NODE_EXTRA_CA_CERTS"],
    server: { tls: true },
  },
};
