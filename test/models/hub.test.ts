import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { hubAddress, listRepository } from "../../server/src/models/hub.js";
import type { Network } from "../../server/src/models/network.js";
import { select } from "../../server/src/models/repository.js";
import { setUpContext } from "../../server/src/models/set-up-context.js";
import { SetUpError } from "../../server/src/models/set-up-error.js";
import type { WeightType } from "../../server/src/models/weights.js";
import { COMMIT, type FakeHub, type FakeRepository, startHub } from "../fixtures/hub-server.js";
import { modelBytes, NETWORK, sha256 } from "./downloads.js";

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const LARGE = modelBytes(70_000);
const CHECKPOINT = {
  "README.md": Buffer.from("# Model"),
  "config.json": json({}),
  "tokenizer.json": json({}),
  "tokenizer_config.json": json({}),
  "chat_template.jinja": Buffer.from("{{ x }}"),
  "model.safetensors.index.json": json({
    weight_map: {
      a: "model-00002-of-00002.safetensors",
      b: "model-00001-of-00002.safetensors",
      c: "model-00001-of-00002.safetensors",
    },
  }),
  "model-00001-of-00002.safetensors": LARGE,
  "model-00002-of-00002.safetensors": LARGE,
};
const without = (name: string) => Object.fromEntries(Object.entries(CHECKPOINT).filter(([key]) => key !== name));
const REPOSITORIES: Record<string, FakeRepository> = {
  "o/checkpoint": { files: CHECKPOINT },
  "o/lacking": { files: without("model-00002-of-00002.safetensors") },
  "o/mute": { files: without("tokenizer.json") },
  "o/empty": { files: { "README.md": Buffer.from("nothing") } },
  "o/one": { files: { "README.md": Buffer.from("x"), "sub/only.gguf": LARGE, "mmproj-x.gguf": LARGE } },
  "o/many": {
    files: {
      "m-Q8_0.gguf": LARGE,
      "m-Q4_K_M.gguf": LARGE,
      "m-bf16-00001-of-00002.gguf": LARGE,
      "m-bf16-00002-of-00002.gguf": LARGE,
      "torn-00001-of-00003.gguf": LARGE,
    },
  },
  "o/gated": { files: CHECKPOINT, token: "hf_right" },
};

