import assert from "node:assert/strict";
import type { RunEvent, RunHeader } from "../../server/src/store/run.js";
import { findChromium, type PanelPage, Panels } from "./harness.js";
import { ENGINE, header, OPTIONS, phase, show, stream, timing } from "./runs.js";

/** A text and a part of it that a reader must still be able to read. */
const TEXTS: Readonly<Record<string, readonly [text: string, readable: string]>> = {
  "a script": ["Hence <script>alert(1)</script> follows.", "<script>alert(1)</script>"],
  "an image with a handler": ["So <img src=x onerror=alert(1)> is shown.", "onerror=alert(1)"],
  "a style element": ["<style>*{display:none}</style> readable", "readable"],
  "an iframe": ['<iframe srcdoc="<script>alert(1)</script>"></iframe> readable', "readable"],
  "a comment that is not closed": ["<!-- hidden? readable", "readable"],
  "SVG and MathML": ["<math><mtext><svg onload=alert(1)></svg></mtext></math> readable", "readable"],
  "a link to a script": ["[readable](javascript:alert(1)) and <javascript:alert(2)>", "readable"],
  "a remote image": ["![readable](http://127.0.0.1:9/x.png)", "readable"],
  "a reference link": ["[readable][x]\n\n[x]: javascript:alert(1)", "readable"],
  "an encoded entity": ["&lt;script&gt;alert(1)&lt;/script&gt; &#x3c;b&#x3e; readable", "readable"],
  "\\href to a script": ["\\(\\href{javascript:alert(1)}{x}\\) readable", "readable"],
  "\\url": ["\\(\\url{http://127.0.0.1:9/}\\) readable", "readable"],
  "\\includegraphics": ["\\[\\includegraphics[height=9em]{http://127.0.0.1:9/x.png}\\] readable", "readable"],
  "\\htmlData": ['\\(\\htmlData{a=b, c="onclick=alert(1)"}{x}\\) readable', "readable"],
  "\\htmlStyle and \\htmlClass": [
    "\\(\\htmlStyle{position:fixed;inset:0}{x}\\htmlClass{actions}{y}\\) readable",
    "readable",
  ],
  "\\htmlId": ["\\(\\htmlId{qed}{x}\\) readable", "readable"],
  "a giant macro": [
    "\\(\\def\\a{xxxxxxxxxx}\\def\\b{\\a\\a\\a\\a\\a}\\def\\c{\\b\\b\\b\\b\\b\\b\\b\\b}\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c\\) readable",
    "readable",
  ],
  "a macro that calls itself": ["\\(\\def\\a{\\a\\a}\\a\\) readable", "readable"],
  "an \\edef that doubles": [`\\(\\def\\x{xx}${"\\edef\\x{\\x\\x}".repeat(40)}\\x\\) readable`, "readable"],
  "a giant rule": ["\\(\\rule{99999em}{99999em}\\) readable", "readable"],
  "a giant space": ["\\(x\\hspace{-99999em}y\\raise{99999em}{z}\\) readable", "readable"],
  "deep nesting in a formula": [`\\(${"\\sqrt{".repeat(3000)}x${"}".repeat(3000)}\\) readable`, "readable"],
  "deep nesting of quotes": [`${">".repeat(3000)} readable`, "readable"],
  "deep nesting of lists": [`${"- ".repeat(2000)} readable`, "readable"],
  "deep nesting of emphasis": [`${"*a **b ".repeat(3000)} readable`, "readable"],
  "brackets without end": [`${"[".repeat(20_000)} readable`, "readable"],
  "backticks without end": [`${"`".repeat(5000)}a${"` ".repeat(5000)} readable`, "readable"],
  "mathematics that is not closed": ["readable \\( x + \\frac{1}{", "readable"],
  "a display that is not closed": ["readable \\[ \\begin{aligned} x", "readable"],
  "an environment that is not closed": ["\\[ \\begin{aligned} x \\] readable", "readable"],
  "a fence that is not closed": ["```\nreadable <b>", "readable <b>"],
  "dollars in odd numbers": ["$$ x $ y $$$ readable $", "readable"],
  "a direction override": ["\u202egnihton sevorp siht\u202c readable", "⟨U+202E⟩"],
  "isolates without end": ["\u2067\u2066\u2068 readable", "readable"],
  "right-to-left text": ["מספר ראשוני \\(p > n\\) readable", "readable"],
  "a surrogate that stands alone": ["\ud83d and \udc00 in \\(x\ud83d\\) readable", "readable"],
  "control characters": ["\u0000\u0001\u0007\u001b[31m readable", "readable"],
  "characters without width": ["rea\u200b\u200d\ufeffdable readable", "readable"],
  "piled-up accents": [`z${"\u0300\u0301\u0302".repeat(2000)} readable`, "readable"],
  "one long word": [`${"x".repeat(50_000)} readable`, "readable"],
  "the placeholder of a formula": ['<span data-formula="0"></span>\\(x\\) readable', "readable"],
  "a template": ["$" + "{alert(1)} {{constructor.constructor('alert(1)')()}} readable", "readable"],
  "a table of many columns": [
    `${"|a".repeat(500)}|\n${"|-".repeat(500)}|\n${"|b".repeat(500)}|\n\nreadable`,
    "readable",
  ],
};

