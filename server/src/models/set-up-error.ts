/** What kept a model from being set up, as a documented code. */
export type SetUpErrorCode =
  /** The source is none that can be read. */
  | "source.invalid"
  /** The hub asks for a token, or for its licence to be accepted. */
  | "hub.gated"
  /** Not there: repository, revision or file. */
  | "net.missing"
  /** No answer, or none that is whole, after several tries. */
  | "net.failed"
  /** Not allowed: plain http, a redirect to where none may lead. */
  | "net.refused"
  /** The bytes are not those that were promised. */
  | "file.wrong"
  /** The disk can't take it. */
  | "disk.full"
  | "disk.failed"
  /** Weights that can't be made into a model. */
  | "convert.failed"
  /** A GPU backend could not be fetched. */
  | "backend.failed"
  /** The model is there but the engine could not load it. */
  | "check.failed";

/** A failure of the set-up; the message is one sentence for the user, with the next step. */
export class SetUpError extends Error {
  override readonly name = "SetUpError";
  constructor(
    readonly code: SetUpErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The system's code of an error, such as `ENOSPC`; "" if it has none. */
export function systemCode(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
}
