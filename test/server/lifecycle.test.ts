import assert from "node:assert/strict";
import { ENTRIES, ensureDist, Session } from "./session.js";

before(function () {
  this.timeout(120_000);
  ensureDist();
});

describe("the server's life", () => {
  for (const entry of Object.keys(ENTRIES) as (keyof typeof ENTRIES)[]) {
    it(`ends with code 0 after shutdown and exit: ${entry}`, async () => {
      const session = Session.bare(entry);
      await session.client.initialize();
      await session.client.request("shutdown");
      session.client.notify("exit");
      await session.client.end();
      assert.equal(session.client.exitCode, 0);
      await session.stop();
    });

    it(`ends when its input is closed: ${entry}`, async () => {
      const session = Session.bare(entry);
      await session.client.initialize();
      session.client.closeInput();
      await session.client.end();
      await session.stop();
    });
  }

  it("ends with an error if its editor leaves without shutdown", async () => {
    const session = await Session.start({});
    session.client.notify("exit");
    await session.client.end();
    assert.equal(session.client.exitCode, 1);
    await session.stop();
  });

  it("ends when its input is closed before anything was said", async () => {
    const session = Session.bare();
    session.client.closeInput();
    await session.client.end();
    await session.stop();
  });
});
