import { parseArgs } from "node:util";
import { doctor } from "../features/doctor.js";
import { EXIT } from "./io.js";
import { terminalSettings } from "./terminal-settings.js";
import { inTerminal } from "./terminal-words.js";

/** `doctor`: the set-up report of this machine, with the settings of the terminal. */
export async function doctorCommand(args: string[], extensionRoot: string): Promise<number> {
  parseArgs({ args, options: {} });
  process.stdout.write(inTerminal(await doctor(terminalSettings(), extensionRoot)));
  return EXIT.done;
}
