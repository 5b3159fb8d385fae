/** For shared.test.ts, in a process of its own: DIRECTORY ID NAME ROUNDS. Writes into a run of all, and runs of its own. */
import { RunStore } from "../../server/src/store/store.js";
import { EVENTS, HEADER } from "./runs.js";

const [directory = "", id = "", name = "", rounds = "0"] = process.argv.slice(2);
const store = new RunStore(directory);
for (let index = 0; index < Number(rounds); index++) {
  store.append(id, { type: "thought", text: `<${name}:${index}>`, tokens: index });
  if (index % 20 !== 0) continue;
  const out = store.create({ ...HEADER, id: `20250102T0405${String(index / 20).padStart(2, "0")}-0000000${name}` });
  for (const event of EVENTS) out.append(event);
  out.close();
}
