import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { SetUpError } from "../../server/src/models/set-up-error.js";
import { modelBytes, NETWORK, sha256, Trial } from "./downloads.js";

const MB = 1_000_000;
const code = (expected: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof SetUpError, String(error));
  assert.equal(error.code, expected, error.message);
  assert.match(error.message, message);
  assert.doesNotMatch(error.message, /\n|secret|\bat .*:\d+:\d+/);
  return true;
};

describe("downloading a file", () => {
  const content = modelBytes(MB);
  let trial: Trial;
  beforeEach(async () => {
    trial = await Trial.start(content);
  });
  afterEach(() => trial.close());

  it("gives it bit by bit, over a redirect to another server, under its final name, and leaves nothing else", async () => {
    const done = await trial.download();
    assert.deepEqual(done, { bytes: content.length, sha256: sha256(content), already: false });
    assert.ok(trial.whole()!.equals(content));
    assert.deepEqual(readdirSync(trial.folder).sort(), ["model.gguf", "model.gguf.source.json"]);
    assert.deepEqual(
      trial.hub.requests.map(({ at }) => at),
      ["hub", "storage"],
    );
    assert.doesNotMatch(readFileSync(`${trial.target}.source.json`, "utf8"), /secret|Signature/);
  });

  it("asks nobody for what is there already, and reads it again only if it was changed", async () => {
    await trial.download();
    assert.equal((await trial.download()).already, true);
    assert.equal(trial.hub.requests.length, 2);
    assert.ok(!trial.progress.some(({ phase }) => phase === "checking"));
    const later = new Date(Date.now() + 5_000);
    utimesSync(trial.target, later, later);
    assert.equal((await trial.download()).already, true);
    assert.ok(trial.progress.some(({ phase }) => phase === "checking"));
    assert.equal(trial.hub.requests.length, 2);
  });

  it("downloads anew where another file of the same size lies under the name", async () => {
    writeFileSync(trial.target, modelBytes(content.length));
    assert.equal((await trial.download()).already, false);
    assert.ok(trial.whole()!.equals(content));
  });

  it("goes on after a cut within the same call, with Range and If-Range", async () => {
    trial.hub.next.push({ cutAt: 300_001 }, { cutAt: 700_003 });
    await trial.download();
    assert.ok(trial.whole()!.equals(content));
    const ranges = trial.hub.requests.filter(({ at }) => at === "storage").map(({ headers }) => headers);
    assert.equal(ranges.length, 3);
    assert.equal(ranges[0]!.range, undefined);
    for (const headers of ranges.slice(1)) {
      assert.match(headers.range!, /^bytes=\d+-$/);
      assert.match(String(headers["if-range"]), /^"[0-9a-f]{40}"$/);
    }
  });

  it("goes on after a cancel on another day, without asking for what is there", async () => {
    const abort = new AbortController();
    trial.hub.always = { throttle: 4 * MB };
    await assert.rejects(
      trial.download(
        {},
        {
          signal: abort.signal,
          onProgress: ({ bytes }) => bytes > 200_000 && abort.abort(new Error("stop")),
        },
      ),
      /^Error: stop$/,
    );
    assert.equal(trial.whole(), null);
    const half = statSync(`${trial.target}.part`).size;
    assert.ok(half > 200_000 && half < content.length);
    trial.hub.always = {};
    await trial.download();
    assert.ok(trial.whole()!.equals(content));
    assert.equal(trial.hub.requests.at(-1)!.headers.range, `bytes=${half}-`);
  });

  it("begins again where the server ignores ranges", async () => {
    trial.hub.next.push({ cutAt: 300_000 }, { ignoresRange: true });
    await trial.download();
    assert.ok(trial.whole()!.equals(content));
  });

  it("begins again where the file has changed since, if nobody has promised a checksum", async () => {
    const changed = modelBytes(content.length);
    trial.hub.next.push({ cutAt: 300_000 }, { content: changed });
    await trial.download({ sha256: null, url: storageUrl(trial) });
    assert.ok(trial.whole()!.equals(changed));
  });

  it("notices a change by the ETag even where the server ignores If-Range", async () => {
    const changed = modelBytes(content.length);
    trial.hub.next.push({ cutAt: 300_000 }, { content: changed, ignoresIfRange: true });
    await trial.download({ sha256: null, url: storageUrl(trial) });
    assert.ok(trial.whole()!.equals(changed));
  });

  it("without a checksum, an ETag or a date, never joins two halves", async () => {
    trial.hub.next.push({ cutAt: 300_000, etag: null }, { etag: null });
    await trial.download({ sha256: null, url: storageUrl(trial) });
    assert.ok(trial.whole()!.equals(content));
    assert.equal(trial.hub.requests.at(-1)!.headers.range, undefined);
  });

  it("takes parts that are smaller than asked for", async () => {
    trial.hub.next.push({ cutAt: 100_000 }, { shortBy: 400_000 }, { shortBy: 100_000 });
    await trial.download();
    assert.ok(trial.whole()!.equals(content));
  });

  it("joins no part that begins elsewhere than asked", async () => {
    trial.hub.next.push({ cutAt: 100_000 }, { shiftedBy: 5 });
    await trial.download();
    assert.ok(trial.whole()!.equals(content));
  });

  it("a 416 for a half file that is longer than the file is now: begins again", async () => {
    trial.hub.next.push({ cutAt: 900_000 });
    const short = modelBytes(500_000);
    await assert.rejects(
      trial.download({ size: null, sha256: null, url: storageUrl(trial) }, { signal: stopAt(trial, 800_000) }),
    );
    trial.hub.next.push({ content: short, ignoresIfRange: true });
    await trial.download({ size: null, sha256: null, url: storageUrl(trial) });
    assert.ok(trial.whole()!.equals(short));
  });

  it("a half file with a byte that rotted is found by the checksum, and all comes again", async () => {
    trial.hub.next.push({ cutAt: 600_000 });
    await assert.rejects(trial.download({}, { signal: stopAt(trial, 500_000) }));
    const half = readFileSync(`${trial.target}.part`);
    half[1000]! ^= 1;
    writeFileSync(`${trial.target}.part`, half);
    await trial.download();
    assert.ok(trial.whole()!.equals(content));
  });

  it("a wrong checksum is told, and no file is left under any name", async () => {
    trial.hub.always = { corrupt: true };
    await assert.rejects(
      trial.download(),
      code("file.wrong", /^model\.gguf from 127\.0\.0\.1.* is damaged: its checksum/),
    );
    assert.deepEqual(readdirSync(trial.folder), []);
  });

  it("a file that is longer than said is told and thrown away", async () => {
    trial.hub.always = { chunked: { extra: 10 } };
    await assert.rejects(trial.download(), code("file.wrong", /sends more than the 1000000 bytes/));
    assert.deepEqual(readdirSync(trial.folder), []);
  });

  it("a file of another size than the hub lists is told before it comes", async () => {
    await assert.rejects(trial.download({ size: content.length + 1 }), code("file.wrong", /should have 1000001 bytes/));
    assert.deepEqual(readdirSync(trial.folder), []);
  });

  it("a connection that always breaks at the same place is given up in one sentence; what came is kept", async () => {
    trial.hub.always = { cutAt: 250_000 };
    await assert.rejects(trial.download(), code("net.failed", /could not be got .* it goes on from \d+ kB\.$/));
    assert.equal(statSync(`${trial.target}.part`).size, 250_000);
    assert.equal(trial.whole(), null);
  });

  it("a server that falls silent is given up, not waited for for ever", async () => {
    trial.hub.always = { silent: true };
    await assert.rejects(
      trial.download({}, { network: { ...NETWORK, silenceMs: 50 } }),
      code("net.failed", /was silent for 0\.05 s/),
    );
  });

  it("obeys Retry-After at 429 and 503, in seconds and as a date", async () => {
    trial.hub.next.push(
      { status: 429, headers: { "retry-after": "0.2" } },
      { status: 503, headers: { "retry-after": new Date(Date.now() - 1000).toUTCString() } },
    );
    const began = performance.now();
    await trial.download();
    assert.ok(performance.now() - began >= 200);
    assert.ok(trial.whole()!.equals(content));
    assert.ok(trial.progress.some(({ phase }) => phase === "waiting"));
  });

  it("does not wait for an hour because a server says so", async () => {
    trial.hub.always = { status: 429, headers: { "retry-after": "3600" } };
    await assert.rejects(trial.download(), code("net.failed", /answered 429 .* Try again later/));
  });

  it("a page in place of the file is known by its kind, and by its first bytes", async () => {
    trial.hub.always = { headers: { "content-type": "text/html; charset=utf-8" } };
    await assert.rejects(trial.download(), code("file.wrong", /answered with a web page instead of model\.gguf/));
    trial.hub.always = { content: Buffer.from("<!doctype html>".repeat(10)), chunked: { extra: 0 } };
    await assert.rejects(trial.download({ size: null, sha256: null }), code("file.wrong", /is no GGUF file/));
    assert.deepEqual(readdirSync(trial.folder), []);
  });

  it("compressed bytes are refused", async () => {
    trial.hub.always = { headers: { "content-encoding": "gzip" } };
    await assert.rejects(trial.download(), code("file.wrong", /compressed/));
  });

  it("a redirect in a circle ends, to file: is refused, to plain http elsewhere too", async () => {
    trial.hub.redirect = (path) => `${trial.hub.address}${path}`;
    await assert.rejects(trial.download(), code("net.refused", /redirects in a circle/));
    trial.hub.redirect = () => "file:///etc/passwd";
    await assert.rejects(trial.download(), code("net.refused", /^A redirect leads to "file:"/));
    trial.hub.redirect = () => "http://192.0.2.1/model.gguf";
    await assert.rejects(trial.download(), code("net.refused", /without encryption/));
    trial.hub.redirect = () => "http://[";
    await assert.rejects(trial.download(), code("net.refused", /no address/));
  });

  it("plain http to another machine is refused before a byte is sent", async () => {
    await assert.rejects(
      trial.download({ url: "http://192.0.2.1/model.gguf" }),
      code("net.refused", /^The address leads to http:\/\/192\.0\.2\.1\/model\.gguf without encryption/),
    );
  });

  it("a token goes to its own server and never to where that redirects", async () => {
    const token = { origin: trial.hub.address, value: "hf_secret" };
    await trial.download({}, { network: { ...NETWORK, token } });
    const [first, second] = trial.hub.requests;
    assert.equal(first!.headers.authorization, "Bearer hf_secret");
    assert.equal(second!.at, "storage");
    assert.equal(second!.headers.authorization, undefined);
    for (const name of readdirSync(trial.folder)) {
      assert.ok(!readFileSync(`${trial.folder}/${name}`).includes("hf_secret"), name);
    }
  });

  it("tells speed and time left, at most five times a second", async () => {
    trial.hub.always = { throttle: MB };
    const began = performance.now();
    await trial.download();
    const seconds = (performance.now() - began) / 1000;
    assert.ok(trial.progress.length <= 5 * seconds + 4, `${trial.progress.length} in ${seconds} s`);
    const middle = trial.progress.filter(({ secondsLeft }) => secondsLeft !== null);
    assert.ok(middle.length > 0);
    for (const { bytesPerSecond } of middle) assert.ok(bytesPerSecond! > 0.3 * MB && bytesPerSecond! < 3 * MB);
    const last = trial.progress.at(-1)!;
    assert.equal(last.bytes, content.length);
    assert.equal(last.total, content.length);
  });

  it("looks at the room on the disk first", async () => {
    await assert.rejects(
      trial.download({ size: 9e18 }),
      code("disk.full", /^The disk of .* has .* free, and .* more are needed/),
    );
    assert.equal(trial.hub.requests.length, 0);
    assert.deepEqual(readdirSync(trial.folder), []);
  });
});

