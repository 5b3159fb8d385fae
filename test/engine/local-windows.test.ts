import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineError } from "../../server/src/engine/engine.js";
import { LEAST_CONTEXT } from "../../server/src/engine/local/fit.js";
import { Registry } from "../../server/src/engine/local/registry.js";
import { loadAddon } from "../../server/src/native/addon.js";
import { type SomeModel, someModel } from "../prover/pieces.js";
import { assertSentence } from "../prover/trial.js";
import { isAlive, openTapped, ROOT, until } from "./local-child.js";

const never = new AbortController().signal;
const MIB = 2 ** 20;
/** Free memory with which the miniature fits with less than all of its context, and not at all. */
const LITTLE = 720 * MIB;
const NOTHING = 300 * MIB;

describe("several windows with one memory", () => {
  let model: SomeModel;
  let state = "";
  const servers: ChildProcess[] = [];
  const closing: (() => Promise<void>)[] = [];

  before(function () {
    const found = someModel();
    if (found === null) this.skip();
    else model = found;
  });
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "qed-windows-"));
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) server.kill("SIGKILL");
    for (const close of closing.splice(0)) await close();
    rmSync(state, { recursive: true, force: true });
  });

  /** Another server; gives its own id and that of its engine once that is loaded. */
  async function hold(block = ""): Promise<{ server: ChildProcess; enginePid: number }> {
    const script = join(ROOT, "test/engine/holding-server.ts");
    const args = ["--import", "tsx", script, state, model.path, block];
    const server = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
    servers.push(server);
    let out = "";
    server.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    await until("the other server has loaded", () => out.endsWith("\n"));
    const enginePid = Number(out.trim());
    closing.push(async () => {
      if (isAlive(enginePid)) process.kill(enginePid, "SIGKILL");
    });
    return { server, enginePid };
  }

  /** An engine that is told of this much free memory. */
  async function open(free: number) {
    const file = join(state, "free");
    writeFileSync(file, String(free));
    const before = `
      import { readFileSync } from "node:fs";
      process.availableMemory = () => Number(readFileSync(${JSON.stringify(file)}, "utf8"));`;
    const tapped = await openTapped(model.path, { stateDirectory: state, contextSize: 32_768 }, before);
    closing.push(tapped.close);
    return { ...tapped, setFree: (bytes: number) => writeFileSync(file, String(bytes)) };
  }

  async function failure(promise: Promise<unknown>): Promise<EngineError> {
    return promise.then(
      () => assert.fail("it loaded"),
      (error: EngineError) => error,
    );
  }

  it("say who holds the model when there is none for a second, and can use less", async () => {
    const { server } = await hold();
    const { engine } = await open(LITTLE);
    const error = await failure(engine.capabilities(never));
    assert.equal(error.code, "model.held", error.message);
    assertSentence(error.message, [
      `process ${server.pid}`,
      " GB since ",
      "GB needed",
      "0.7 GB free",
      "Wait",
      "use less",
    ]);
    const { contextSize } = await engine.capabilities(never, undefined, "less");
    assert.ok(contextSize !== null && contextSize >= LEAST_CONTEXT && contextSize < 32_768, String(contextSize));
  });

  it("do with less without asking where nobody else holds a model", async () => {
    const { engine } = await open(LITTLE);
    const { contextSize } = await engine.capabilities(never);
    assert.ok(contextSize !== null && contextSize < 32_768);
  });

  it("say only that memory is short, with the numbers, where nobody else holds a model", async () => {
    const { engine } = await open(NOTHING);
    const error = await failure(engine.capabilities(never));
    assert.equal(error.code, "model.memory");
    assertSentence(error.message, ["GB needed, 0.3 GB free", "smaller model"]);
  });

  it("wait until the other one has let go, and then load", async () => {
    const { server, enginePid } = await hold();
    const { engine, setFree } = await open(NOTHING);
    assert.equal((await failure(engine.capabilities(never))).code, "model.full");
    const waiting = engine.capabilities(never, undefined, "wait");
    await until("it has seen that it must wait", () => engine.pid === null);
    setFree(8000 * MIB);
    server.kill("SIGKILL");
    assert.equal((await waiting).contextSize, 32_768);
    assert.ok(!isAlive(enginePid));
  });

  it("stop waiting when the user cancels", async () => {
    await hold();
    const { engine } = await open(NOTHING);
    const cancel = new AbortController();
    const waiting = engine.capabilities(cancel.signal, undefined, "wait");
    await until("a process has looked", () => engine.pid !== null);
    await until("it has seen that it must wait", () => engine.pid === null);
    cancel.abort(new Error("cancelled"));
    await assert.rejects(waiting, /cancelled/);
    assert.equal((await failure(engine.capabilities(never))).code, "model.full");
  });

  it("write themselves down while they hold a model, and no longer", async () => {
    const entries = () => readdirSync(join(state, "engines")).filter((name) => name.endsWith(".json"));
    const { engine } = await open(8000 * MIB);
    await engine.capabilities(never);
    await until("it is written down", () => entries().length === 1);
    assert.deepEqual(await new Registry(join(state, "engines")).others(), [], "its own is no other");
    await engine.dispose();
    await until("it is gone", () => entries().length === 0);
  });

  it("leave out what is no entry, and who is gone", async () => {
    const folder = join(state, "engines");
    mkdirSync(folder, { recursive: true });
    const gone = {
      pid: 2 ** 22 + 1,
      enginePid: 2 ** 22 + 2,
      since: new Date().toISOString(),
      model: "m",
      bytes: 1,
      onGpu: false,
    };
    const files: Record<string, string> = {
      "1.json": "",
      "2.json": "null",
      "3.json": JSON.stringify({ ...gone, since: "yesterday" }),
      "4.json": JSON.stringify({ ...gone, pid: -1, enginePid: 0 }),
      "5.json": JSON.stringify(gone),
      "../x.json": JSON.stringify(gone),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    assert.deepEqual(await new Registry(folder).others(), []);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("take the engine with them when they are killed while its event loop is blocked", async function () {
    if (process.platform !== "linux" || loadAddon(ROOT).addon === null) {
      console.log("NOT TESTED: the engine dies with its parent: Linux and the native module are needed");
      this.skip();
    }
    const { server, enginePid } = await hold("block");
    assert.ok(isAlive(enginePid));
    server.kill("SIGKILL");
    await until("the engine is gone too", () => !isAlive(enginePid));
  });
});
