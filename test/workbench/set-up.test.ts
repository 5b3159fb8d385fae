import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FakeHub, startHub } from "../fixtures/hub-server.js";
import { openWorkbench, type Workbench } from "./driver.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MODEL = readFileSync(join(ROOT, "models", "rehearsal.gguf"));
const LIMIT_MS = 60_000;

describe("setting a model up in the real workbench", function () {
  this.timeout(180_000);
  let folder: string;
  let state: string;
  let hub: FakeHub;
  let workbench: Workbench;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "qed-workbench-"));
    state = mkdtempSync(join(tmpdir(), "qed-state-"));
    cpSync(join(ROOT, "samples"), folder, { recursive: true });
    hub = await startHub({ "x/gated": { files: { "file.gguf": MODEL }, token: "hf_right" } });
    workbench = await openWorkbench({
      folder,
      extensionDevelopmentPath: ROOT,
      env: { QED_STATE_DIR: state, HF_ENDPOINT: hub.address, HF_TOKEN: "" },
      settings: { "workbench.startupEditor": "none", "workbench.activityBar.location": "hidden" },
    });
  });
  after(async () => {
    await workbench?.close();
    await hub?.close();
    for (const temporary of [folder, state]) rmSync(temporary, { recursive: true, force: true });
  });

  const row = (text: string) =>
    workbench.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: text }).first();
  const answer = async (text: string) => {
    const input = workbench.page.locator(".quick-input-widget:visible input.input");
    await input.waitFor({ timeout: LIMIT_MS });
    await input.fill(text);
    await workbench.page.keyboard.press("Enter");
  };
  const press = (where: string, label: string) =>
    workbench.page.locator(where).getByRole("button", { name: label, exact: true }).click({ timeout: LIMIT_MS });

  it("asks where from, for a token, and whether; then downloads with progress and sets the model", async () => {
    hub.always = { throttle: MODEL.length };
    await workbench.openFile("article.tex");
    await workbench.runCommand("QED: Set Up Model");
    await row("Download QED-Nano-SFT").waitFor({ timeout: LIMIT_MS });
    await workbench.screenshot("set-up-choices");
    await row("Download from another place").click();
    await answer("hf:x/gated/file.gguf");

    await workbench.waitForText("hf:x/gated is only for those who are allowed", { timeout: LIMIT_MS });
    await press(".notifications-toasts", "Enter Token…");
    await answer("hf_right");

    await workbench.waitForText("Set up hf:x/gated/file.gguf?", { timeout: LIMIT_MS });
    const dialog = (await workbench.page.locator(".monaco-dialog-box").textContent()) ?? "";
    assert.match(dialog, /Download: \d\.\d\d MB from 127\.0\.0\.1/);
    await workbench.screenshot("set-up-question");
    assert.equal(hub.byteRequests().length, 0, "nothing is downloaded before it was agreed to");
    await press(".monaco-dialog-box", "Set Up");

    await workbench.waitForText("Downloading:", { timeout: LIMIT_MS });
    await workbench.screenshot("set-up-progress");
    await workbench.waitForText("is set up: CPU", { timeout: LIMIT_MS });
    const model = join(state, "models", "x--gated", "file.gguf");
    assert.ok(existsSync(model) && readFileSync(model).equals(MODEL));

    await workbench.runCommand("Notifications: Clear All Notifications");
    await workbench.runCommand("QED: Show Set-Up Information");
    await workbench.waitFor("the report names the model", async () =>
      (await workbench.editorText()).replace(/\s/g, "").includes("x--gated/file.gguf"),
    );
  });

  it("sent nothing anywhere but to this machine", () => {
    assert.deepEqual(workbench.outsideRequests(), []);
    assert.ok(hub.requests.filter(({ at }) => at === "storage").every(({ headers }) => !headers.authorization));
  });
});
