import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openWorkbench, type Workbench } from "./driver.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LIMIT_MS = 60_000;

describe("ghost text in the real workbench", function () {
  this.timeout(180_000);
  let folder: string;
  let state: string;
  let workbench: Workbench;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "qed-ghost-"));
    state = mkdtempSync(join(tmpdir(), "qed-state-"));
    cpSync(join(ROOT, "samples"), folder, { recursive: true });
    workbench = await openWorkbench({
      folder,
      extensionDevelopmentPath: ROOT,
      env: { QED_STATE_DIR: state },
      settings: { "workbench.startupEditor": "none", "editor.minimap.enabled": false, "qed.ghostText": "auto" },
    });
  });
  after(async () => {
    await workbench?.close();
    for (const temporary of [folder, state]) rmSync(temporary, { recursive: true, force: true });
  });

  const shown = async () => (await workbench.ghostText()) !== "";

  it("appears in the proof of the LaTeX sample, goes away with Escape, and Tab takes it", async () => {
    await workbench.openFile("article.tex");
    const lines = readFileSync(join(folder, "article.tex"), "utf8").split("\n");
    const line = lines.findIndex((one) => one.includes("We claim that $d=\\gcd(a,b)$.")) + 1;
    await workbench.gotoLine(line, lines[line - 1]!.length + 1);
    await workbench.page.keyboard.press("Alt+Q");
    await workbench.waitFor("ghost text is shown", shown, { timeout: LIMIT_MS });
    await workbench.screenshot("ghost-text-latex");
    await workbench.page.keyboard.press("Escape");
    await workbench.waitFor("ghost text is gone", async () => !(await shown()));
    await workbench.page.keyboard.press("Alt+Q");
    await workbench.waitFor("ghost text is shown to who asks again", shown, { timeout: LIMIT_MS });
    await workbench.page.keyboard.press("Tab");
    await workbench.waitFor("the text is taken", async () => (await workbench.editorText()).includes("Step 1."));
    assert.deepEqual(await workbench.notifications(), []);
  });

  it("appears in the Markdown sample, and Ctrl+Right takes a word of it", async () => {
    await workbench.openFile("note.md");
    const lines = readFileSync(join(folder, "note.md"), "utf8").split("\n");
    const line = lines.findIndex((one) => one.includes("For $n=0$ both sides are equal to $1$.")) + 1;
    await workbench.gotoLine(line, lines[line - 1]!.length + 1);
    await workbench.page.keyboard.press("Alt+Q");
    await workbench.waitFor("ghost text is shown", shown, { timeout: LIMIT_MS });
    await workbench.screenshot("ghost-text-markdown");
    const before = await workbench.editorText();
    const whole = await workbench.ghostText();
    // The first press takes the line ends, which a new paragraph begins with.
    for (let press = 0, last = before; press < 2; press++) {
      await workbench.page.keyboard.press("ControlOrMeta+ArrowRight");
      await workbench.waitFor("something is taken", async () => (await workbench.editorText()) !== last);
      last = await workbench.editorText();
    }
    await workbench.waitFor("the rest stays shown", async () => {
      const rest = await workbench.ghostText();
      return rest !== "" && rest.length < whole.length;
    });
  });
});