describe("two downloads of one file", () => {
  const content = modelBytes(MB);
  let trial: Trial;
  beforeEach(async () => {
    trial = await Trial.start(content);
  });
  afterEach(() => trial.close());

  it("are one: the second follows the first by what has come", async () => {
    trial.hub.always = { throttle: 2 * MB };
    const phases = new Set<string>();
    const [first, second] = await Promise.all([
      trial.download(),
      trial.download({}, { onProgress: ({ phase }) => phases.add(phase) }),
    ]);
    assert.equal([first, second].filter(({ already }) => already).length, 1);
    assert.ok(trial.whole()!.equals(content));
    assert.equal(trial.hub.byteRequests().filter(({ at }) => at === "storage").length, 1);
    assert.ok(phases.has("following") || trial.progress.some(({ phase }) => phase === "following"));
    assert.deepEqual(readdirSync(trial.folder).sort(), ["model.gguf", "model.gguf.source.json"]);
  });

  it("the second goes on where the first was stopped", async () => {
    trial.hub.always = { throttle: 2 * MB };
    const abort = new AbortController();
    let second: Promise<unknown> | null = null;
    const first = trial.download(
      {},
      {
        signal: abort.signal,
        onProgress: ({ bytes }) => {
          if (bytes > 0) second ??= trial.download();
          if (bytes > 300_000) abort.abort(new Error("stop"));
        },
      },
    );
    await assert.rejects(first, /^Error: stop$/);
    await second;
    assert.ok(trial.whole()!.equals(content));
    assert.match(trial.hub.requests.at(-1)!.headers.range ?? "", /^bytes=[1-9]/);
  });

  it("the lock of a process that is gone is taken over, also if its id is another's now", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    writeFileSync(
      `${trial.target}.part.lock`,
      JSON.stringify({ pid: child.pid, began: "", host: hostname(), id: "a" }),
    );
    await trial.download();
    assert.ok(trial.whole()!.equals(content));
    if (process.platform !== "linux") return;
    await trial.close();
    trial = await Trial.start(content);
    // This process, but begun at another time.
    writeFileSync(
      `${trial.target}.part.lock`,
      JSON.stringify({ pid: process.pid, began: "x 1", host: hostname(), id: "a" }),
    );
    await trial.download();
    assert.ok(trial.whole()!.equals(content));
    assert.ok(!existsSync(`${trial.target}.part.lock`));
  });

  it("one that has lost its lock writes no more, and follows who has it", async () => {
    trial.hub.always = { throttle: MB / 2 };
    const lock = `${trial.target}.part.lock`;
    const phases: string[] = [];
    const done = trial.download(
      {},
      {
        onProgress: ({ phase }) => {
          phases.push(phase);
          // Another window took it over while this machine slept, and ends a moment later.
          if (phases.length === 2)
            writeFileSync(lock, JSON.stringify({ pid: process.ppid, began: "", host: hostname(), id: "b" }));
          if (phase === "following") rmSync(lock, { force: true });
        },
      },
    );
    await done;
    assert.ok(phases.includes("following"), phases.join(" "));
    assert.ok(trial.whole()!.equals(content));
  });

  it("a torn lock file is nobody's after a moment", async () => {
    const lock = `${trial.target}.part.lock`;
    writeFileSync(lock, "{");
    const before = new Date(Date.now() - 60_000);
    utimesSync(lock, before, before);
    await trial.download();
    assert.ok(trial.whole()!.equals(content));
  });
});

/** A signal that stops the download when so many bytes have come. */
function stopAt(trial: Trial, bytes: number): AbortSignal {
  const abort = new AbortController();
  const look = setInterval(() => {
    const half = `${trial.target}.part`;
    if (!existsSync(half) || statSync(half).size < bytes) return;
    clearInterval(look);
    abort.abort(new Error("stop"));
  }, 1);
  return abort.signal;
}

/** The storage's own address of the file: without what the hub says of it. */
function storageUrl(trial: Trial): string {
  return trial.wanted().url.replace(trial.hub.address, `${trial.hub.storage}/blob`);
}