describe("the hub", () => {
  let hub: FakeHub;
  const signal = new AbortController().signal;
  const token = (value: string): Network => ({ ...NETWORK, token: { origin: hub.address, value } });
  const list = (name: string, network: Network = NETWORK, revision = "main") => {
    const [owner, repo] = name.split("/") as [string, string];
    return listRepository({ kind: "hub", owner, repo, revision, file: null }, hub.address, network, signal);
  };
  const choose = async (name: string, file: string | null = null, type: WeightType = "q8_0") => {
    const selection = await select(await list(name), file, type, NETWORK, signal);
    return [selection.kind, ...selection.files.map(({ path }) => path)];
  };
  const refuses = (code: string, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof SetUpError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n|hf_right|hf_wrong/);
    return true;
  };
  before(async () => {
    hub = await startHub(REPOSITORIES);
  });
  after(() => hub.close());

  it("lists a repository over its pages at one commit, with sizes and checksums of what is large", async () => {
    const { commit, files } = await list("o/checkpoint");
    assert.equal(commit, COMMIT);
    assert.equal(files.length, 8);
    const shard = files.find(({ path }) => path === "model-00001-of-00002.safetensors")!;
    assert.equal(shard.bytes, LARGE.length);
    assert.equal(shard.sha256, sha256(LARGE));
    assert.equal(shard.url, `${hub.address}/o/checkpoint/resolve/${COMMIT}/model-00001-of-00002.safetensors`);
    assert.equal(files.find(({ path }) => path === "config.json")!.sha256, null);
  });

  it("takes of a checkpoint what a conversion reads, small files first", async () => {
    assert.deepEqual(await choose("o/checkpoint"), [
      "checkpoint",
      "config.json",
      "tokenizer.json",
      "tokenizer_config.json",
      "chat_template.jinja",
      "model.safetensors.index.json",
      "model-00001-of-00002.safetensors",
      "model-00002-of-00002.safetensors",
    ]);
  });

  it("takes the GGUF file of the wanted kind, all parts of a split one, the one that is named, or the only one", async () => {
    assert.deepEqual(await choose("o/many"), ["gguf", "m-Q8_0.gguf"]);
    assert.deepEqual(await choose("o/many", null, "q4_k_m"), ["gguf", "m-Q4_K_M.gguf"]);
    const parts = ["m-bf16-00001-of-00002.gguf", "m-bf16-00002-of-00002.gguf"];
    assert.deepEqual(await choose("o/many", null, "bf16"), ["gguf", ...parts]);
    assert.deepEqual(await choose("o/many", "m-Q4_K_M.gguf"), ["gguf", "m-Q4_K_M.gguf"]);
    assert.deepEqual(await choose("o/one"), ["gguf", "sub/only.gguf"]);
  });

  it("says what is missing, and proposes what is there", async () => {
    await assert.rejects(
      choose("o/many", "x.gguf"),
      refuses("net.missing", /has no file x\.gguf.* hf:o\/many\/m-Q8_0\.gguf \(/),
    );
    await assert.rejects(choose("o/lacking"), refuses("net.missing", /lacks the shard model-00002-of-00002/));
    await assert.rejects(choose("o/mute"), refuses("net.missing", /no tokenizer/));
    await assert.rejects(choose("o/empty"), refuses("net.missing", /neither a GGUF file nor a checkpoint/));
    await assert.rejects(list("o/nowhere"), refuses("hub.gated", /^hf:o\/nowhere is not there, or is private/));
    await assert.rejects(list("o/one", NETWORK, "v9"), refuses("net.missing", /no such revision/));
  });

  it("opens a gated repository with a token, and says what to do without one or with another", async () => {
    await assert.rejects(
      list("o/gated"),
      refuses("hub.gated", /^hf:o\/gated is only for those who are allowed \(401\)\. Accept its terms .* HF_TOKEN/),
    );
    await assert.rejects(
      list("o/gated", token("hf_wrong")),
      refuses("hub.gated", /\(403\)\. The token that is set does not open it/),
    );
    assert.equal((await list("o/gated", token("hf_right"))).files.length, 8);
  });

  it("never follows a listing's next page to another server", async () => {
    hub.requests.length = 0;
    await list("o/checkpoint", token("hf_right"));
    assert.ok(hub.requests.every(({ at }) => at === "hub"));
  });

  it("an address that is no hub, or nobody's, is told in one sentence", async () => {
    const source = { kind: "hub", owner: "o", repo: "one", revision: "main", file: null } as const;
    await assert.rejects(
      listRepository(source, "http://127.0.0.1:9", NETWORK, signal),
      refuses("net.failed", /could not be reached \(ECONNREFUSED\).* Check the connection/),
    );
    assert.throws(() => hubAddress("nonsense", {}), refuses("source.invalid", /is no address of a hub/));
    assert.equal(hubAddress("", { HF_ENDPOINT: "https://mirror.example/" }), "https://mirror.example");
    assert.equal(hubAddress("https://set.example", { HF_ENDPOINT: "https://mirror.example" }), "https://set.example");
    assert.equal(hubAddress("", {}), "https://huggingface.co");
  });

  it("binds the token to the hub's origin: the one that is given, or HF_TOKEN", () => {
    const surroundings = { extensionRoot: "", stateDirectory: "", hub: "https://mirror.example/base", backendPath: "" };
    const of = (given: string | null, env: NodeJS.ProcessEnv) =>
      setUpContext({ ...surroundings, proxy: "", noProxy: [], allowHttp: false, token: given, env }).network.token;
    assert.deepEqual(of(null, { HF_TOKEN: "hf_a" }), { origin: "https://mirror.example", value: "hf_a" });
    assert.deepEqual(of("hf_b", { HF_TOKEN: "hf_a" })?.value, "hf_b");
    assert.equal(of(null, {}), null);
    assert.equal(of("a\r\nHost: x", {}), null);
  });

  it("goes through a proxy: absolute addresses for http, a tunnel for https", async () => {
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify(request.url?.includes("/tree/") ? [] : { sha: COMMIT }));
    });
    proxy.on("connect", (request, socket) => {
      seen.push(`CONNECT ${request.url}`);
      const { port } = new URL(hub.address);
      const through = connect(Number(port), "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
      through.pipe(socket).pipe(through);
      for (const end of [through, socket]) end.on("error", () => {});
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const network = { ...NETWORK, allowHttp: true, proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    const source = { kind: "hub", owner: "o", repo: "one", revision: "main", file: null } as const;
    try {
      const { files } = await listRepository(source, "http://hub.invalid", network, signal);
      assert.deepEqual(files, []);
      // The tunnel ends at a server without TLS: that it was asked for is what counts.
      await assert.rejects(
        listRepository(source, "https://hub.invalid", network, signal),
        refuses("net.failed", /through the proxy 127/),
      );
      assert.match(seen[0]!, /^GET http:\/\/hub\.invalid\/api\/models\/o\/one\/revision\/main$/);
      assert.ok(seen.includes("CONNECT hub.invalid:443"));
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});
