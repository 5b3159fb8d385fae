import type { ProxySettings } from "../engine/http/proxy.js";
import { hubAddress } from "./hub.js";
import type { SetUpContext } from "./set-up-plan.js";

/** What a set-up is told from outside. */
export interface SetUpSurroundings extends ProxySettings {
  readonly extensionRoot: string;
  readonly stateDirectory: string;
  /** The setting for a mirror; "" for none. */
  readonly hub: string;
  readonly backendPath: string;
  /** A token for the hub; null leaves it to `HF_TOKEN`. */
  readonly token: string | null;
  readonly allowHttp: boolean;
}

/** Milliseconds of silence after which a connection is tried again. */
const SILENCE_MS = 30_000;

/** The context of a set-up. The token is bound to the hub's own origin. Throws `source.invalid` for a hub that is none. */
export function setUpContext(surroundings: SetUpSurroundings): SetUpContext {
  const { extensionRoot, stateDirectory, backendPath, proxy, noProxy, allowHttp, env } = surroundings;
  const hub = hubAddress(surroundings.hub, env);
  const value = (surroundings.token ?? env.HF_TOKEN ?? env.HUGGING_FACE_HUB_TOKEN ?? "").trim();
  // Line breaks would end the header; such a token is none.
  const token = /^[\x21-\x7e]+$/.test(value) ? { origin: new URL(hub).origin, value } : null;
  const network = { proxy, noProxy, token, allowHttp, silenceMs: SILENCE_MS, env };
  return { extensionRoot, stateDirectory, hub, backendPath, network };
}
