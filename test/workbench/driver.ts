import { mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, ConsoleMessage, Frame, Locator, Page } from "playwright-core";
import { launchChromium, watchOutsideRequests } from "../../scripts/host/chromium.mjs";
import { type ServedVSCode, type ServeOptions, serveVSCode } from "../../scripts/host/serve.mjs";
import { editorLines, ghostLines } from "./editor.js";
import { findWebviewFrame, poll } from "./frames.js";

const SCREENSHOTS = fileURLToPath(new URL("../../out/screenshots/", import.meta.url));
const START_LIMIT_MS = 60_000;
const STEP_LIMIT_MS = 20_000;

/** Limits of one wait, in milliseconds. */
export interface Wait {
  readonly timeout?: number;
}

/** The real VS Code workbench in a headless Chromium, driven by what a user sees and types. */
export class Workbench {
  /** Playwright's page, for what has no method here. */
  readonly page: Page;
  /** The server behind it, with its data folder and log. */
  readonly served: ServedVSCode;
  readonly #browser: Browser;
  readonly #folder: string;
  readonly #outside: () => readonly string[];
  readonly #errors: string[] = [];

  /** Use {@link openWorkbench}. */
  constructor(page: Page, served: ServedVSCode, browser: Browser, folder: string, outside: () => readonly string[]) {
    this.page = page;
    this.served = served;
    this.#browser = browser;
    this.#folder = folder;
    this.#outside = outside;
    page.on("console", (message) => {
      if (message.type() === "error" && !isWorkbenchNoise(message)) this.#errors.push(message.text());
    });
  }

  /**
   * Opens a file through Quick Open and waits until its editor is the active one.
   *
   * @param path absolute, or relative to the workspace folder; a part of a name isn't enough, as this build can't search
   */
  async openFile(path: string, { timeout = STEP_LIMIT_MS }: Wait = {}): Promise<void> {
    const name = basename(path);
    await poll(`Quick Open offers ${path}`, timeout, async () => {
      const input = await this.#quickInput("ControlOrMeta+P");
      // Without a search Quick Open still finds a file by its absolute path.
      await input.fill(resolve(this.#folder, path));
      const row = this.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: name }).first();
      if (!(await appears(row, 2_000))) return undefined;
      await row.click();
      return true;
    });
    await this.#activeTab(name).waitFor({ timeout });
    await this.#editor().locator(".view-lines").waitFor({ timeout });
  }

