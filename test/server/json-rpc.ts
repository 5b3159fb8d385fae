import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";

/** What a client answers to `workspace/configuration`: the `qed` section, or one of the ways to have none. */
export type Configuration = Readonly<Record<string, unknown>> | null | "error" | "unsupported";

/** An error answer. */
export class RpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** A notification of the server. */
export interface Notification {
  readonly method: string;
  readonly params: unknown;
}

/** A request under way. */
export interface Pending<R> {
  readonly id: number;
  readonly answer: Promise<R>;
}

interface Waiting {
  readonly test: () => boolean;
  readonly resolve: () => void;
}

/** How long anything may take before a test fails, in milliseconds. */
const LIMIT_MS = 15_000;

/**
 * A language client of its own making: JSON-RPC with Content-Length framing over the standard streams of a process, so
 * that what a foreign editor sees is what is tested.
 */
export class RpcClient {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #answers = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #waiting = new Set<Waiting>();
  #input = Buffer.alloc(0);
  #nextId = 1;
  #ended = false;
  /** What the client answers to `workspace/configuration`; may be changed at any time. */
  configuration: Configuration;
  /** Every notification of the server so far. */
  readonly notifications: Notification[] = [];
  /** Called with each of them as it comes. */
  onNotification: (notification: Notification) => void = () => {};
  /** Keys of servers of models that this client keeps, by origin. */
  readonly keys = new Map<string, string>();
  /** Methods of the server's own requests so far. */
  readonly asked: string[] = [];
  /** What the server has written to its standard error. */
  stderr = "";

  /** Starts `node ARGS`. */
  constructor(args: readonly string[], env: NodeJS.ProcessEnv, configuration: Configuration) {
    this.configuration = configuration;
    this.#process = spawn(process.execPath, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#process.stdout.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#process.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    // A server that has ended is seen by its exit.
    this.#process.stdin.on("error", () => {});
    this.#process.on("exit", () => {
      this.#ended = true;
      for (const { reject } of this.#answers.values()) reject(new Error(`the server ended: ${this.stderr}`));
      this.#answers.clear();
      this.#wake();
    });
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Exit code, once it has ended. */
  get exitCode(): number | null {
    return this.#process.exitCode;
  }

  /** Sends `initialize` and `initialized`; capabilities follow from `configuration` unless they are given. */
  async initialize(params: object = {}): Promise<Record<string, unknown>> {
    const configuration = this.configuration !== "unsupported";
    const result = await this.request<Record<string, unknown>>("initialize", {
      processId: null,
      rootUri: null,
      capabilities: configuration ? { workspace: { configuration } } : {},
      ...params,
    });
    this.notify("initialized", {});
    return result;
  }

  notify(method: string, params?: unknown): void {
    this.#send({ jsonrpc: "2.0", method, ...(params === undefined ? {} : { params }) });
  }

  /** The answer to a request. Rejects with {@link RpcError}. */
  request<R>(method: string, params?: unknown, limit = LIMIT_MS): Promise<R> {
    return this.begin<R>(method, params, limit).answer;
  }

  /** A request that may be cancelled by its id. */
  begin<R>(method: string, params?: unknown, limit = LIMIT_MS): Pending<R> {
    const id = this.#nextId++;
    const answer = new Promise<R>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method} was not answered. ${this.stderr}`)), limit);
      const settled = <T>(then: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer);
          this.#answers.delete(id);
          then(value);
        };
      };
      this.#answers.set(id, { resolve: settled(resolve as (value: unknown) => void), reject: settled(reject) });
    });
    this.#send({ jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) });
    return { id, answer };
  }

  cancel(id: number): void {
    this.notify("$/cancelRequest", { id });
  }

  /** All parameters of one kind of notification so far. */
  of<P>(method: string): P[] {
    return this.notifications.filter((one) => one.method === method).map(({ params }) => params as P);
  }

  /** Waits until the test holds; it is run again after each message and at the server's end. */
  async until(what: string, test: () => boolean, limit = LIMIT_MS): Promise<void> {
    if (test()) return;
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = { test, resolve: () => done(resolve) };
      const timer = setTimeout(
        () => done(() => reject(new Error(`it never came that ${what}. ${this.stderr}`))),
        limit,
      );
      const done = (then: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        then();
      };
      this.#waiting.add(waiting);
    });
  }

  /** Closes the server's standard input, as an editor that has died does. */
  closeInput(): void {
    this.#process.stdin.end();
  }

  /** Waits for the server's end. */
  async end(limit = LIMIT_MS): Promise<void> {
    await this.until("the server ended", () => this.#ended, limit);
  }

  /** Ends the server as an editor does; kills it, by its id, if it does not go. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    try {
      await this.request("shutdown", undefined, 5_000);
      this.notify("exit");
      await this.end(5_000);
    } catch {
      this.#process.kill("SIGKILL");
      if (!this.#ended) await once(this.#process, "exit");
    }
  }

  /** Writes bytes as they are. */
  raw(bytes: string): void {
    this.#process.stdin.write(bytes);
  }

  #send(message: object): void {
    const body = Buffer.from(JSON.stringify(message), "utf8");
    this.#process.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.#process.stdin.write(body);
  }

  #take(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    for (;;) {
      const headEnd = this.#input.indexOf("\r\n\r\n");
      if (headEnd < 0) break;
      const length = Number(/Content-Length: *(\d+)/i.exec(this.#input.toString("latin1", 0, headEnd))?.[1]);
      const end = headEnd + 4 + length;
      if (!Number.isInteger(length)) throw new Error("the server wrote something that is no message");
      if (this.#input.length < end) break;
      const body = this.#input.toString("utf8", headEnd + 4, end);
      this.#input = this.#input.subarray(end);
      this.#message(JSON.parse(body));
    }
    this.#wake();
  }

  #message(message: {
    readonly id?: number;
    readonly method?: string;
    readonly params?: unknown;
    readonly result?: unknown;
    readonly error?: { readonly code: number; readonly message: string };
  }): void {
    const { id, method, params } = message;
    if (method !== undefined && id !== undefined) {
      this.#answer(id, method, params);
    } else if (method !== undefined) {
      this.notifications.push({ method, params });
      this.onNotification({ method, params });
    } else if (id !== undefined) {
      const waiting = this.#answers.get(id);
      if (message.error) waiting?.reject(new RpcError(message.error.code, message.error.message));
      else waiting?.resolve(message.result);
    }
  }

  /** Answers a request of the server. */
  #answer(id: number, method: string, params: unknown): void {
    this.asked.push(method);
    const failed = (code: number, message: string) => this.#send({ jsonrpc: "2.0", id, error: { code, message } });
    if (method === "qed/serverKey") {
      const { origin } = params as { origin: string };
      this.#send({ jsonrpc: "2.0", id, result: { key: this.keys.get(origin) ?? null } });
      return;
    }
    if (method !== "workspace/configuration") {
      this.#send({ jsonrpc: "2.0", id, result: null });
      return;
    }
    const { configuration } = this;
    if (configuration === "unsupported") failed(-32601, "Method not found");
    else if (configuration === "error") failed(-32603, "no settings today");
    else {
      const { items } = params as { items: readonly { readonly section?: string }[] };
      const result = items.map(({ section }) => (section === "qed" ? configuration : null));
      this.#send({ jsonrpc: "2.0", id, result });
    }
  }

  #wake(): void {
    for (const waiting of [...this.#waiting]) if (waiting.test()) waiting.resolve();
  }
}
