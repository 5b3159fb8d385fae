import assert from "node:assert/strict";
import { RpcError } from "./json-rpc.js";
import { ensureDist, Session } from "./session.js";

const TEXT = "\\begin{lemma}X.\\end{lemma}\n";
const URI = "untitled:Untitled-1";
const position = { line: 0, character: 3 };

before(function () {
  this.timeout(120_000);
  ensureDist();
});

describe("malformed messages", () => {
  let session: Session;
  before(async () => {
    session = await Session.start({});
    session.open(TEXT, URI);
  });
  after(() => session.stop());

  const alive = async () => {
    const found = await session.client.request<{ kind: string }>("qed/statementAt", {
      textDocument: { uri: URI },
      position,
    });
    assert.equal(found.kind, "lemma");
  };

  const located: readonly unknown[] = [
    undefined,
    null,
    {},
    [],
    "text",
    7,
    { textDocument: null, position },
    { textDocument: { uri: 7 }, position },
    { textDocument: {}, position },
    { textDocument: { uri: URI } },
    { textDocument: { uri: URI }, position: null },
    { textDocument: { uri: URI }, position: { line: "0", character: null } },
    { textDocument: { uri: URI }, position: { line: -1, character: Number.MAX_VALUE } },
  ];
  const named: readonly unknown[] = [undefined, null, {}, [], "text", 7, { runId: null }, { runId: 7 }, { runId: [] }];
  const budgets: readonly unknown[] = ["many", -1, 0, 1.5, null, {}].map((budget) => ({
    textDocument: { uri: URI },
    position,
    budget,
  }));
  const seeds: readonly unknown[] = ["x", -1, 1.5, 2 ** 32, {}].map((seed) => ({
    textDocument: { uri: URI },
    position,
    seed,
  }));

  const refuses: readonly [string, readonly unknown[]][] = [
    ["qed/statementAt", located],
    ["qed/prove", [...located, ...budgets, ...seeds]],
    ["qed/run", named],
    ["qed/proofEdit", named],
    ["qed/decide", [...named, { runId: "20260101T000000-00000000" }, { runId: "x", decision: "perhaps" }]],
    ["textDocument/codeLens", [undefined, {}, { textDocument: null }, { textDocument: { uri: 7 } }]],
  ];
  for (const [method, all] of refuses) {
    it(`are refused by ${method}, each in one sentence, and the server goes on`, async () => {
      for (const params of all) {
        const shown = JSON.stringify(params);
        const error = await session.client.request(method, params).then(
          (answer) => assert.fail(`${shown} was answered ${JSON.stringify(answer)}`),
          (reason) => reason,
        );
        assert.ok(error instanceof RpcError, `${shown}: ${error}`);
        assert.equal(error.code, -32602, shown);
        assert.match(error.message, /^[A-Z“"][^\n]*\.$/, shown);
        assert.doesNotMatch(error.message, /undefined|TypeError|Cannot read|is not a function|at .*:\d+/, shown);
      }
      await alive();
      assert.deepEqual(session.runIds(), []);
    });
  }

  it("that name a run that is not there say so, and reach no other file", async () => {
    for (const runId of ["20260101T000000-00000000", "../../etc/passwd", "", "x".repeat(10_000)]) {
      assert.equal(await session.client.request("qed/run", { runId }), null);
      const edit = await session.client.request<{ problem: string }>("qed/proofEdit", { runId });
      assert.match(edit.problem, /^This run is no longer on disk\. Run “Prove This Statement” again\.$/);
      assert.equal(await session.client.request("qed/decide", { runId, decision: "accepted" }), null);
    }
  });

  it("that name no method are refused", async () => {
    await assert.rejects(session.client.request("qed/nonsense", {}), (error: RpcError) => error.code === -32601);
    session.client.notify("qed/nonsense", {});
    session.client.notify("textDocument/didChange", {
      textDocument: { uri: "untitled:never", version: 2 },
      contentChanges: [],
    });
    session.client.notify("$/cancelRequest", { id: 9_999 });
    await alive();
  });

  it("answer the set-up report whatever comes with it", async () => {
    for (const params of [undefined, null, {}, []]) {
      const report = await session.client.request<string>("qed/doctor", params);
      assert.match(report, /^## QED Copilot: set-up information\n/);
    }
  });
});
