import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Frame } from "playwright-core";
import { openWorkbench, type Workbench } from "./driver.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const RUN_LIMIT_MS = 60_000;

/** What the panel's page shows as its thought. */
async function thoughtIn(panel: Frame): Promise<string> {
  return (await panel.locator(".thought").first().textContent()) ?? "";
}

describe("the real workbench", function () {
  this.timeout(180_000);
  let folder: string;
  let workbench: Workbench;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "qed-workbench-"));
    cpSync(join(ROOT, "samples"), folder, { recursive: true });
    cpSync(join(ROOT, "test/fixtures/rehearsal"), folder, { recursive: true });
    workbench = await openWorkbench({
      folder,
      extensionDevelopmentPath: ROOT,
      env: { QED_STATE_DIR: join(folder, ".state") },
      settings: {
        "editor.minimap.enabled": false,
        "workbench.startupEditor": "none",
        "workbench.activityBar.location": "hidden",
      },
    });
  });

  after(async () => {
    await workbench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function proveAndAccept(file: string, line: number, picture: string): Promise<string> {
    await workbench.openFile(file);
    await workbench.gotoLine(line);
    await workbench.runCommand("QED: Prove This Statement");
    const panel = await workbench.webviewFrame("QED: Reasoning", { timeout: RUN_LIMIT_MS });
    let longest = 0;
    let grew = 0;
    await workbench.waitFor(
      "the proof is there",
      async () => {
        const { length } = await thoughtIn(panel);
        if (length > longest) grew++;
        longest = Math.max(longest, length);
        return panel
          .getByRole("button", { name: "Accept" })
          .isEnabled({ timeout: 500 })
          .catch(() => false);
      },
      { timeout: RUN_LIMIT_MS },
    );
    assert.ok(grew >= 2, `the thought was seen growing (${grew} times)`);
    assert.ok((await panel.locator(".katex").count()) > 0, "mathematics is rendered");
    await workbench.screenshot(picture);
    await panel.getByRole("button", { name: "Accept" }).click();
    await panel
      .getByText("in the text", { exact: false })
      .first()
      .waitFor({ timeout: 10_000 })
      .catch(() => {});
    await workbench.openFile(file);
    await workbench.save();
    await workbench.screenshot(`${picture}-accepted`);
    return readFileSync(join(folder, file), "utf8");
  }

  function lineOf(file: string, text: string): number {
    const lines = readFileSync(join(folder, file), "utf8").split("\n");
    return lines.findIndex((line) => line.includes(text)) + 1;
  }

  it("proves a statement of the LaTeX sample from the palette, and finds the proof on disk under it", async () => {
    const saved = await proveAndAccept(
      "article.tex",
      lineOf("article.tex", String.raw`\label{thm:bezout}`),
      "workbench-latex",
    );
    const proof = /\\label\{thm:bezout\}[\s\S]*?\\begin\{proof\}([\s\S]*?)\\end\{proof\}/.exec(saved)?.[1] ?? "";
    assert.match(proof, /Step 1/);
    assert.doesNotMatch(proof, /% qed: prove/);
  });

  it("proves a statement of the Markdown sample in its own syntax", async () => {
    const saved = await proveAndAccept("note.md", lineOf("note.md", "Cauchy–Schwarz"), "workbench-markdown");
    const proof = saved.slice(saved.indexOf("^cauchy"), saved.indexOf("## Absolute values"));
    assert.match(proof, /\n> \[!proof\]/);
    assert.doesNotMatch(proof, /\\\(|\\\[/, "with the note's own delimiters");
  });

  it("stops at once when asked in the panel, and says so", async () => {
    await workbench.openFile("loop.tex");
    await workbench.gotoLine(lineOf("loop.tex", "irrational numbers"));
    await workbench.runCommand("QED: Prove This Statement");
    const panel = await workbench.webviewFrame("QED: Reasoning", { timeout: RUN_LIMIT_MS });
    await workbench.waitFor("the thought goes on", async () => (await thoughtIn(panel)).length > 800, {
      timeout: RUN_LIMIT_MS,
    });
    await workbench.screenshot("workbench-thinking");
    await panel.getByRole("button", { name: "Stop" }).click();
    await panel.getByText("Stopped", { exact: false }).first().waitFor({ timeout: 20_000 });
    const stopped = await thoughtIn(panel);
    assert.ok(stopped.length > 800, "what was shown stays");
  });

  it("offers to set up a model where the rehearsal model knows nothing", async () => {
    await workbench.openFile("myst.md");
    await workbench.page.keyboard.press("ControlOrMeta+End");
    await workbench.type("\n\n**Theorem 99.** Every even number above 2 is a sum of two primes.\n");
    await workbench.runCommand("QED: Prove This Statement");
    await workbench.waitForText("Set Up Model", { timeout: RUN_LIMIT_MS });
    await workbench.screenshot("workbench-unknown");
  });

  it("sends nothing anywhere but to this machine, and breaks no rule of its page", async () => {
    assert.deepEqual(workbench.outsideRequests(), []);
    assert.deepEqual(
      workbench.consoleErrors().filter((error) => /Content Security Policy|qed/i.test(error)),
      [],
    );
  });
});
