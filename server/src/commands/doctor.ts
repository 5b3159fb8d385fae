import { parseArgs } from "node:util";
import { doctor } from "../features/doctor.js";
import { ENGINE_FLAGS, settingsOf } from "./engine-flags.js";
import { EXIT } from "./io.js";
import { inTerminal } from "./terminal-words.js";

/** `doctor`: the set-up report of this machine, with the settings of the terminal; asks the server of `--endpoint`. */
export async function doctorCommand(args: string[], extensionRoot: string): Promise<number> {
  const { values } = parseArgs({ args, options: ENGINE_FLAGS });
  process.stdout.write(inTerminal(await doctor(settingsOf(values), extensionRoot)));
  return EXIT.done;
}
