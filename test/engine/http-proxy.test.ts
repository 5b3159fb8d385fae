import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { proxyFor } from "../../server/src/engine/http/proxy.js";
import { DEFAULT_SETTINGS, withProxy } from "../../server/src/settings.js";
import type { ScriptedServer } from "../fixtures/scripted-server.js";
import { assertFailed, prove } from "../prover/trial.js";
import { CERTIFICATE, engineAt, KEY, PROVES, STATEMENT, servers } from "./http-server.js";

describe("a proxy", () => {
  const serve = servers();
  let proxy: Awaited<ReturnType<typeof startProxy>> | null = null;
  afterEach(async () => {
    await proxy?.close();
    proxy = null;
  });
  const elsewhere = ({ endpoint }: ScriptedServer) => endpoint.replace("127.0.0.1", "model.test");

  it("is gone through by a tunnel where the connection is encrypted, and sees neither text nor key", async () => {
    const server = await serve(() => PROVES, { tls: true });
    proxy = await startProxy(null);
    const env = { HTTPS_PROXY: proxy.address };
    const engine = engineAt(elsewhere(server), { env, certificates: CERTIFICATE });
    const { run } = await prove(engine, STATEMENT);
    assert.deepEqual(run.outcome, { kind: "proved" });
    assert.ok(proxy.seen.length > 0 && proxy.seen.every((line) => /^CONNECT model\.test:\d+$/.test(line)));
  });

  it("is asked for the whole address where it is not, if the user allows that", async () => {
    const server = await serve(() => PROVES);
    proxy = await startProxy(null);
    const engine = engineAt(elsewhere(server), { proxy: proxy.address, allowInsecure: true });
    const { run } = await prove(engine, STATEMENT);
    assert.deepEqual(run.outcome, { kind: "proved" });
    assert.ok(proxy.seen.includes(`POST ${elsewhere(server)}/completions`));
  });

  it("is told the user and the password of its own address, which the server is not told", async () => {
    for (const tls of [true, false]) {
      const server = await serve(() => PROVES, { tls });
      proxy = await startProxy("me:s e");
      const address = proxy.address.replace("//", "//me:s%20e@");
      const engine = engineAt(elsewhere(server), { proxy: address, allowInsecure: true, certificates: CERTIFICATE });
      assert.deepEqual((await prove(engine, STATEMENT)).run.outcome, { kind: "proved" });
      assert.equal(server.requests[0]?.headers["proxy-authorization"], undefined);
      await proxy.close();
    }
  });

  it("that asks for a user is told in a sentence without the password", async () => {
    for (const tls of [true, false]) {
      const server = await serve(() => PROVES, { tls });
      proxy = await startProxy("me:right");
      const address = proxy.address.replace("//", "//me:wrong@");
      const engine = engineAt(elsewhere(server), { proxy: address, allowInsecure: true, certificates: CERTIFICATE });
      const trial = await prove(engine, STATEMENT);
      assertFailed(trial, "endpoint.unreachable", [
        `The proxy ${new URL(proxy.address).host}`,
        "status 407",
        "HTTPS_PROXY",
      ]);
      assert.ok(!trial.file.includes("wrong") && !trial.file.includes(KEY));
      assert.deepEqual(server.requests, []);
      await proxy.close();
    }
  });

  for (const [url, env, expected] of [
    ["https://example.org/v1", { HTTPS_PROXY: "http://p:1" }, "http://p:1/"],
    ["https://example.org/v1", { https_proxy: "p:1" }, "http://p:1/"],
    ["https://example.org/v1", { HTTP_PROXY: "http://p:1" }, null],
    ["https://example.org/v1", { ALL_PROXY: "http://p:1" }, "http://p:1/"],
    ["http://example.org/v1", { HTTP_PROXY: "http://p:1" }, "http://p:1/"],
    ["http://127.0.0.1:8000/v1", { HTTP_PROXY: "http://p:1" }, null],
    ["http://localhost:8000/v1", { HTTP_PROXY: "http://p:1" }, null],
    ["http://[::1]:8000/v1", { HTTP_PROXY: "http://p:1" }, null],
    ["https://gpu.example.org/v1", { HTTPS_PROXY: "http://p:1", NO_PROXY: "a, .example.org" }, null],
    ["https://example.org/v1", { HTTPS_PROXY: "http://p:1", NO_PROXY: "*.example.org" }, null],
    ["https://notexample.org/v1", { HTTPS_PROXY: "http://p:1", NO_PROXY: "example.org" }, "http://p:1/"],
    ["https://example.org/v1", { HTTPS_PROXY: "http://p:1", no_proxy: "example.org:8443" }, "http://p:1/"],
    ["https://example.org:8443/v1", { HTTPS_PROXY: "http://p:1", no_proxy: "example.org:8443" }, null],
    ["https://example.org/v1", { HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, null],
    ["https://example.org/v1", { HTTPS_PROXY: "socks5://p:1" }, null],
    ["https://example.org/v1", { HTTPS_PROXY: "::" }, null],
  ] as const) {
    it(`for ${url} with ${JSON.stringify(env)} is ${expected ?? "none"}`, () => {
      assert.equal(proxyFor(new URL(url), { proxy: "", env })?.href ?? null, expected);
    });
  }

  it("of the editor goes before that of the environment", () => {
    const chosen = proxyFor(new URL("https://example.org"), {
      proxy: "http://e:2",
      env: { HTTPS_PROXY: "http://p:1" },
    });
    assert.equal(chosen?.href, "http://e:2/");
  });
});

describe("the editor's own proxy", () => {
  it("is taken from its settings, unless it is turned off there", () => {
    assert.equal(withProxy(DEFAULT_SETTINGS, { proxy: " http://p:1 " }).proxy, "http://p:1");
    assert.equal(withProxy(DEFAULT_SETTINGS, { proxy: "http://p:1", proxySupport: "off" }).proxy, "");
    for (const none of [null, undefined, 3, {}, { proxy: null }])
      assert.equal(withProxy(DEFAULT_SETTINGS, none).proxy, "");
  });
});

/** A proxy on this machine that leads every name to it, as `user:password` where that is given. */
async function startProxy(user: string | null) {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const allowed = ({ headers }: IncomingMessage) =>
    user === null || headers["proxy-authorization"] === `Basic ${Buffer.from(user).toString("base64")}`;
  const server = createHttpServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    if (!allowed(incoming)) {
      outgoing.writeHead(407, { "proxy-authenticate": "Basic" }).end();
      return;
    }
    const { port, pathname } = new URL(incoming.url!);
    const { "proxy-authorization": _, ...headers } = incoming.headers;
    const onward = request({ host: "127.0.0.1", port, path: pathname, method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  server.on("connect", (incoming: IncomingMessage, socket: Socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    sockets.add(socket.on("error", () => {}));
    if (!allowed(incoming)) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const onward = connect({ host: "127.0.0.1", port: Number(incoming.url!.split(":")[1]) }, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    sockets.add(onward.on("error", () => {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      if (server.listening) await new Promise((closed) => server.close(closed));
    },
  };
}
