import { count, property, word } from "./dialect.js";

/** A model as a server lists it. */
export interface ListedModel {
  readonly id: string;
  /** Tokens of context, null where the server does not say (`max_model_len` is vLLM's and SGLang's). */
  readonly contextSize: number | null;
  /** Who the server says has made it: most kinds of server write their own name. */
  readonly owner: string | null;
}

/** The models in the text of an answer to `/models`; null where it is no such list. */
export function modelsIn(text: string): readonly ListedModel[] | null {
  let data: unknown;
  try {
    data = property(JSON.parse(text), "data");
  } catch {
    return null;
  }
  if (!Array.isArray(data)) return null;
  return data.flatMap((model: unknown) => {
    const id = word(property(model, "id"));
    if (id === null) return [];
    return [{ id, contextSize: count(property(model, "max_model_len")), owner: word(property(model, "owned_by")) }];
  });
}

/**
 * The model that is asked: the one that the settings name (Ollama lists `name` as `name:latest`), or of those that the
 * server lists QED-Nano, or the first that is no embedding model. Undefined where the list has none.
 */
export function chooseModel(models: readonly ListedModel[], wanted: string | null): ListedModel | undefined {
  if (wanted !== null) return models.find(({ id }) => id === wanted || id === `${wanted}:latest`);
  return models.find(({ id }) => /qed[-_]?nano/i.test(id)) ?? models.find(({ id }) => !/embed/i.test(id)) ?? models[0];
}
