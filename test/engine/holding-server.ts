/**
 * A server of its own with a local engine: `node --import tsx holding-server.ts STATE_DIRECTORY MODEL BLOCK`. It loads,
 * prints the engine's process id and stays. With BLOCK "block" the engine's event loop is blocked once it is loaded.
 */
import { openTapped } from "./local-child.js";

const [stateDirectory = "", model = "", block = ""] = process.argv.slice(2);
const before =
  block === "block"
    ? `const send = process.send.bind(process);
       process.send = (message) => { send(message); if (message.type === "started") setImmediate(() => { for (;;); }); };`
    : "";
const { engine } = await openTapped(model, { stateDirectory }, before);
const { signal } = new AbortController();
await engine.capabilities(signal);
if (block === "block") {
  const prompt = { message: "Say something.", thought: "", answer: null };
  const sampling = { temperature: 0, topP: 1 };
  const stream = engine.complete({ lane: "run", prompt, maxTokens: 10, sampling, seed: 1 }, signal);
  // Never answered.
  stream[Symbol.asyncIterator]()
    .next()
    .catch(() => {});
}
process.stdout.write(`${engine.pid}\n`);
setInterval(() => {}, 1_000_000);
