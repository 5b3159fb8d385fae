import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * Where runs are kept: `QED_STATE_DIR` if it is set, else the user's state directory as the platform has it. The editor
 * and the terminal share it, so that each sees the other's runs.
 */
export function stateDirectory(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env.QED_STATE_DIR) return env.QED_STATE_DIR;
  const home = homedir();
  switch (platform) {
    case "win32":
      return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "qed-copilot");
    case "darwin":
      return join(home, "Library", "Application Support", "qed-copilot");
    default:
      return join(xdgStateHome(env) ?? join(home, ".local", "state"), "qed-copilot");
  }
}

/** The XDG base directory specification has a path that is empty or not absolute ignored. */
function xdgStateHome({ XDG_STATE_HOME: path }: NodeJS.ProcessEnv): string | null {
  return path && isAbsolute(path) ? path : null;
}
