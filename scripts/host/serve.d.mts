/** What `serveVSCode` takes; the words are in serve.mjs. */
export interface ServeOptions {
  readonly folder?: string;
  readonly extensionDevelopmentPath?: string;
  readonly extensionTestsPath?: string;
  readonly extensionsDir?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly trust?: boolean;
  readonly port?: number;
}

/** A running server; the words are in serve.mjs. */
export interface ServedVSCode {
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  readonly dataDir: string;
  readonly ended: Promise<void>;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts a server on 127.0.0.1 and waits until it answers. */
export function serveVSCode(options: ServeOptions): Promise<ServedVSCode>;
