import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProveRequest } from "../../server/src/protocol.js";
import { Terminal } from "../cli/terminal.js";
import { type Action, type ScriptedServer, startScriptedServer } from "../fixtures/scripted-server.js";
import { at, ensureDist, fileText, Session } from "./session.js";

const KEPT = "sk-kept-0123456789";
const OTHER = "sk-environment-0123456789";
const TEXT = "\\begin{theorem}The sum of two even integers is even.\\end{theorem}\n";
const PROVES: readonly Action[] = [
  { do: "text", text: "Add.\n</think>\n\nDone." },
  { do: "finish", reason: "stop" },
  { do: "done" },
];

before(function () {
  this.timeout(120_000);
  ensureDist();
});

describe("the key of a server of models", () => {
  let models: ScriptedServer;
  let script: readonly Action[] = PROVES;
  const terminal = new Terminal();
  before(async () => {
    models = await startScriptedServer(() => script);
  });
  beforeEach(() => {
    script = PROVES;
  });
  after(async () => {
    terminal.close();
    await models.close();
  });
  const sent = () => models.requests.at(-1)?.headers.authorization;

  it("is asked of a client that keeps keys, is sent to its server, and is written nowhere", async () => {
    const configuration = { engine: "http", endpoint: models.endpoint };
    const session = await Session.start(configuration, { initializationOptions: { serverKeys: true } });
    try {
      session.client.keys.set(new URL(models.endpoint).origin, KEPT);
      const uri = session.open(TEXT);
      const { outcome } = await session.client.request<ProveRequest.Result>("qed/prove", at(uri, TEXT, "sum"));
      assert.deepEqual(outcome, { kind: "proved" });
      assert.equal(sent(), `Bearer ${KEPT}`);
      const report = await session.client.request<string>("qed/doctor", null);
      assert.match(report, /\*\*Key:\*\* kept by the editor/);
      assert.match(report, /\*\*Kind of server:\*\* vLLM 0\.11\.2/);
      const told = JSON.stringify(session.client.notifications) + report + session.client.stderr;
      assert.ok(!told.includes(KEPT));
      assertNowhere(session.state, KEPT);
    } finally {
      await session.stop();
    }
  });

  it("is not asked of a client that has not said that it keeps keys", async () => {
    const session = await Session.start({ engine: "http", endpoint: models.endpoint });
    try {
      session.client.keys.set(new URL(models.endpoint).origin, KEPT);
      const uri = session.open(TEXT);
      await session.client.request<ProveRequest.Result>("qed/prove", at(uri, TEXT, "sum"));
      assert.ok(!session.client.asked.includes("qed/serverKey"));
      assert.notEqual(sent(), `Bearer ${KEPT}`);
    } finally {
      await session.stop();
    }
  });

  it("comes from the environment in a terminal, where a run that fails names it nowhere", async () => {
    const file = join(terminal.folder, "a.tex");
    writeFileSync(file, TEXT);
    const env = { QED_API_KEY: OTHER, OPENAI_API_KEY: KEPT };
    const call = (command: string) => [command, ...(command === "prove" ? [file] : []), "--endpoint", models.endpoint];
    const proved = await terminal.run(call("prove"), { env });
    assert.equal(proved.code, 0, proved.stderr);
    assert.equal(sent(), `Bearer ${OTHER}`);
    script = [
      { do: "text", text: `Add ${OTHER}` },
      { do: "event", data: { error: { message: `who is ${OTHER}?` } } },
    ];
    const failed = await terminal.run(call("prove"), { env });
    assert.notEqual(failed.code, 0);
    assert.match(failed.stderr, /who is …\?/);
    const report = await terminal.run(call("doctor"), { env });
    assert.match(report.stdout, /QED_API_KEY is set/);
    for (const { stdout, stderr } of [proved, failed, report]) assert.ok(!(stdout + stderr).includes(OTHER));
    assertNowhere(terminal.state, OTHER);
  });
});

describe("the settings of servers", () => {
  const manifest = JSON.parse(fileText("package.json"));
  const properties = manifest.contributes.configuration.properties as Readonly<
    Record<string, { readonly scope: string }>
  >;

  it("that choose who gets documents and keys are ignored in a workspace that is not trusted", () => {
    const restricted: readonly string[] = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    for (const name of ["engine", "endpoint", "model", "certificates", "allowInsecureEndpoint"]) {
      assert.ok(restricted.includes(`qed.${name}`), name);
      assert.equal(properties[`qed.${name}`]?.scope, "machine-overridable");
    }
  });

  it("hold no key", () => {
    assert.deepEqual(
      Object.keys(properties).filter((name) => /key|token|secret|password/i.test(name)),
      [],
    );
  });
});

/** No file under a folder holds the text; there is at least one. */
function assertNowhere(folder: string, text: string): void {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  assert.ok(files.length > 0);
  for (const path of files) assert.ok(!readFileSync(path).includes(text), path);
}
