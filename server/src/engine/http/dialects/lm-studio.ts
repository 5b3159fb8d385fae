import { count, type Dialect, property, type ServerFacts, word } from "../dialect.js";
import { chooseModel, type ListedModel } from "../models.js";
import { chat } from "./chat.js";
import { completions } from "./completions.js";

/** LM Studio's local server. */
export const LM_STUDIO: Dialect = {
  id: "lm-studio",
  name: "LM Studio",
  owners: ["organization_owner"],
  async about(ask, models, wanted) {
    const id = wanted ?? chooseModel(models, null)?.id ?? null;
    const newer = property(await ask("/api/v1/models"), "models");
    if (Array.isArray(newer) && newer.some((model) => word(property(model, "key")) !== null))
      return loadedIn(newer, id);
    const older = property(await ask("/api/v0/models"), "data");
    if (!Array.isArray(older) || !older.some((model) => property(model, "state") !== undefined)) return null;
    const model = older.find((listed) => property(listed, "id") === id);
    return { version: null, contextSize: count(property(model, "loaded_context_length")), slots: null };
  },
  // Its default of 1.1 would punish what mathematics repeats.
  raw: completions({ repeat_penalty: 1 }),
  hidden: completions({ repeat_penalty: 1 }),
  chat: chat(),
  parallel: 1,
  tokenizer: null,
};

/** What the instance of a model that is loaded says, of `/api/v1/models`; nothing where it is not loaded yet. */
function loadedIn(models: readonly unknown[], id: ListedModel["id"] | null): ServerFacts {
  const instances = models.flatMap((model) => {
    const loaded = property(model, "loaded_instances");
    return Array.isArray(loaded)
      ? loaded.map((instance: unknown) => ({ key: word(property(model, "key")), instance }))
      : [];
  });
  const found =
    instances.find(({ instance }) => property(instance, "id") === id) ?? instances.find(({ key }) => key === id);
  const config = property(found?.instance, "config");
  return {
    version: null,
    contextSize: count(property(config, "context_length")),
    slots: count(property(config, "parallel")),
  };
}
