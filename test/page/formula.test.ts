import assert from "node:assert/strict";
import { findChromium, Panels, type Probe } from "./harness.js";

/** Formulas that KaTeX refuses, bounds or can't read. */
const HOSTILE: readonly string[] = [
  "\\href{javascript:alert(1)}{x}",
  "\\url{http://127.0.0.1:9/}",
  "\\includegraphics[height=9em]{http://127.0.0.1:9/x.png}",
  '\\htmlData{a=b, c="onclick=alert(1)"}{x}',
  "\\htmlStyle{position:fixed}{x}",
  "\\htmlClass{actions}{x}",
  "\\htmlId{qed}{x}",
  "\\text{<img src=x onerror=alert(1)>}",
  "\\def\\a{\\a\\a}\\a",
  `\\def\\x{xx}${"\\edef\\x{\\x\\x}".repeat(60)}\\x`,
  `\\def\\a{${"x".repeat(9000)}}${"\\a".repeat(5000)}`,
  `\\def\\a#1{#1#1#1#1}${"\\a{".repeat(200)}x${"}".repeat(200)}`,
  `${"\\sqrt{".repeat(4000)}x${"}".repeat(4000)}`,
  `${"{".repeat(9000)}`,
  "\\rule{99999em}{99999em}",
  "x\ud83d\ud83d",
  "\u0000\u0001",
  "x".repeat(1_000_000),
];

describe("a formula in the panel", function () {
  this.timeout(60_000);
  let panels: Panels | null = null;
  let probe: Probe;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log("NOT TESTED: formulas in the panel, since there is no Chromium: install it or name it by CHROMIUM");
      this.skip();
    }
    panels = await Panels.start(chromium);
    probe = await panels.probe();
  });

  after(() => panels?.stop());

  for (const tex of HOSTILE) {
    it(`brings nothing but glyphs and is set within bounds: ${JSON.stringify(tex.slice(0, 50))}`, async () => {
      const html = await probe.set(tex, {});
      assert.doesNotMatch(html, /<(?:a|img|script|iframe|form|style|link)\b/i);
      assert.doesNotMatch(
        html.replace(/>[^<]*</g, "><"),
        /\son\w+=|javascript:|data-|position:\s*fixed|id="|class="actions/i,
      );
      assert.doesNotMatch(html, /(?:height|width):\s*\d{4,}/);
      assert.ok(html.length < 2_200_000, `${html.length} characters`);
      assert.deepEqual(probe.trouble, []);
    });
  }

  it("does not define commands for the next one", async () => {
    const macros = { "\\PP": "\\mathbb{P}" };
    await probe.set("\\gdef\\le{\\ge}\\gdef\\PP{X}x", macros);
    assert.match(await probe.set("a \\le \\PP", macros), /≤/);
    assert.match(await probe.set("a \\le \\PP", macros), /mathbb/);
  });

  it("shows its source where it can't be set, and not an error", async () => {
    assert.match(await probe.set("\\frac{1}{", {}), /^<code class="source">\\\(\\frac\{1\}\{\\\)<\/code>$/);
  });
});
