import assert from "node:assert/strict";
import type { HttpEngineOptions } from "../../server/src/engine/http/http-engine.js";
import type { Action, Script, ScriptedServerOptions } from "../fixtures/scripted-server.js";
import { SERVED } from "../fixtures/served/all.js";
import type { ServedDialect } from "../fixtures/served/dialect.js";
import { assertFailed as assertOutcome, prove, type Trial } from "../prover/trial.js";
import { BEGUN, FAULTS, text } from "./http-fault-list.js";
import { engineAt, freePort, KEY, STATEMENT, servers } from "./http-server.js";

const PIECES = ["Add", " them", " — 💡", ".", "\n", "</", "think", ">", "\n\n", "Let", " \\(a\\)", " be even."];
const TEXT = PIECES.join("");

const END: readonly Action[] = [{ do: "finish", reason: "stop" }, { do: "done" }];
const WHOLE: readonly Action[] = [...PIECES.map(text), ...END];

/** Where the text ends of a run that broke off after `text`: half a tag is neither thought nor answer. */
function halves(text: string): { readonly thought: string; readonly answer: string | null } {
  const [thought = "", answer] = text.split("</think>");
  return {
    thought: answer === undefined ? thought.replace(/<(?:\/(?:t(?:h(?:i(?:n(?:k)?)?)?)?)?)?$/, "") : thought,
    answer: answer === undefined ? null : answer.trimStart(),
  };
}

