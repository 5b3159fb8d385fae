import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalEngine } from "../../server/src/engine/local/local-engine.js";
import { type SomeModel, someModel } from "../prover/pieces.js";
import { assertFailed, prove, type Trial } from "../prover/trial.js";
import { isAlive, openTapped, until } from "./local-child.js";

const SET_UP = '"QED: Set Up Model"';

describe("a model file that", () => {
  let model: SomeModel;
  let folder: string;

  before(function () {
    const found = someModel();
    if (found === null) this.skip();
    else model = found;
    folder = mkdtempSync(join(tmpdir(), "qed-models-"));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  async function tryModel(path: string): Promise<{ readonly trial: Trial; readonly engine: LocalEngine }> {
    const { engine, close } = await openTapped(path);
    try {
      const trial = await prove(engine, model.quick);
      const { pid } = engine;
      if (pid !== null) await until("the process is gone", () => !isAlive(pid));
      return { trial, engine };
    } finally {
      await close();
    }
  }

  it("is not there is named, with the next step, and no process is started", async () => {
    const path = join(folder, "nothing.gguf");
    const { trial, engine } = await tryModel(path);
    assertFailed(trial, "model.missing", [path, '"qed.model"', SET_UP]);
    assert.equal(engine.pid, null);
  });

  for (const [name, content] of Object.entries({ "is empty": "", "is text": "Not a model.\n", "is short": "GG" })) {
    it(`${name} is called damaged, and no process is started`, async () => {
      const path = join(folder, `${name.replaceAll(" ", "-")}.gguf`);
      writeFileSync(path, content);
      const { trial, engine } = await tryModel(path);
      assertFailed(trial, "model.corrupt", [path, SET_UP]);
      assert.equal(engine.pid, null);
    });
  }

  it("is a folder is called damaged", async () => {
    const path = join(folder, "folder.gguf");
    mkdirSync(path);
    assertFailed((await tryModel(path)).trial, "model.corrupt", [path, SET_UP]);
  });

  for (const [name, bytes] of Object.entries({ metadata: 2000, weights: -50_000 })) {
    it(`ends in its ${name} is called damaged, and its process is gone`, async () => {
      const path = join(folder, `cut-${name}.gguf`);
      writeFileSync(path, readFileSync(model.path).subarray(0, bytes));
      assertFailed((await tryModel(path)).trial, "model.corrupt", [path, SET_UP]);
    });
  }

  it("begins like a model and is noise is called damaged", async () => {
    const path = join(folder, "noise.gguf");
    writeFileSync(path, Buffer.concat([Buffer.from("GGUF"), Buffer.alloc(4096, 0xff)]));
    assertFailed((await tryModel(path)).trial, "model.corrupt", [path, SET_UP]);
  });

  it("is put right between two runs is loaded by the second", async () => {
    const path = join(folder, "later.gguf");
    const { engine, close } = await openTapped(path);
    try {
      assertFailed(await prove(engine, model.quick), "model.missing", [path]);
      writeFileSync(path, readFileSync(model.path));
      assert.equal((await prove(engine, model.quick)).run.outcome?.kind, "proved");
    } finally {
      await close();
    }
  });

  it("has no engine to run it gives one clear sentence", async () => {
    const engine = new LocalEngine({
      childPath: join(folder, "no-child.js"),
      extensionRoot: folder,
      stateDirectory: null,
      limits: { idleMinutes: 10, cacheGB: 0 },
      modelPath: model.path,
      gpu: false,
      contextSize: 2048,
      sampling: { temperature: 0, topP: 1 },
    });
    assertFailed(await prove(engine, model.quick), "engine.crashed", ["again"]);
    await engine.dispose();
  });
});
