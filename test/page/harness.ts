import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { pageHtml } from "../../client/src/panel/html.js";
import type { HostMessage, PageMessage } from "../../webview/src/channel.js";
import { THEMES, type ThemeName } from "./themes.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const OUT = path.join(ROOT, "out", "page");
const FLAGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
};

/** The browser's executable, or null where there is none. */
export function findChromium(): string | null {
  const found = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return existsSync(found) ? found : null;
}

/** What a page has done that it must not do. */
export interface Trouble {
  readonly kind: "policy" | "error" | "request" | "dialog" | "console";
  readonly text: string;
}

/** A page with a fake host, under the real policy and with the real bundle. */
export interface PanelPage {
  readonly page: Page;
  readonly trouble: Trouble[];
  /** Sends as the host does. */
  post(message: HostMessage): Promise<void>;
  /** What the page has sent so far. */
  sent(): Promise<PageMessage[]>;
  close(): Promise<void>;
}

/** A page that sets single formulas. */
export interface Probe {
  readonly trouble: Trouble[];
  /** The HTML of a formula. */
  set(tex: string, macros: Readonly<Record<string, string>>): Promise<string>;
}

/** One browser and one server for a file of tests. */
export class Panels {
  readonly #browser: Browser;
  readonly #server: Server;
  readonly #origin: string;

  private constructor(browser: Browser, server: Server) {
    this.#browser = browser;
    this.#server = server;
    this.#origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Builds the bundle, starts the server and the browser. */
  static async start(executablePath: string): Promise<Panels> {
    await build({
      entryPoints: {
        main: path.join(ROOT, "webview", "src", "main.ts"),
        probe: path.join(ROOT, "test", "page", "probe.ts"),
      },
      bundle: true,
      format: "esm",
      target: "chrome120",
      outdir: OUT,
      loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty" },
      logLevel: "error",
    });
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
      if (pathname === "/favicon.ico") {
        response.writeHead(204).end();
        return;
      }
      const origin = `http://${request.headers.host}`;
      if (pathname === "/" || pathname === "/probe") {
        response.setHeader("content-type", "text/html");
        response.end(
          pageHtml({
            cspSource: origin,
            script: pathname === "/" ? `${origin}/main.js` : `${origin}/probe.js`,
            style: `${origin}/main.css`,
            nonce: randomBytes(16).toString("hex"),
            styleNonce: randomBytes(16).toString("hex"),
            language: "en",
          }),
        );
        return;
      }
      response.setHeader("content-type", TYPES[path.extname(pathname)] ?? "application/octet-stream");
      readFile(path.join(OUT, path.basename(pathname))).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const browser = await chromium.launch({ executablePath, args: FLAGS.split(" ") });
    return new Panels(browser, server);
  }

  /** A new page in a theme of VS Code; it has said `ready` when this returns. */
  async open(theme: ThemeName = "dark", options: BrowserContextOptions = {}): Promise<PanelPage> {
    const { page, trouble } = await this.#watched(theme, options);
    await page.goto(this.#origin);
    await page
      .waitForFunction(() => (globalThis as unknown as FakeWindow).qedSent?.some((m) => m.type === "ready"))
      .catch((error) => {
        throw new Error(`the page did not say that it is ready: ${JSON.stringify(trouble)}`, { cause: error });
      });
    return {
      page,
      trouble,
      // As JSON, since a surrogate that stands alone doesn't get through the browser's own protocol.
      post: (message) =>
        page.evaluate((json) => globalThis.postMessage(JSON.parse(json), "*"), JSON.stringify(message)),
      sent: () => page.evaluate(() => (globalThis as unknown as FakeWindow).qedSent),
      close: () => page.context().close(),
    };
  }

  /** A page that sets single formulas, under the same policy. */
  async probe(): Promise<Probe> {
    const { page, trouble } = await this.#watched("dark", {});
    await page.goto(`${this.#origin}/probe`);
    await page.waitForFunction(() => "qedSetFormula" in globalThis);
    const set = (json: string) => {
      const [tex, macros] = JSON.parse(json);
      return (globalThis as unknown as FakeWindow).qedSetFormula(tex, macros);
    };
    return { trouble, set: (tex, macros) => page.evaluate(set, JSON.stringify([tex, macros])) };
  }

  async #watched(theme: ThemeName, options: BrowserContextOptions): Promise<{ page: Page; trouble: Trouble[] }> {
    const context = await this.#browser.newContext({ viewport: { width: 760, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const trouble: Trouble[] = [];
    page.on("pageerror", (error) => trouble.push({ kind: "error", text: String(error) }));
    page.on("dialog", (dialog) => {
      trouble.push({ kind: "dialog", text: dialog.message() });
      void dialog.dismiss();
    });
    page.on("console", (message) => {
      if (message.type() === "error") trouble.push({ kind: "console", text: message.text() });
    });
    page.on("request", (request) => {
      const wanted = request.url().replace(this.#origin, "");
      if (!/^\/(?:main\.(?:js|css)|probe(?:\.js)?|[\w-]+\.woff2|favicon\.ico)?$/.test(wanted)) {
        trouble.push({ kind: "request", text: request.url() });
      }
    });
    await page.exposeFunction("qedTrouble", (text: string) => trouble.push({ kind: "policy", text }));
    // The loader that runs these tests wraps functions in a helper that a page doesn't have.
    await page.addInitScript({ content: "globalThis.__name = (value) => value;" });
    await page.addInitScript(fakeHost, THEMES[theme]);
    return { page, trouble };
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

interface FakeWindow {
  qedSent: PageMessage[];
  qedTrouble(text: string): void;
  qedSetFormula(tex: string, macros: Readonly<Record<string, string>>): string;
  acquireVsCodeApi(): unknown;
}

/** Runs in the page before its own script: VS Code's API, its theme's variables and classes, and the listeners. */
function fakeHost(theme: { readonly kind: string; readonly variables: Readonly<Record<string, string>> }): void {
  const page = globalThis as unknown as FakeWindow;
  page.qedSent = [];
  let kept: unknown;
  page.acquireVsCodeApi = () => ({
    postMessage: (message: PageMessage) => page.qedSent.push(structuredClone(message)),
    getState: () => kept,
    setState: (state: unknown) => {
      kept = state;
    },
  });
  document.addEventListener("securitypolicyviolation", (event) =>
    page.qedTrouble(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
  );
  document.addEventListener("DOMContentLoaded", () => {
    for (const [name, value] of Object.entries(theme.variables))
      document.documentElement.style.setProperty(name, value);
    document.body.classList.add(theme.kind);
    document.body.dataset.vscodeThemeKind = theme.kind;
  });
}
