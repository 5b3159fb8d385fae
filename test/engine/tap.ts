import { appendFileSync } from "node:fs";
import type { FromChild, ToChild } from "../../server/src/engine/local/messages.js";

/** One message of the engine's process, as the tapped child writes it down. */
export type TappedMessage = { readonly to: ToChild } | { readonly from: FromChild };

// Set by the wrapper that `local-child.ts` writes for each engine.
const path = process.env.QED_TEST_TAP;
const send = process.send?.bind(process);
if (path !== undefined && send !== undefined) {
  const write = (message: TappedMessage) => appendFileSync(path, `${JSON.stringify(message)}\n`);
  process.on("message", (to: ToChild) => write({ to }));
  process.send = (from: FromChild) => {
    write({ from });
    return send(from);
  };
}
