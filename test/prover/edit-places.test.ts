import assert from "node:assert/strict";
import type { EngineCapabilities } from "../../server/src/engine/engine.js";
import { hintText } from "../../server/src/prompt/hint.js";
import { promptHash } from "../../server/src/prompt/prompt-hash.js";
import { Draft } from "../../server/src/prover/draft.js";
import { EARLY_STOP } from "../../server/src/prover/early-stop.js";
import { closingPlace, hintPlace } from "../../server/src/prover/edit-places.js";
import { emptyRun } from "../../server/src/store/fold.js";
import { HEADER } from "../store/runs.js";
import { engineOf } from "./written-engine.js";

const THOUGHT = "One. Two. Thr";
const HINT = "Look at squares.";

describe("where the text of a run can be edited", () => {
  let capabilities: EngineCapabilities;
  const { message } = HEADER.prompt;
  const draft = new Draft(emptyRun({ ...HEADER, prompt: { message, thought: THOUGHT, answer: null } }), () => {});
  /** A model that knows these continuations of an open thought, and these thoughts that were closed early. */
  const rehearsing = (open: readonly string[], closed: readonly string[]) => ({
    draft,
    capabilities: {
      ...capabilities,
      rehearsal: [
        ...open.map((thought) => promptHash({ message, thought, answer: null })),
        ...closed.map((thought) => promptHash({ message, thought: thought + EARLY_STOP, answer: "" })),
      ],
    },
  });

  before(async () => {
    capabilities = await engineOf([]).engine.capabilities(new AbortController().signal);
  });

  it("is the end of the last whole sentence, for a model that may be asked anything", () => {
    assert.equal(closingPlace({ draft, capabilities }), "One. Two.".length);
    assert.equal(hintPlace({ draft, capabilities }, HINT), "One. Two.".length);
  });

  it("is the last end after which a rehearsal model has learned to answer, whatever it knows of open thoughts", () => {
    assert.equal(closingPlace(rehearsing(["One. Two."], ["One."])), "One.".length);
    assert.equal(closingPlace(rehearsing(["One. Two."], [])), null);
  });

  it("is the last end after which a rehearsal model has learned this very hint", () => {
    assert.equal(hintPlace(rehearsing([`One.${hintText(HINT)}`, "One. Two."], []), HINT), "One.".length);
    assert.equal(hintPlace(rehearsing(["One. Two."], ["One. Two."]), HINT), null);
  });
});
