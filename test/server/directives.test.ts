import assert from "node:assert/strict";
import { ensureDist, Session } from "./session.js";

interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly {
    readonly range: {
      readonly start: { line: number; character: number };
      readonly end: { line: number; character: number };
    };
    readonly severity: number;
    readonly source: string;
    readonly code: string;
    readonly message: string;
  }[];
}

const TEXT = "% 𝔊\n  % qed: hnit try $n$\n% qed: off now\n% qed: given\n% qed: hint fine\n";

describe("diagnostics on directives", () => {
  let session: Session;
  before(async function () {
    this.timeout(120_000);
    ensureDist();
    session = await Session.start({});
  });
  after(() => session.stop());

  const published = (uri: string): Published[] =>
    session.client.notifications
      .filter(({ method }) => method === "textDocument/publishDiagnostics")
      .map(({ params }) => params as Published)
      .filter((params) => params.uri === uri);
  const until = async (uri: string, count: number): Promise<Published> => {
    await session.client.until("diagnostics", () => published(uri).length >= count);
    return published(uri)[count - 1]!;
  };

  it("come for an open document, on the verb or the words, and go when the directive is right or the document closed", async () => {
    const uri = session.open(TEXT, "untitled:directives");
    const first = await until(uri, 1);
    assert.deepEqual(
      first.diagnostics.map(({ range, severity, source, code, message }) => [
        `${range.start.line}:${range.start.character}-${range.end.line}:${range.end.character}`,
        severity,
        source,
        code,
        message.split(" ").slice(0, 4).join(" "),
      ]),
      [
        ["1:9-1:13", 2, "QED", "directive.invalid", "QED knows no directive"],
        ["2:11-2:14", 2, "QED", "directive.invalid", "“off” takes no words:"],
        ["3:7-3:12", 2, "QED", "directive.invalid", "“given” needs words after"],
      ],
    );
    const at = TEXT.indexOf("hnit");
    const second = session.change(uri, TEXT, at, at + 4, "hint");
    assert.equal((await until(uri, 2)).diagnostics.length, 2);
    session.change(uri, second, 0, second.length, "");
    assert.deepEqual((await until(uri, 3)).diagnostics, []);
    session.change(uri, "", 0, 0, "% qed: foo\n");
    assert.equal((await until(uri, 4)).diagnostics.length, 1);
    session.client.notify("textDocument/didClose", { textDocument: { uri } });
    assert.deepEqual((await until(uri, 5)).diagnostics, []);
  });

  it("don't come for a document without mistakes", async () => {
    const clean = session.open("% qed: hint fine\n", "untitled:clean");
    const wrong = session.open("<!-- qed: hint\n", "untitled:wrong", "markdown");
    assert.match((await until(wrong, 1)).diagnostics[0]!.message, /not closed/);
    assert.deepEqual(published(clean), []);
  });
});
