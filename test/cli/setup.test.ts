import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { writeCheckpoint } from "../fixtures/checkpoint.js";
import { COMMIT, type FakeHub, startHub } from "../fixtures/hub-server.js";
import { ensureDist, poll } from "../server/session.js";
import { ROOT, Terminal } from "./terminal.js";

const MODEL = readFileSync(join(ROOT, "models", "rehearsal.gguf"));
const SAMPLE = join(ROOT, "samples", "article.tex");

describe("setting a model up in the terminal", function () {
  this.timeout(60_000);
  let terminal: Terminal;
  let hub: FakeHub;
  before(function () {
    this.timeout(120_000);
    ensureDist();
  });
  beforeEach(async () => {
    terminal = new Terminal();
    hub = await startHub({
      "x/y": { files: { "README.md": Buffer.from("# y"), "file.gguf": MODEL } },
      "x/gated": { files: { "file.gguf": MODEL }, token: "hf_right" },
    });
  });
  afterEach(async () => {
    await hub.close();
    terminal.close();
  });

  const env = (change: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    HF_ENDPOINT: hub.address,
    HF_TOKEN: "",
    HUGGING_FACE_HUB_TOKEN: "",
    ...change,
  });
  const line = () => readFileSync(SAMPLE, "utf8").split("\\label{thm:bezout}")[0]!.split("\n").length;
  const setUp = () => JSON.parse(readFileSync(join(terminal.state, "setup.json"), "utf8"));
  /** Bytes of half files below the state folder. */
  const halves = (): number =>
    (existsSync(terminal.state) ? readdirSync(terminal.state, { recursive: true, encoding: "utf8" }) : [])
      .filter((name) => /\.part$|\.partial$/.test(name))
      .reduce((sum, name) => sum + statSync(join(terminal.state, name)).size, 0);
  /** Runs until something holds, then presses Ctrl-C. */
  const interrupted = async (args: readonly string[], what: string, holds: () => boolean) => {
    const running = terminal.start(args, { env: env() });
    await poll(what, holds, 30_000);
    running.process.kill("SIGINT");
    return running.ended;
  };

  it("goes from nothing to a proof, interrupted twice on the way", async () => {
    hub.always = { throttle: MODEL.length };
    const args = ["setup", "hf:x/y/file.gguf", "--yes"];
    const first = await interrupted(args, "a third has come", () => halves() > MODEL.length / 3);
    assert.equal(first.code, 1, first.stderr);
    assert.match(first.stderr, /\nStopped\. What has come is kept: "qed setup" goes on from there\.\n$/);
    assert.equal(first.stdout, "");
    const kept = halves();
    assert.ok(kept < MODEL.length);
    assert.equal(setUp().unfinished.source, "hf:x/y/file.gguf");

    const second = await interrupted(
      ["setup", "--yes"],
      "two thirds have come",
      () => halves() > (MODEL.length * 2) / 3,
    );
    assert.equal(second.code, 1, second.stderr);
    assert.match(second.stderr, /Model: hf:x\/y\/file\.gguf\nDownload: .* are there already/);
    assert.equal(hub.requests.at(-1)!.headers.range, `bytes=${kept}-`);

    hub.always = {};
    const third = await terminal.run(["setup", "--yes"], { env: env() });
    assert.equal(third.code, 0, third.stderr);
    const model = join(terminal.state, "models", "x--y", "file.gguf");
    assert.ok(readFileSync(model).equals(MODEL));
    assert.match(third.stdout, new RegExp(`^${model} is set up: CPU, .* tokens of context\\.\\n$`));
    assert.deepEqual(setUp().chosen.model, model);
    assert.equal(setUp().unfinished, null);
    assert.equal(halves(), 0);
    assert.equal(hub.byteRequests().filter(({ at }) => at === "storage").length, 3);

    const proved = await terminal.run(["prove", `${SAMPLE}:${line()}`], { env: env() });
    assert.equal(proved.code, 0, proved.stderr);
    assert.match(proved.stdout, /none checked/);
    // It is this model that is used: without it, there is none.
    const doctor = await terminal.run(["doctor"], { env: env() });
    assert.match(doctor.stdout, /\*\*Model:\*\* .*x--y.file\.gguf, /);
    rmSync(model);
    const gone = await terminal.run(["prove", `${SAMPLE}:${line()}`], { env: env() });
    assert.equal(gone.code, 2);
    assert.match(gone.stderr, /^The model file .* is not there .*"qed setup"/m);
  });

  it("goes from a checkpoint to a proof, interrupted in the download and in the conversion", async function () {
    this.timeout(120_000);
    const folder = join(terminal.folder, "checkpoint");
    mkdirSync(folder);
    await writeCheckpoint(join(ROOT, "models", "rehearsal.gguf"), folder);
    const files = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
    const size = Object.values(files).reduce((sum, { length }) => sum + length, 0);
    await hub.close();
    hub = await startHub({ "x/checkpoint": { files } });
    hub.always = { throttle: size };
    const args = ["setup", "hf:x/checkpoint", "--type", "q8_0", "--yes"];
    const first = await interrupted(args, "a piece has come", () => halves() > size / 10);
    assert.equal(first.code, 1, first.stderr);
    hub.always = {};
    const running = terminal.start(["setup", "--yes"], { env: env() });
    await poll("it converts", () => /Converting|Loading/.test(running.printed.stderr), 30_000);
    running.process.kill("SIGINT");
    const second = await running.ended;
    assert.match(
      second.stderr,
      /Conversion: to Q8_0, about .*; the checkpoint is removed once the result has been loaded/,
    );
    const third = await terminal.run(["setup", "--yes"], { env: env() });
    assert.equal(third.code, 0, third.stderr);
    const model = join(terminal.state, "models", "x--checkpoint", "checkpoint-Q8_0.gguf");
    assert.equal(setUp().chosen.model, model);
    assert.deepEqual(readdirSync(join(terminal.state, "models", "x--checkpoint")), ["checkpoint-Q8_0.gguf"]);
    const proved = await terminal.run(["prove", `${SAMPLE}:${line()}`], { env: env() });
    assert.equal(proved.code, 0, proved.stderr);
    // Another time nobody is asked.
    const asked = hub.requests.length;
    const again = await terminal.run(args, { env: env() });
    assert.equal(again.code, 0, again.stderr);
    assert.equal(hub.requests.length, asked);
  });

  it("says what it will do, and does nothing without a yes", async () => {
    const { code, stdout, stderr } = await terminal.run(["setup", "hf:x/y/file.gguf"], { env: env() });
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^This machine: .* cores?, .* memory free\.\n/);
    assert.match(stderr, /\nProposed: \S+ on .*, [\d,]+ tokens of context/);
    assert.match(
      stderr,
      /\nModel: hf:x\/y\/file\.gguf\nDownload: \d\.\d\d MB from 127\.0\.0\.1:\d+\nTo: .*file\.gguf \(.* free\)\n/,
    );
    assert.match(stderr, /\nNothing was downloaded or changed\. Add --yes/);
    assert.ok(!existsSync(terminal.state), "not even a folder is made");
    assert.equal(hub.byteRequests().length, 0);
  });

  it("prints one line of JSON with --json: the plan, and with --yes the result", async () => {
    const look = await terminal.run(["setup", "hf:x/y", "--json"], { env: env() });
    assert.equal(look.code, 2);
    const { plan, result } = JSON.parse(look.stdout);
    assert.equal(plan.downloadBytes, MODEL.length);
    assert.equal(result, undefined);
    const done = await terminal.run(["setup", "hf:x/y", "--json", "--yes", "--dir", "here"], { env: env() });
    assert.equal(done.code, 0, done.stderr);
    assert.equal(done.stderr, "");
    assert.match(done.stdout, /^[^\n]+\n$/);
    assert.equal(JSON.parse(done.stdout).result.model, join(terminal.folder, "here", "x--y", "file.gguf"));
  });

  it("takes a GGUF file where it is, and an address", async () => {
    copyFileSync(join(ROOT, "models", "rehearsal.gguf"), join(terminal.folder, "own.gguf"));
    const own = await terminal.run(["setup", "own.gguf", "--yes"], { env: env() });
    assert.equal(own.code, 0, own.stderr);
    assert.equal(setUp().chosen.model, join(terminal.folder, "own.gguf"));
    assert.equal(hub.requests.length, 0);
    const address = `${hub.storage}/blob/x/y/resolve/${COMMIT}/file.gguf?key=secret`;
    const url = await terminal.run(["setup", address, "--yes"], { env: env() });
    assert.equal(url.code, 0, url.stderr);
    assert.match(setUp().chosen.model, /models.127\.0\.0\.1-[0-9a-f]{8}.file\.gguf$/);
    assert.doesNotMatch(url.stderr + url.stdout + readFileSync(join(terminal.state, "setup.json"), "utf8"), /secret/);
  });

  it("opens what is gated with HF_TOKEN, and writes the token nowhere", async () => {
    const closed = await terminal.run(["setup", "hf:x/gated/file.gguf", "--yes"], { env: env() });
    assert.equal(closed.code, 3);
    assert.match(closed.stderr, /hf:x\/gated is only for those who are allowed \(401\)\. Accept its terms .* HF_TOKEN/);
    const open = await terminal.run(["setup", "hf:x/gated/file.gguf", "--yes"], { env: env({ HF_TOKEN: "hf_right" }) });
    assert.equal(open.code, 0, open.stderr);
    assert.ok(hub.requests.filter(({ at }) => at === "storage").every(({ headers }) => !headers.authorization));
    for (const name of readdirSync(terminal.state, { recursive: true, encoding: "utf8" })) {
      const path = join(terminal.state, name);
      if (statSync(path).isFile()) assert.ok(!readFileSync(path).includes("hf_right"), name);
    }
  });

  it("tells mistakes in one sentence", async () => {
    writeFileSync(join(terminal.folder, "page.gguf"), "<html>");
    const mistakes: readonly (readonly [readonly string[], number, RegExp])[] = [
      [["x/y", "hf:x/y"], 2, /^Usage: qed setup/],
      [["nonsense"], 2, /neither a GGUF file nor the folder of a checkpoint/],
      [["hf:x/y", "--type", "q2"], 2, /^--type is q8_0, q4_k_m or bf16, not "q2"\.$/],
      [["hf:x/none"], 3, /hf:x\/none is not there, or is private/],
      [["page.gguf"], 3, /page\.gguf is damaged or no GGUF model/],
      [["none.gguf"], 3, /none\.gguf is not there/],
      [["http://192.0.2.1/m.gguf"], 3, /without encryption.*--allow-http/],
    ];
    for (const [args, code, message] of mistakes) {
      const ended = await terminal.run(["setup", ...args, "--yes"], { env: env() });
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr.trimEnd().split("\n").at(-1)!, message);
      assert.doesNotMatch(ended.stderr, /^\s+at |node:internal/m);
    }
  });
});
