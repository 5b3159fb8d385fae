import type { Browser, BrowserContext } from "playwright-core";

/** Chromium's flags: no display, nothing that phones home, nothing but 127.0.0.1 in reach. */
export const CHROMIUM_ARGS: readonly string[];

/** Launches a headless Chromium with {@link CHROMIUM_ARGS}. */
export function launchChromium(): Promise<Browser>;

/** Notes every request of a context that goes elsewhere than 127.0.0.1; the result gives the addresses so far. */
export function watchOutsideRequests(context: BrowserContext): () => readonly string[];
