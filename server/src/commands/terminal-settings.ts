import { readChosen } from "../models/chosen.js";
import { DEFAULT_SETTINGS, type Settings } from "../settings.js";
import { stateDirectory } from "../store/directory.js";

/**
 * The settings of the terminal before its flags: the model that `qed setup` has set up with the context that fits, and
 * what the environment says (`QED_BACKEND_PATH`).
 */
export function terminalSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const chosen = readChosen(stateDirectory(env));
  return {
    ...DEFAULT_SETTINGS,
    backendPath: env.QED_BACKEND_PATH ?? "",
    ...(chosen === null
      ? {}
      : { model: chosen.model, contextSize: Math.min(DEFAULT_SETTINGS.contextSize, chosen.contextSize) }),
  };
}
