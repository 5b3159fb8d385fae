import { TOP_K } from "../../server/src/engine/local/completion.js";
import { chatml } from "../../server/src/prompt/prompt.js";
import { Bare, median, quantile, type Table } from "./engine-pieces.js";
import { WholeServer } from "./whole-server.js";

const PAIRS = 20;
const GOAL = 0.98;
const STATEMENT = "Every even integer greater than two is a sum of two primes.";
const DOCUMENT = `\\begin{theorem}\n${STATEMENT}\n\\end{theorem}\n`;

/** Speed of writing through the whole server against the bare loop on the same file and backend. */
export async function speed(table: Table, model: string, gpu: "off" | "cuda"): Promise<void> {
  const server = await WholeServer.start({ gpu, model, contextSize: 4096 }, DOCUMENT, "Every even");
  const bare = new Bare(model, 4096, gpu);
  try {
    await bare.ready;
    const prompt = { message: `Prove this.\n\n${STATEMENT}`, thought: "", answer: null };
    const sampling = { temperature: 0.6, topP: 0.95, topK: TOP_K };
    // Long enough against the 33 ms in which events wait for each other.
    const task = { text: chatml(prompt), skip: 4, tokens: gpu === "off" ? 12 : 200, sampling };
    const turns = [() => server.prove(task.skip, task.tokens), () => bare.run(task)] as const;
    for (const turn of turns) await turn();
    const walls: number[] = [];
    const cpus: number[] = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      // Who goes first changes, so that a machine that slows down favours nobody.
      const first = await turns[pair % 2 === 0 ? 0 : 1]();
      const second = await turns[pair % 2 === 0 ? 1 : 0]();
      const [whole, loop] = pair % 2 === 0 ? [first, second] : [second, first];
      walls.push(loop.ms / loop.tokens / (whole.ms / whole.tokens));
      cpus.push(loop.cpuMs / loop.tokens / (whole.cpuMs / whole.tokens));
    }
    const ratio = median(walls);
    const spread = `${ratio.toFixed(3)} (${quantile(walls, 0.25).toFixed(2)}–${quantile(walls, 0.75).toFixed(2)})`;
    const met = ratio >= GOAL;
    table.line(`speed through the whole server ÷ bare loop, ${PAIRS} pairs (4B)`, spread, `≥ ${GOAL}`, met);
    table.line("  the same in time of the processor", median(cpus).toFixed(3), "", null);
  } finally {
    bare.end();
    await server.stop();
  }
}
