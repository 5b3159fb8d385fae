import { parseArgs } from "node:util";
import { doctor } from "../features/doctor.js";
import { DEFAULT_SETTINGS } from "../settings.js";
import { EXIT } from "./io.js";

/** `doctor`: the set-up report of this machine, with the settings of the terminal. */
export async function doctorCommand(args: string[], extensionRoot: string): Promise<number> {
  parseArgs({ args, options: {} });
  process.stdout.write(await doctor(DEFAULT_SETTINGS, extensionRoot));
  return EXIT.done;
}
