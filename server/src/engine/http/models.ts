/** A model as a server lists it. */
export interface ListedModel {
  readonly id: string;
  /** Tokens of context, null where the server does not say (`max_model_len` is vLLM's and SGLang's). */
  readonly contextSize: number | null;
}

/** The models in the text of an answer to `/models`; none where it is no such list. */
export function modelsIn(text: string): ListedModel[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const data = (value as { readonly data?: unknown } | null)?.data;
  if (!Array.isArray(data)) return [];
  return data.flatMap((model: { readonly id?: unknown; readonly max_model_len?: unknown } | null) => {
    if (typeof model?.id !== "string") return [];
    const { max_model_len: size } = model;
    return [{ id: model.id, contextSize: typeof size === "number" && size > 0 ? size : null }];
  });
}
