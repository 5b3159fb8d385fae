/** A headless Chromium that can reach 127.0.0.1 and nothing else. */
import { chromium } from "playwright-core";
import { ensureChromium } from "./install.mjs";

/** What VS Code's workbench needs of a Chromium on a machine without display, and nothing that phones home. */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Whatever isn't 127.0.0.1 has no name and goes to a proxy that isn't there.
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
  "--proxy-server=http://127.0.0.1:9",
  "--proxy-bypass-list=127.0.0.1",
];

/**
 * @returns {Promise<import("playwright-core").Browser>} close it when done; it also ends with this process
 * @throws {Error} one sentence with the next step when there is no Chromium
 */
export async function launchChromium() {
  return chromium.launch({ executablePath: await ensureChromium(), headless: true, args: CHROMIUM_ARGS });
}

/**
 * Notes every request of a context that goes elsewhere than 127.0.0.1. Chromium's flags block them anyway. What a
 * service worker of the page answers never leaves it: VS Code serves an extension's own files to webviews that way,
 * under a made-up host name.
 *
 * @param {import("playwright-core").BrowserContext} context
 * @returns {() => readonly string[]} the addresses so far
 */
export function watchOutsideRequests(context) {
  /** @type {Map<object, string>} */
  const outside = new Map();
  const note = (/** @type {object} */ request, /** @type {string} */ address) => {
    const { protocol, hostname } = new URL(address);
    if (/^(https?|wss?|ftp):$/.test(protocol) && hostname !== "127.0.0.1") outside.set(request, address);
  };
  context.on("request", (request) => note(request, request.url()));
  context.on("response", (response) => {
    if (response.fromServiceWorker()) outside.delete(response.request());
  });
  context.on("page", (page) => page.on("websocket", (socket) => note(socket, socket.url())));
  return () => [...outside.values()];
}
