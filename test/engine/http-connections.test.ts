import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { certificates } from "../../server/src/engine/http/certificates.js";
import { unreachable } from "../../server/src/engine/http/connection-failures.js";
import { tlsFile } from "../fixtures/scripted-server.js";
import { assertFailed, assertSentence, prove } from "../prover/trial.js";
import { CERTIFICATE, engineAt, KEY, PROVES, STATEMENT, servers } from "./http-server.js";

describe("an encrypted connection", () => {
  const serve = servers();

  it("is made to a server whose certificate the user has named", async () => {
    const { endpoint } = await serve(() => PROVES, { tls: true });
    const { run } = await prove(engineAt(endpoint, { certificates: CERTIFICATE }), STATEMENT);
    assert.deepEqual(run.outcome, { kind: "proved" });
  });

  it("is made to a server whose certificate the environment names", async () => {
    const { endpoint } = await serve(() => PROVES, { tls: true });
    const { run } = await prove(engineAt(endpoint, { env: { NODE_EXTRA_CA_CERTS: CERTIFICATE } }), STATEMENT);
    assert.deepEqual(run.outcome, { kind: "proved" });
  });

  for (const [path, says] of [
    ["/nowhere/ca.pem", "can't be read"],
    [tlsFile("key.pem"), "holds no certificate"],
  ] as const) {
    it(`is not made where the file of certificates ${says}, and the file is named`, async () => {
      const { endpoint } = await serve(() => PROVES, { tls: true });
      const trial = await prove(engineAt(endpoint, { certificates: path }), STATEMENT);
      assertFailed(trial, "endpoint.certificate", [path, says, 'Correct "qed.certificates"']);
    });
  }

  it("is not made to a server without encryption, and the address is to be checked", async () => {
    const { endpoint } = await serve(() => PROVES);
    const trial = await prove(engineAt(endpoint.replace("http:", "https:")), STATEMENT);
    assertFailed(trial, "endpoint.unreachable", ["does not speak TLS", "whether it is http or https"]);
  });

  it("keeps what Node trusts beside what the user names", () => {
    assert.equal(certificates("", {}), undefined);
    assert.ok(certificates(CERTIFICATE, {})!.length > 50);
  });

  for (const [code, says] of [
    ["CERT_HAS_EXPIRED", "it has expired"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "it is for another name"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "nobody known here has signed it"],
  ] as const) {
    it(`that fails by ${code} is told in a sentence`, () => {
      const told = unreachable("https://example.org/v1", Object.assign(new Error("x"), { code }));
      assert.equal(told.code, "endpoint.certificate");
      assertSentence(told.message, [says, code, '"qed.certificates"']);
    });
  }
});

describe("a connection that does not come about", () => {
  let deaf: Server | null = null;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    deaf?.close();
    deaf = null;
  });

  it("is given up in time, in a sentence of its own", async () => {
    deaf = createServer((socket) => sockets.push(socket.on("error", () => {}))).listen(0, "127.0.0.1");
    await once(deaf, "listening");
    const endpoint = `https://127.0.0.1:${(deaf.address() as AddressInfo).port}/v1`;
    const trial = await prove(engineAt(endpoint, { silenceSeconds: 0.3 }), STATEMENT);
    assertFailed(trial, "endpoint.unreachable", ["No connection", "within 0.3 seconds", "the network"]);
  });

  it("is given up at once by a cancel", async () => {
    deaf = createServer((socket) => sockets.push(socket.on("error", () => {}))).listen(0, "127.0.0.1");
    await once(deaf, "listening");
    const engine = engineAt(`https://127.0.0.1:${(deaf.address() as AddressInfo).port}/v1`);
    const abort = new AbortController();
    const asked = engine.capabilities(abort.signal);
    abort.abort(new Error("enough"));
    await assert.rejects(asked, /enough/);
  });

  it("with another protocol gives one clear sentence", async () => {
    deaf = createServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.6\r\n")).listen(0, "127.0.0.1");
    await once(deaf, "listening");
    const trial = await prove(engineAt(`http://127.0.0.1:${(deaf.address() as AddressInfo).port}/v1`), STATEMENT);
    assertFailed(trial, "endpoint.unreachable", ["No server answers", '"qed.endpoint"']);
  });
});

describe("the key of a server", () => {
  const serve = servers();

  it("with a line break is refused before anything is sent, in a sentence without it", async () => {
    const server = await serve(() => PROVES);
    const trial = await prove(engineAt(server.endpoint, { apiKey: `${KEY}\nx-other: 1` }), STATEMENT);
    assertFailed(trial, "endpoint.refused", ["a character that no key has", "QED_API_KEY"]);
    assert.ok(!trial.file.includes(KEY));
    assert.deepEqual([...server.asked, ...server.requests], []);
  });

  it("is asked for anew for each request, so that a new one is used at once", async () => {
    const server = await serve(() => PROVES);
    let key = "first-key";
    const engine = engineAt(server.endpoint, { apiKey: async () => key });
    await prove(engine, STATEMENT);
    key = "second-key";
    await prove(engine, STATEMENT);
    const sent = server.requests.map(({ headers }) => headers.authorization);
    assert.deepEqual(sent, ["Bearer first-key", "Bearer second-key"]);
  });
});

describe("an address with a query", () => {
  const serve = servers();

  it("is shown and kept without it, since some services take a secret there", async () => {
    const server = await serve(() => [{ do: "respond", status: 500, body: "" }]);
    const trial = await prove(engineAt(`${server.endpoint}?code=hunter2`), STATEMENT);
    assertFailed(trial, "endpoint.failed", [server.endpoint]);
    assert.ok(!trial.file.includes("hunter2"));
  });
});
