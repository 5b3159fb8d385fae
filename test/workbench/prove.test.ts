import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
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

declare global {
  /** Lengths of the thought that the page has shown, each once, in order. */
  var qedThoughtLengths: number[] | undefined;
}

/** Has the page note each length of its thought: a short thought streams faster than a test can look. */
async function watchThought(panel: Frame): Promise<void> {
  await panel.evaluate(() => {
    const lengths: number[] = [];
    globalThis.qedThoughtLengths = lengths;
    new MutationObserver(() => {
      const length = document.querySelector(".thought")?.textContent?.length ?? 0;
      if (length !== lengths.at(-1)) lengths.push(length);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

describe("the real workbench", function () {
  this.timeout(180_000);
  let folder: string;
  let state: string;
  let workbench: Workbench;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "qed-workbench-"));
    state = mkdtempSync(join(tmpdir(), "qed-state-"));
    cpSync(join(ROOT, "samples"), folder, { recursive: true });
    cpSync(join(ROOT, "test/fixtures/rehearsal"), folder, { recursive: true });
    workbench = await openWorkbench({
      folder,
      extensionDevelopmentPath: ROOT,
      env: { QED_STATE_DIR: state },
      settings: {
        "editor.minimap.enabled": false,
        // The fixture goes round for ever; here a person stops it.
        "qed.loopGuard": false,
        "editor.wordWrap": "on",
        "workbench.startupEditor": "none",
        "workbench.activityBar.location": "hidden",
      },
    });
  });

  after(async () => {
    await workbench?.close();
    for (const temporary of [folder, state]) rmSync(temporary, { recursive: true, force: true });
  });

  /** Opens a file where the text is, not where the panel is. */
  async function openText(file: string): Promise<void> {
    await workbench.runCommand("View: Focus First Editor Group");
    await workbench.openFile(file);
  }

  async function proveAndAccept(file: string, line: number, picture: string): Promise<string> {
    await openText(file);
    // The rehearsal model thinks faster than a panel opens: watch before it begins.
    await workbench.runCommand("QED: Show Reasoning");
    const panel = await workbench.webviewFrame("QED: Reasoning", { timeout: RUN_LIMIT_MS });
    await watchThought(panel);
    const accept = panel.getByRole("button", { name: "Accept" });
    let lengths: readonly number[] = [];
    const hasGrown = () =>
      lengths.some((length, index) => index > 0 && lengths[index - 1]! > 0 && length > lengths[index - 1]!);
    // On a busy machine all of this model's thought may be there at once: then it is asked again.
    for (let attempt = 0; attempt < 4 && !hasGrown(); attempt++) {
      if (attempt > 0) await panel.getByRole("button", { name: "Reject" }).click();
      await openText(file);
      await workbench.gotoLine(line);
      await workbench.runCommand("QED: Prove This Statement");
      await workbench.waitFor("the proof is there", () => accept.isEnabled({ timeout: 500 }).catch(() => false), {
        timeout: RUN_LIMIT_MS,
      });
      lengths = (await panel.evaluate(() => globalThis.qedThoughtLengths)) ?? [];
    }
    assert.ok(hasGrown(), `the thought was seen growing (${lengths.join(", ")})`);
    assert.ok((await panel.locator(".katex").count()) > 0, "mathematics is rendered");
    await workbench.screenshot(picture);
    await accept.click();
    await workbench.waitFor("the focus is back in the text", async () => {
      const group = workbench.page.locator(".editor-group-container.active");
      const name = await group.locator(".tab.active").first().getAttribute("aria-label");
      return (name ?? "").startsWith(file) && (await group.locator(".monaco-editor.focused").count()) > 0;
    });
    await workbench.waitFor(
      "the proof is in the text",
      async () => (await workbench.page.locator(".tab.dirty").count()) > 0,
    );
    await workbench.save();
    await workbench.screenshot(`${picture}-accepted`);
    return readFileSync(join(folder, file), "utf8");
  }

  function lineOf(file: string, text: string): number {
    const lines = readFileSync(join(folder, file), "utf8").split("\n");
    return lines.findIndex((line) => line.includes(text)) + 1;
  }

  /** What the terminal makes of the same statement in a fresh copy of the file. */
  function provedInTerminal(file: string, line: number): string {
    const copy = join(mkdtempSync(join(state, "terminal-")), file);
    cpSync(join(ROOT, "samples", file), copy);
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, "dist/cli.js"), "prove", `${copy}:${line}`, "--write"],
      { encoding: "utf8", env: { ...process.env, QED_STATE_DIR: state }, timeout: RUN_LIMIT_MS },
    );
    assert.equal(status, 0, stderr);
    return readFileSync(copy, "utf8");
  }

  it("proves a statement of the LaTeX sample from the palette, and finds the proof on disk under it", async () => {
    const line = lineOf("article.tex", String.raw`\label{thm:bezout}`);
    const saved = await proveAndAccept("article.tex", line, "workbench-latex");
    const proof = /\\label\{thm:bezout\}[\s\S]*?\\begin\{proof\}([\s\S]*?)\\end\{proof\}/.exec(saved)?.[1] ?? "";
    assert.match(proof, /Step 1/);
    assert.doesNotMatch(proof, /% qed: prove/);
    assert.equal(saved, provedInTerminal("article.tex", line), "the terminal gives the same");
  });

  it("proves a statement of the Markdown sample in its own syntax", async () => {
    const line = lineOf("note.md", "Cauchy–Schwarz");
    const saved = await proveAndAccept("note.md", line, "workbench-markdown");
    const proof = saved.slice(saved.indexOf("^cauchy"), saved.indexOf("## Absolute values"));
    assert.match(proof, /\n> \[!proof\]/);
    assert.doesNotMatch(proof, /\\\(|\\\[/, "with the note's own delimiters");
    assert.equal(saved, provedInTerminal("note.md", line), "the terminal gives the same");
  });

  it("stops at once when asked in the panel, and says so", async () => {
    await openText("loop.tex");
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
    await openText("myst.md");
    await workbench.page.keyboard.press("ControlOrMeta+End");
    await workbench.type("\n\n**Theorem 99.** Every even number above 2 is a sum of two primes.");
    await workbench.runCommand("QED: Prove This Statement");
    const panel = await workbench.webviewFrame("QED: Reasoning", { timeout: RUN_LIMIT_MS });
    const setUp = panel.getByRole("button", { name: "Set Up Model" });
    await setUp.waitFor({ timeout: RUN_LIMIT_MS });
    assert.deepEqual(await workbench.notifications(), [], "the panel says it, nothing pops up");
    await workbench.screenshot("workbench-unknown");
    await setUp.click();
    await workbench.waitForText("Use a GGUF file on this machine");
    await workbench.page.keyboard.press("Escape");
  });

  it("sends nothing anywhere but to this machine, and breaks no rule of its page", async () => {
    assert.deepEqual(workbench.outsideRequests(), []);
    assert.deepEqual(
      workbench.consoleErrors().filter((error) => /Content Security Policy|qed/i.test(error)),
      [],
    );
  });
});
