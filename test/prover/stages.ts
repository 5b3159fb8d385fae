import assert from "node:assert/strict";
import type { Engine } from "../../server/src/engine/engine.js";
import { HttpEngine } from "../../server/src/engine/http/http-engine.js";
import { openTapped, until } from "../engine/local-child.js";
import { recite, startScriptedServer } from "../fixtures/scripted-server.js";
import { hasRehearsal, REHEARSAL, rows } from "./pieces.js";

/** One of the engines that the same tests run on. */
export interface Stage {
  readonly name: "local" | "http";
  /** Whether it can run here; says why not. */
  available(): boolean;
  open(): Promise<OpenStage>;
}

/** An engine that knows the texts of the rehearsal model, and what reaches its other side. */
export interface OpenStage {
  readonly engine: Engine;
  /** The raw prompts that were completed, oldest first. */
  prompts(): string[];
  /** The seeds that they came with. */
  seeds(): number[];
  /**
   * Waits until the last completion has been given up, if there were any after the first `asked`; throws if it went on
   * or came to its end.
   */
  abandoned(asked: number): Promise<void>;
  close(): Promise<void>;
}

const local: Stage = {
  name: "local",
  available: hasRehearsal,
  async open() {
    const { engine, messages, close } = await openTapped(REHEARSAL);
    const asked = () =>
      messages().flatMap((message) => ("to" in message && message.to.type === "complete" ? [message.to] : []));
    return {
      engine,
      close,
      prompts: () => asked().map(({ text }) => text),
      seeds: () => asked().map(({ seed }) => seed),
      async abandoned(before) {
        if (asked().length === before) return;
        const id = asked().at(-1)?.id;
        const told = () =>
          messages().flatMap((message) =>
            "from" in message && "id" in message.from && message.from.id === id ? [message.from] : [],
          );
        await until("the process reports the end", () =>
          told().some(({ type }) => type === "cancelled" || type === "end"),
        );
        const all = messages();
        const cancel = all.findIndex(
          (message) => "to" in message && message.to.type === "cancel" && message.to.id === id,
        );
        assert.notEqual(cancel, -1);
        const after = all.slice(cancel).flatMap((message) => ("from" in message ? [message.from.type] : []));
        const late = after.filter((type) => type === "texts").length;
        assert.ok(late <= 1, "after the cancel comes only text that was on its way");
        const last = told().at(-1);
        assert.equal(last?.type, "cancelled");
        const texts = told().flatMap((message) =>
          message.type === "texts" ? message.pieces.map((piece) => piece[1]) : [],
        );
        assert.equal(last.usage.generated, texts.at(-1) ?? 0, "no token was evaluated after the last that was told");
      },
    };
  },
};

const http: Stage = {
  name: "http",
  available: () => true,
  async open() {
    const server = await startScriptedServer(recite(rows()));
    const engine = new HttpEngine({
      endpoint: server.endpoint,
      model: null,
      apiKey: null,
      sampling: { temperature: 0.6, topP: 0.95 },
      silenceSeconds: 10,
    });
    return {
      engine,
      prompts: () => server.requests.map(({ prompt }) => prompt),
      seeds: () => server.requests.map(({ body }) => body.seed as number),
      async abandoned(before) {
        if (server.requests.length === before) return;
        await until("the socket is closed", () => server.requests.at(-1)?.abandoned === true);
      },
      async close() {
        await engine.dispose();
        await server.close();
      },
    };
  },
};

/** The engines that the prover is tested on. */
export const STAGES: readonly Stage[] = [local, http];
