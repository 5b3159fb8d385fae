import type { Frame, Page } from "playwright-core";

const POLL_MS = 50;

/**
 * Asks again until there is an answer.
 *
 * @param what completes "didn't happen within n s: …"
 * @param timeout in milliseconds
 * @throws Error naming `what`, and the last attempt's error if it threw
 */
export async function poll<T>(what: string, timeout: number, attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + timeout;
  let last: unknown;
  do {
    try {
      const answer = await attempt();
      if (answer !== undefined) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((again) => setTimeout(again, POLL_MS));
  } while (Date.now() < deadline);
  throw new Error(`didn't happen within ${timeout / 1000} s: ${what}${last ? ` (${(last as Error).message})` : ""}`);
}

/**
 * The document that an extension gave a webview: VS Code puts it in `#active-frame` inside `iframe.webview.ready`, and
 * replaces that frame when the extension sets the html again.
 *
 * @param wanted the title VS Code gives the frame, or a look at the frame itself
 */
export async function findWebviewFrame(
  page: Page,
  wanted: string | ((frame: Frame) => boolean | Promise<boolean>),
  timeout: number,
): Promise<Frame> {
  const what = typeof wanted === "string" ? `a webview "${wanted}" is there` : "the webview looked for is there";
  return poll(what, timeout, async () => {
    for (const outer of await page.locator("iframe.webview.ready").elementHandles()) {
      const inner = await (await outer.contentFrame())?.$("#active-frame");
      const frame = await inner?.contentFrame();
      if (!inner || !frame) continue;
      const fits = typeof wanted === "string" ? (await inner.getAttribute("title")) === wanted : await wanted(frame);
      if (fits) return frame;
    }
    return undefined;
  });
}
