import assert from "node:assert/strict";
import { namedProxy } from "../../server/src/engine/http/proxy.js";
import { SetUpError } from "../../server/src/models/set-up-error.js";
import { isSafePath, parseSource, sourceInWords } from "../../server/src/models/source.js";

const HUB = "https://huggingface.co";
const parse = (text: string) => parseSource(text, HUB, (path) => path === "folder" || path === "./x.gguf.d");
const hub = (owner: string, repo: string, revision = "main", file: string | null = null) => ({
  kind: "hub",
  owner,
  repo,
  revision,
  file,
});

describe("sources of a model", () => {
  const sources: readonly (readonly [string, object])[] = [
    ["hf:lm-provers/QED-Nano-SFT", hub("lm-provers", "QED-Nano-SFT")],
    [" hf:a/b ", hub("a", "b")],
    ["HF://a/b", hub("a", "b")],
    ["hf:a/b@v1", hub("a", "b", "v1")],
    ["hf:a/b@refs/pr/3", hub("a", "b", "refs/pr/3")],
    ["hf:a/b/m.gguf", hub("a", "b", "main", "m.gguf")],
    ["hf:a/b/sub/m-Q8_0.GGUF", hub("a", "b", "main", "sub/m-Q8_0.GGUF")],
    ["hf:a/b@v1/m.gguf", hub("a", "b", "v1", "m.gguf")],
    ["hf:a/b/m.gguf@v1", hub("a", "b", "v1", "m.gguf")],
    ["https://huggingface.co/a/b", hub("a", "b")],
    ["https://huggingface.co/a/b/tree/dev", hub("a", "b", "dev")],
    ["https://huggingface.co/a/b/blob/main/m.gguf", hub("a", "b", "main", "m.gguf")],
    ["https://huggingface.co/a/b/resolve/v1/sub/m.gguf?download=true", hub("a", "b", "v1", "sub/m.gguf")],
    ["https://example.org/m.gguf?key=1#x", { kind: "url", url: "https://example.org/m.gguf?key=1" }],
    ["http://127.0.0.1:8/m.gguf", { kind: "url", url: "http://127.0.0.1:8/m.gguf" }],
    ["models/m.gguf", { kind: "file", path: "models/m.gguf" }],
    ["C:\\models\\m.gguf", { kind: "file", path: "C:\\models\\m.gguf" }],
    ["folder", { kind: "folder", path: "folder" }],
  ];
  for (const [text, expected] of sources) {
    it(`reads ${text}`, () => assert.deepEqual(parse(text), expected));
  }

  const mistakes: readonly (readonly [string, RegExp])[] = [
    ["", /^No source is named/],
    ["hf:", /names no repository of the hub/],
    ["hf:a", /names no repository/],
    ["hf:../b", /names no repository/],
    ["hf:a/b@", /is no revision/],
    ["hf:a/b@../../x", /is no revision/],
    ["hf:a/b/../../m.gguf", /is no GGUF file/],
    ["hf:a/b/readme.md", /is no GGUF file/],
    ["lm-provers/QED-Nano-SFT", /write hf:lm-provers\/QED-Nano-SFT\./],
    ["ftp://x/m.gguf", /can't come from "ftp:"/],
    ["file:///x/m.gguf", /can't come from "file:"/],
    ["https://user:pass@example.org/m.gguf", /without the password/],
    ["https://", /is no address/],
    ["notes.txt", /neither a GGUF file nor the folder/],
  ];
  for (const [text, message] of mistakes) {
    it(`says in one sentence what is wrong with "${text}"`, () => {
      assert.throws(
        () => parse(text),
        (error) => {
          assert.ok(error instanceof SetUpError && error.code === "source.invalid");
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /\n|pass@/);
          return true;
        },
      );
    });
  }

  it("writes them as they were written, and no secret of an address", () => {
    for (const text of ["hf:a/b", "hf:a/b@v1/m.gguf", "hf:a/b/m.gguf"]) assert.equal(sourceInWords(parse(text)), text);
    assert.equal(sourceInWords(parse("https://example.org/m.gguf?X-Signature=1")), "https://example.org/m.gguf");
  });

  it("lets no path of a repository leave its folder", () => {
    for (const path of ["a.gguf", "sub/a.gguf", ".hidden/a"]) assert.ok(isSafePath(path), path);
    for (const path of [
      "../a",
      "a/../b",
      "/a",
      "a//b",
      "a\\b",
      "C:a",
      "a\0",
      "a/",
      "",
      "a. /b",
      "nul\n",
      "...",
      "a?",
    ]) {
      assert.ok(!isSafePath(path), JSON.stringify(path));
    }
  });
});

describe("the proxy for an address", () => {
  const env = { HTTPS_PROXY: "http://p:1", http_proxy: "p2:2", NO_PROXY: "example.org, .inner.net:8443, 10.0.0.1" };
  const of = (url: string, settings = {}, environment: NodeJS.ProcessEnv = env) =>
    namedProxy(new URL(url), { proxy: "", noProxy: [], env: environment, ...settings })?.href ?? null;

  it("is the environment's for the scheme, in either case", () => {
    assert.equal(of("https://a.com/"), "http://p:1/");
    assert.equal(of("http://a.com/"), "http://p2:2/");
    assert.equal(of("https://a.com/", {}, { ALL_PROXY: "http://p3:3" }), "http://p3:3/");
    assert.equal(of("https://a.com/", {}, {}), null);
  });

  it("is the setting's before the environment's", () => {
    assert.equal(of("https://a.com/", { proxy: "http://set:9" }), "http://set:9/");
  });

  it("is none for excepted hosts and their subdomains, and never for this machine", () => {
    assert.equal(of("https://example.org/"), null);
    assert.equal(of("https://x.example.org/"), null);
    assert.equal(of("https://notexample.org/"), "http://p:1/");
    assert.equal(of("https://a.inner.net:8443/"), null);
    assert.equal(of("https://a.inner.net/"), "http://p:1/");
    assert.equal(of("https://a.com/", { noProxy: ["*"] }), null);
    for (const host of ["127.0.0.1", "localhost", "[::1]"])
      assert.equal(of(`http://${host}:8/`, { proxy: "http://set:9" }), null);
    assert.equal(of("http://127.example.net/", { proxy: "http://set:9" }), "http://set:9/", "a name, not an address");
  });
});