  /**
   * Runs a command by its palette title (`QED: Prove This Statement`), as the palette shows it. Waits for a command
   * that an extension hasn't registered yet.
   */
  async runCommand(title: string, { timeout = STEP_LIMIT_MS }: Wait = {}): Promise<void> {
    await poll(`the palette offers "${title}"`, timeout, async () => {
      const input = await this.#quickInput("F1");
      await input.fill(`>${title}`);
      const row = this.page
        .locator(".quick-input-list .monaco-list-row .label-name")
        .filter({ hasText: new RegExp(`^\\s*${escaped(title)}\\s*$`) })
        .first();
      if (!(await appears(row, 2_000))) return undefined;
      await row.click();
      return true;
    });
    // A command may ask further at once, so the palette's own row, not the input, is what has to go.
    await this.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: title }).waitFor({
      state: "hidden",
      timeout,
    });
  }

  /** The lines that the active editor shows, without ghost text. Wrapped lines come as VS Code wraps them. */
  async editorText(): Promise<string> {
    return editorLines(this.#editor());
  }

  /** The ghost text shown in the active editor, line by line as it is seen (empty lines aren't); "" without any. */
  async ghostText(): Promise<string> {
    return ghostLines(this.#editor());
  }

  /** The lenses shown in the active editor, one title each. */
  async codeLenses(): Promise<readonly string[]> {
    const titles = await this.#editor()
      .locator(".codelens-decoration a, .codelens-decoration > span")
      .allTextContents();
    return titles.map(plain).filter((title) => title !== "" && title !== "|");
  }

  /** Saves the active editor and waits until its tab is clean. */
  async save({ timeout = STEP_LIMIT_MS }: Wait = {}): Promise<void> {
    await this.page.keyboard.press("ControlOrMeta+S");
    await this.page.locator(".editor-group-container.active .tab.active.dirty").waitFor({ state: "detached", timeout });
  }

  /** The rows of the Problems panel, opened if it isn't: message, source, code and place as VS Code reads them aloud. */
  async problems({ timeout = STEP_LIMIT_MS }: Wait = {}): Promise<readonly string[]> {
    const panel = this.page.locator(".markers-panel");
    if (!(await panel.isVisible()))
      await this.runCommand("View: Focus Problems (Errors, Warnings, Infos)", { timeout });
    await panel.waitFor({ timeout });
    const rows = panel.locator(".monaco-list-row[aria-level='2']");
    return rows.evaluateAll((found) => found.map((row) => row.getAttribute("aria-label") ?? ""));
  }

  /** The visible items of the status bar, joined by spaced bars. */
  async statusBarText(): Promise<string> {
    const items = await this.page.locator(".part.statusbar .statusbar-item:visible").allTextContents();
    return items.map(plain).filter(Boolean).join(" | ");
  }

  /** The messages of the notifications on the screen. */
  async notifications(): Promise<readonly string[]> {
    return (await this.page.locator(".notification-list-item-message").allTextContents()).map(plain);
  }

  /** Puts the cursor on a line (1-based) and a column (1-based) of the active editor. */
  async gotoLine(line: number, column = 1): Promise<void> {
    const input = await this.#quickInput("Control+G");
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await input.waitFor({ state: "hidden", timeout: STEP_LIMIT_MS });
    // Not the column: the status bar counts a tab as several, and VS Code takes the line's end for a column beyond it.
    await this.waitFor(`the cursor is on line ${line}`, async () =>
      new RegExp(`Ln ${line}, Col `).test(await this.statusBarText()),
    );
  }

  /** Types into whatever has the focus, key by key; VS Code's own bracket closing and suggestions take part. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Waits until a text is seen anywhere in the workbench (not inside webviews: use their frame). */
  async waitForText(text: string, wait: Wait = {}): Promise<void> {
    await this.waitFor(
      `"${text}" is seen`,
      // biome-ignore lint/performance/useDomNodeTextContent: a hidden text is not seen.
      async () => plain(await this.page.locator(".monaco-workbench").innerText()).includes(plain(text)),
      wait,
    );
  }

  /**
   * Polls until a condition holds.
   *
   * @throws Error naming `what`, with a screenshot's place, when the time is over
   */
  async waitFor(
    what: string,
    condition: () => Promise<boolean>,
    { timeout = STEP_LIMIT_MS }: Wait = {},
  ): Promise<void> {
    try {
      await poll(what, timeout, async () => (await condition()) || undefined);
    } catch (error) {
      const picture = await this.screenshot(`failed-${Date.now()}`).catch(() => "none");
      throw new Error(`${(error as Error).message} (screenshot: ${picture})`);
    }
  }

  /** The document inside a webview, by the title of its tab or view, or by a look at it. */
  async webviewFrame(
    wanted: string | ((frame: Frame) => boolean | Promise<boolean>),
    { timeout = STEP_LIMIT_MS }: Wait = {},
  ): Promise<Frame> {
    return findWebviewFrame(this.page, wanted, timeout);
  }

  /** Takes a picture of the window. @returns its path, `out/screenshots/NAME.png` */
  async screenshot(name: string): Promise<string> {
    await mkdir(SCREENSHOTS, { recursive: true });
    const path = join(SCREENSHOTS, `${name}.png`);
    await this.page.screenshot({ path, timeout: STEP_LIMIT_MS });
    return path;
  }

  /** Every request that went elsewhere than 127.0.0.1 (and was blocked), workbench and webviews alike. */
  outsideRequests(): readonly string[] {
    return this.#outside();
  }

  /** What the browser's console called an error so far, VS Code's own log left out: webview scripts, CSP violations. */
  consoleErrors(): readonly string[] {
    return [...this.#errors];
  }

  /** Ends browser and server and removes their temporary folders. */
  async close(): Promise<void> {
    await this.#browser.close();
    await this.served.stop();
  }

  /** Opens a quick input with a key, afresh even if one is open. */
  async #quickInput(key: string): Promise<Locator> {
    const input = this.page.locator(".quick-input-widget:visible input.input");
    if (await input.isVisible()) {
      await this.page.keyboard.press("Escape");
      await input.waitFor({ state: "hidden", timeout: STEP_LIMIT_MS });
    }
    await this.page.keyboard.press(key);
    await input.waitFor({ timeout: STEP_LIMIT_MS });
    return input;
  }

  #editor(): Locator {
    return this.page.locator(".editor-group-container.active .editor-instance .monaco-editor").first();
  }

  #activeTab(name: string): Locator {
    return this.page.locator(`.editor-group-container.active .tab.active[data-resource-name="${name}"]`);
  }
}

/**
 * Serves VS Code, opens it at 1400 × 900 and waits for the workbench.
 *
 * @param options the folder, the extension (in development or installed), settings, variables of the extension host
 */
export async function openWorkbench(options: ServeOptions): Promise<Workbench> {
  const served = await serveVSCode(options);
  let browser: Browser | undefined;
  try {
    browser = await launchChromium();
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const outside = watchOutsideRequests(context);
    const workbench = new Workbench(await context.newPage(), served, browser, options.folder ?? "", outside);
    await workbench.page.goto(served.url, { waitUntil: "domcontentloaded", timeout: START_LIMIT_MS });
    await workbench.page.locator(".part.statusbar .statusbar-item").first().waitFor({ timeout: START_LIMIT_MS });
    return workbench;
  } catch (error) {
    await browser?.close();
    await served.stop();
    throw new Error(`The workbench didn't open: ${(error as Error).message}\n${served.log()}`);
  }
}

/** VS Code's logger marks its lines with `%c`; the served build also misses a service worker and source maps. */
function isWorkbenchNoise(message: ConsoleMessage): boolean {
  return (
    message.text().startsWith("%c") ||
    (/\b404\b/.test(message.text()) && !message.location().url.includes("vscode-resource"))
  );
}

async function appears(what: Locator, timeout: number): Promise<boolean> {
  return what.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}

function plain(text: string): string {
  return text.replace(/[\s\u00a0]+/g, " ").trim();
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