for (const dialect of SERVED) {
  describe(`${dialect.name}, where the server`, () => {
    const serve = servers();

    async function proveOn(
      script: Script,
      server: ScriptedServerOptions = {},
      engine: Partial<HttpEngineOptions> = {},
    ) {
      const { endpoint } = await serve(script, { dialect, ...server });
      return prove(engineAt(endpoint, engine), STATEMENT);
    }

    for (const [name, { script, code, says, thought = "", server, engine }] of Object.entries(FAULTS)) {
      // llama-server takes any name.
      if (code === "endpoint.model" && dialect.name === "llama-server") continue;
      it(`${name}, gives one clear sentence, and keeps what was thought`, async () => {
        const trial = await proveOn(script(dialect), server, engine);
        assertFailed(trial, code, says);
        assert.equal(trial.stored.thought.text, thought);
        assert.equal(trial.stored.answer, null);
      });
    }

    it("is not there, gives one clear sentence", async () => {
      const trial = await prove(engineAt(`http://127.0.0.1:${await freePort()}/v1`), STATEMENT);
      assertFailed(trial, "endpoint.unreachable", ["connection refused", 'Start it, or correct "qed.endpoint"']);
    });

    for (const models of [undefined, null]) {
      const where = models === null ? "every request" : "a text";
      it(`sends on to another host for ${where}, does not get document or key carried there`, async () => {
        const other = await serve(() => [], { dialect });
        const to = `${other.endpoint}/elsewhere?token=${KEY}&session=hunter2`;
        const redirect: Script = () => [{ do: "respond", status: 307, headers: { location: to } }];
        const trial = await proveOn(redirect, models === null ? { models } : {});
        assertFailed(trial, "endpoint.redirect", [`sends on to ${other.endpoint}/elsewhere`, 'Set "qed.endpoint"']);
        assert.ok(!trial.file.includes("hunter2"), "what may be a secret of the server's is not kept");
        assert.deepEqual([...other.requests, ...other.asked], []);
      });
    }

    it("is busy once, is asked again when it says so, and the proof is whole", async () => {
      let asked = 0;
      const { endpoint, requests } = await serve(
        () =>
          asked++ === 0 ? [{ do: "respond", ...dialect.error(429, "busy"), headers: { "retry-after": "0" } }] : WHOLE,
        { dialect },
      );
      const { run } = await prove(engineAt(endpoint), STATEMENT);
      assert.deepEqual(run.outcome, { kind: "proved" });
      assert.equal(requests.length, 2);
    });

    it("is cut at any event, keeps what was written, and is not asked again", async () => {
      let cutAfter = 0;
      const server = await serve(() => WHOLE, { dialect, cutAfter: () => cutAfter });
      const engine = engineAt(server.endpoint);
      const places = placesOf(dialect);
      for (cutAfter = 0; cutAfter < places.length; cutAfter++) {
        const before = server.requests.length;
        const trial = await prove(engine, STATEMENT);
        assert.equal(server.requests.length, before + 1);
        const written = places[cutAfter]!;
        const { thought, answer } = halves(written.text);
        const where = `after ${cutAfter} events`;
        if (written.ended) assert.deepEqual(trial.run.outcome, { kind: "proved" }, where);
        else assertFailed(trial, "stream.cut", ["broke off", "try again"]);
        assert.equal(trial.stored.thought.text, thought, where);
        assert.equal(trial.stored.answer?.text || null, answer || null, where);
        assert.ok(!trial.file.includes(KEY));
      }
      assert.ok(places.length > PIECES.length / 2 && places.at(-1)!.ended);
    });

    for (const chunked of [true, false]) {
      const how = chunked ? "" : ", and nothing tells it from an end";
      it(`is cut inside a character${how}, keeps what was whole`, async () => {
        for (const bytes of [1, 2, 3]) {
          const torn: Action = { do: "torn", text: " 💡", bytes };
          const trial = await proveOn(() => [...BEGUN, torn, ...(chunked ? [{ do: "cut" } as const] : [])], {
            chunked,
          });
          assertFailed(trial, "stream.cut", ["broke off", "try again"]);
          assert.equal(trial.stored.thought.text, "Add them");
        }
      });
    }

    it("is cut where an end token may begin, keeps what came of it", async () => {
      const trial = await proveOn(() => [...BEGUN, text(" <|im"), { do: "cut" }]);
      assertFailed(trial, "stream.cut", ["broke off", "try again"]);
      assert.equal(trial.stored.thought.text, "Add them <|im");
    });

    it("repeats the key in its text, does not get it into the run", async () => {
      const pieces = ["Key ", ...KEY.match(/.{1,3}/g)!, " and ", KEY, ".\n</think>\n\nDone ", KEY.slice(0, 15)];
      const trial = await proveOn(() => [...pieces.map(text), ...END]);
      assert.equal(trial.stored.thought.text, "Key … and ….\n");
      assert.ok(!trial.file.includes(KEY.slice(0, 12)), trial.file);
    });
  });
}

/** Failed as it should, and the key is nowhere in what the run wrote or told. */
function assertFailed(trial: Trial, code: string, says: readonly string[]): void {
  assertOutcome(trial, code, says);
  assert.ok(!trial.file.includes(KEY) && !JSON.stringify(trial.events).includes(KEY));
}

/** What has been written of {@link WHOLE} after each number of events, and whether its end has been told. */
function placesOf(dialect: ServedDialect): readonly { readonly text: string; readonly ended: boolean }[] {
  const prompt = "x";
  const body = {
    prompt,
    messages: [{ role: "user", content: prompt }],
    return_progress: true,
    stream_options: { include_usage: true },
  };
  const stream = dialect.open({ method: "POST", path: dialect.completes[0]!, body });
  const places = [{ text: "", ended: false }];
  let length = 0;
  for (const piece of PIECES) {
    length += piece.length;
    const events = stream.text(piece);
    // Only the last event of a token has text; before it come beginnings.
    for (let k = 0; k < events.length; k++) {
      places.push({ text: k === events.length - 1 ? TEXT.slice(0, length) : places.at(-1)!.text, ended: false });
    }
  }
  const [first, ...more] = [...stream.finish("stop", null), ...stream.done()];
  assert.ok(first);
  for (const _ of [first, ...more]) places.push({ text: TEXT, ended: true });
  return places;
}