describe("hostile text in the panel", function () {
  this.timeout(60_000);
  let panels: Panels | null = null;
  let panel: PanelPage;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log(
        "NOT TESTED: hostile text in the panel, since there is no Chromium: install it or name it by CHROMIUM",
      );
      this.skip();
    }
    panels = await Panels.start(chromium);
  });

  after(() => panels?.stop());

  beforeEach(async () => {
    panel = await (panels as Panels).open();
  });

  afterEach(async function () {
    if (this.currentTest?.state === "passed") assert.deepEqual(panel.trouble, []);
    await panel.close();
  });

  /** What no text may bring into the page. */
  const strangers = () =>
    panel.page.evaluate(() => {
      const forbidden = "#qed :is(script, iframe, object, embed, img, a, form, input, link, style, video, audio, base)";
      const found = [...document.querySelectorAll(forbidden)].map((element) => element.outerHTML.slice(0, 200));
      for (const element of document.querySelectorAll("#qed *")) {
        for (const { name, value } of element.attributes) {
          if (/^on|^srcdoc$|^data-(?!outcome)/.test(name) || /javascript:/i.test(value)) found.push(`${name}=${value}`);
        }
      }
      return found;
    });

  const readable = (selector: string, part: string) =>
    panel.page.locator(selector).filter({ hasText: part, visible: true }).first().waitFor();

  const fits = async () => {
    const [page, window] = await panel.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok((page ?? 0) <= (window ?? 0), `the page is ${page} wide in a window of ${window}`);
  };

  for (const [name, [text, part]] of Object.entries(TEXTS)) {
    it(`${name} runs nothing and stays readable, in thought and proof`, async () => {
      const thinking = [ENGINE, phase("thinking"), { type: "thought", text, tokens: 9 }] satisfies RunEvent[];
      await panel.post(show(thinking));
      await readable(".thought-text", part);
      await panel.post({
        type: "events",
        runId: "run-1",
        first: thinking.length,
        events: [
          { type: "thought", text: "\n\nnext", tokens: 10 },
          { type: "answer", text, tokens: 9 },
          { type: "answer", text: "\n\nThe end.", tokens: 11 },
        ],
        timing: timing(),
      });
      await readable(".steps", part);
      await panel.post(
        show([...thinking, { type: "answer", text, tokens: 9 }, { type: "outcome", outcome: { kind: "proved" } }]),
      );
      await readable(".notices", "Nobody has checked");
      await readable(".steps", part);
      assert.deepEqual(await strangers(), []);
      await fits();
    });
  }

  it("can't change what another formula says", async () => {
    const text = "Let \\(\\gdef\\le{\\ge}\\global\\let\\lt=\\gt x\\). Then \\(a \\le b\\).";
    await panel.post(show([ENGINE, { type: "answer", text, tokens: 9 }]));
    await readable(".steps", "Then");
    const { length } = await panel.page
      .locator(".steps .katex-html")
      .filter({ hasText: /a\s*≤\s*b/ })
      .all();
    assert.equal(length, 1);
  });

  it("in every other field is text and nothing else", async () => {
    const bad = '"><img src=x onerror=alert(1)><script>alert(2)</script>\u202e';
    const head: Partial<RunHeader> = {
      statement: { ...header().statement, kind: bad, title: bad, label: bad, text: `${bad} \\(\\bad\\) readable` },
    };
    const engine = { ...ENGINE, model: bad, device: bad, rehearsal: true } as RunEvent;
    const answer: RunEvent = { type: "answer", text: "Let \\(\\bad\\) be.", tokens: 3 };
    await panel.post(
      show(
        [engine, answer, { type: "outcome", outcome: { kind: "cut-short", message: bad } }],
        {
          options: { rehearsalNote: bad, macros: { ...OPTIONS.macros, "\\bad": "\\href{javascript:alert(1)}{x}" } },
          proposal: { runId: "run-1", canAccept: true, note: bad },
        },
        head,
      ),
    );
    for (const field of [".title-name", ".engine", ".notices", ".actions-note"])
      await readable(field, "onerror=alert(1)");
    await readable(".statement", "readable");
    assert.deepEqual(await strangers(), []);
    await fits();
  });

  it("of a megabyte in one line neither hangs the page nor loses its end", async () => {
    const text = `${"word \\(x^2\\) ".repeat(77_000)} readable end`;
    assert.ok(text.length > 1_000_000);
    await panel.post(show([ENGINE, phase("thinking")]));
    const pieces = stream("thought", text, 50_000);
    await panel.post({ type: "events", runId: "run-1", first: 2, events: pieces, timing: timing() });
    await readable(".thought-text .paragraph", "readable end");
    await panel.post(
      show([ENGINE, { type: "answer", text, tokens: 9 }, { type: "outcome", outcome: { kind: "proved" } }]),
    );
    await readable(".steps", "readable end");
    await panel.post({ type: "none" });
    await readable(".start", "cursor");
  });

  it("of a hundred thousand tokens can be opened, and is typeset where its reader is", async () => {
    const text =
      "Wait, let me look at \\(x_{1}^2 + y \\ge 0\\) again, and at \\[ \\sum_{k=1}^n k = \\frac{n(n+1)}{2}. \\]\n\n".repeat(
        4000,
      );
    await panel.post(show([ENGINE, phase("thinking"), { type: "thought", text, tokens: 99_000 }]));
    await panel.page.locator(".thought .katex").first().waitFor();
    const typeset = await panel.page.locator(".thought .katex").count();
    assert.ok(typeset < 2000, `${typeset} formulas were typeset at once`);
  });

  it("that is no message changes nothing", async () => {
    await panel.post(show([ENGINE]));
    await readable("h1", "Euclid");
    for (const value of [null, 7, "show", {}, { type: "constructor" }]) {
      await panel.post(value as never);
    }
    await panel.post({ type: "none" });
    await readable(".start", "cursor");
  });
});
