import { getLlama } from "node-llama-cpp";

/** A few tokens more than wanted, so that a missed end shows. */
const GRACE = 8;
/** How many rounds of an endless thought are checked. */
const ROUNDS = 12;

/**
 * Recites every row with the real engine, greedily, on one thread, each prompt tokenised as one string.
 * @param {string} modelPath
 * @param {readonly {prompt: string, completion: string, loop?: string, group: string}[]} rows
 * @returns {Promise<{wrong: string[], tokens: number, seconds: number}>} one line for each row that isn't exact.
 */
export async function verify(modelPath, rows) {
  const llama = await getLlama({ build: "never", skipDownload: true, gpu: false, maxThreads: 1, logLevel: "error" });
  const model = await llama.loadModel({ modelPath });
  const wanted = rows.map((row) => {
    const text = row.completion + (row.loop ?? "").repeat(ROUNDS);
    return { ...row, text, tokens: model.tokenize(row.prompt, true), limit: model.tokenize(text, true).length + GRACE };
  });
  const contextSize = Math.max(...wanted.map(({ tokens, limit }) => tokens.length + limit)) + GRACE;
  const context = await model.createContext({ contextSize, threads: 1 });
  const sequence = context.getSequence();

  const began = performance.now();
  const wrong = [];
  let count = 0;
  for (const row of wanted) {
    // What two prompts have in common is kept, as the product does.
    await sequence.adaptStateToTokens(row.tokens.slice(0, -1), false);
    const tokens = row.tokens.slice(sequence.nextTokenIndex);
    const written = [];
    for await (const token of sequence.evaluate(tokens, { temperature: 0, yieldEogToken: true })) {
      written.push(token);
      if (model.isEogToken(token) || written.length >= row.limit) break;
    }
    count += written.length;
    const got = model.detokenize(written, true);
    const exact = row.loop ? got.startsWith(row.text) && !model.isEogToken(written.at(-1)) : got === row.text;
    if (!exact) wrong.push(`${row.group}: ${difference(row.text, got)}`);
  }
  const seconds = (performance.now() - began) / 1000;
  await llama.dispose();
  return { wrong, tokens: count, seconds };
}

function difference(wanted, got) {
  let at = 0;
  while (at < got.length && got[at] === wanted[at]) at++;
  const near = (text) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 20));
  return `differs at character ${at}: wanted ${near(wanted)}, got ${near(got)}`;
}
