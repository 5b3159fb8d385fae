import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { findChromium, type PanelPage, Panels } from "./harness.js";
import { ENGINE, PROOF, PROVED, phase, show, stream, THOUGHT, timing } from "./runs.js";
import type { ThemeName } from "./themes.js";

const SCREENSHOTS = fileURLToPath(new URL("../../out/screenshots/", import.meta.url));

describe("the look of the reasoning panel", function () {
  this.timeout(60_000);
  let panels: Panels | null = null;
  let panel: PanelPage;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log("NOT TESTED: the look of the panel, since there is no Chromium: install it or name it by CHROMIUM");
      this.skip();
    }
    panels = await Panels.start(chromium);
    await mkdir(SCREENSHOTS, { recursive: true });
  });

  after(() => panels?.stop());

  beforeEach(async () => {
    panel = await (panels as Panels).open();
  });

  afterEach(async function () {
    if (this.currentTest?.state === "passed") assert.deepEqual(panel.trouble, []);
    await panel.close();
  });

  const has = (selector: string, part: string | RegExp) =>
    panel.page.locator(selector).filter({ hasText: part, visible: true }).first().waitFor();

  it("is worked by keyboard alone", async () => {
    await panel.post(show(PROVED, { proposal: { runId: "run-1", canAccept: true, note: "" } }));
    await has("vscode-button", "Accept");
    const reached: string[] = [];
    for (let presses = 0; presses < 12 && !reached.includes("Copy Proof"); presses += 1) {
      await panel.page.keyboard.press("Tab");
      reached.push(await panel.page.evaluate(() => document.activeElement?.textContent?.trim() ?? ""));
      if (reached.at(-1)?.startsWith("Thought")) await panel.page.keyboard.press("Enter");
      if (reached.at(-1) === "Accept") await panel.page.keyboard.press("Enter");
    }
    assert.deepEqual(reached.slice(-4), ["Accept", "Show Diff", "Reject", "Copy Proof"]);
    await has(".thought .paragraph", "The classical idea");
    assert.deepEqual((await panel.sent()).at(-1), { type: "accept", runId: "run-1" });
  });

  it("fits a narrow side bar, and scrolls wide formulas by themselves", async () => {
    await panel.page.setViewportSize({ width: 300, height: 700 });
    const wide = `\\[ ${"x_{1} + ".repeat(40)} x \\]`;
    await panel.post(
      show([ENGINE, ...stream("answer", `${PROOF}\n\n${wide}\n`), { type: "outcome", outcome: { kind: "proved" } }]),
    );
    await panel.page.locator(".step .display").last().waitFor();
    const sizes = await panel.page.evaluate(() => ({
      page: document.documentElement.scrollWidth,
      window: innerWidth,
      wide: [...document.querySelectorAll(".display")].some((element) => element.scrollWidth > element.clientWidth),
    }));
    assert.ok(sizes.page <= sizes.window, `the page is ${sizes.page} wide`);
    assert.ok(sizes.wide);
    await panel.page.screenshot({ path: `${SCREENSHOTS}proof-narrow.png` });
  });

  for (const theme of ["dark", "light", "high-contrast"] satisfies ThemeName[]) {
    it(`is photographed live, done and at a loss in ${theme}`, async () => {
      await panel.close();
      panel = await (panels as Panels).open(theme);
      const take = (name: string) => panel.page.screenshot({ path: `${SCREENSHOTS}${name}-${theme}.png` });
      await panel.post(show([ENGINE, phase("thinking"), ...stream("thought", THOUGHT).slice(0, -4)]));
      await has(".thought .paragraph", "Alternatively");
      await take("live");
      const proposal = { runId: "run-1", canAccept: true, note: "" };
      await panel.post(show(PROVED, { proposal, timing: timing({ ended: timing().started + 48_000 }) }));
      await has(".section-head", "none checked");
      await take("proof");
      const message = "The rehearsal model knows only the sample theorems: set up QED-Nano to prove this one.";
      await panel.post(show([{ type: "outcome", outcome: { kind: "unknown-to-rehearsal", message } }]));
      await has(".notice", message);
      await take("unknown");
      await panel.post({ type: "none" });
      await has(".start", "cursor");
      await take("start");
    });
  }
});
