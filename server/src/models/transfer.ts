import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, ConnectionError, get, type Network, single } from "./network.js";
import type { PartialFile } from "./partial.js";
import { bytesInWords } from "./quantities.js";
import type { RateMeter } from "./rate.js";
import { isPassing, refusal, retryAfter } from "./refusals.js";
import { SetUpError, systemCode } from "./set-up-error.js";
import { withoutSecrets } from "./source.js";

/** A file as it is asked for. */
export interface WantedFile {
  readonly url: string;
  /** Bytes, if somebody has said; another size is another file. */
  readonly size: number | null;
  /** In hexadecimal, lower case, if somebody has said. */
  readonly sha256: string | null;
  /** What the file begins with, so that an error page is known by its first bytes; "" for anything. */
  readonly begins: string;
  /** What it is called in messages. */
  readonly name: string;
}

/** How a transfer behaves; tests make it quicker. */
export interface TransferOptions {
  readonly network: Network;
  readonly signal: AbortSignal;
  readonly meter: RateMeter;
  /** Milliseconds before the second try; each further one waits twice as long. */
  readonly pauseMs: number;
  /** Asked before bytes are written: false ends the transfer. */
  readonly mayWrite: () => Promise<boolean>;
}

/** Another process has taken the file over. */
export class TakenOver extends Error {}

/** Tries in a row that bring no byte. */
const MOST_TRIES = 6;
const MOST_PAUSE_MS = 30_000;
/** The longest that a server's "Retry-After" is obeyed; beyond it, the user is told. */
const MOST_PATIENCE_MS = 120_000;
/** Between two looks at the lock. */
const LOOK_MS = 1_000;

/**
 * Fills a half file to its end, over as many connections as it takes, and answers the checksum that the server promised,
 * if it did. A server that ignores ranges, or whose file has changed, begins it again. Throws a {@link SetUpError}, the
 * signal's reason, or {@link TakenOver}; what has come stays in the half file.
 */
export async function transfer(
  part: PartialFile,
  wanted: WantedFile,
  options: TransferOptions,
): Promise<string | null> {
  const { network, signal, meter } = options;
  let tries = 0;
  let restarts = 0;
  let promised = wanted.sha256;
  for (;;) {
    // Without a checksum, nothing but a validator says that two halves belong together.
    if (part.length > 0 && !fits(part, { ...wanted, sha256: promised })) await part.restart();
    const offset = part.length;
    let why: string;
    let wait: number | null = null;
    try {
      if (wanted.size !== null && offset === wanted.size) return promised;
      const answer = await get(wanted.url, rangeHeaders(part), network, signal);
      try {
        const { status } = answer;
        promised ??= answer.linked.sha256;
        if (status === 416) {
          // All of it is there already, or the file has shrunk.
          if (totalOf(answer) === offset && (wanted.size ?? offset) === offset) return promised;
          restarts = await again(part, restarts, wanted);
          continue;
        }
        if (isPassing(status)) {
          wait = retryAfter(answer, Date.now());
          if (wait !== null && wait > MOST_PATIENCE_MS) throw refusal(answer, wanted.name, network.token !== null);
          if (tries + 1 >= MOST_TRIES) throw refusal(answer, wanted.name, network.token !== null);
          why = `it answered ${status}`;
        } else if (status !== 200 && status !== 206) {
          throw refusal(answer, wanted.name, network.token !== null);
        } else {
          if (status === 206 ? !continues(answer, part) : offset > 0) {
            if (status === 206) {
              restarts = await again(part, restarts, wanted);
              continue;
            }
            await part.restart();
          }
          const total = await begin(part, answer, wanted, promised);
          why = await receive(part, answer, total, wanted, options);
          if (why === "") return promised;
        }
      } finally {
        answer.body.destroy();
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof ConnectionError)) throw error;
      why = error.message;
    }
    tries = part.length > offset && fits(part, { ...wanted, sha256: promised }) ? 0 : tries + 1;
    if (tries >= MOST_TRIES) {
      const { host } = new URL(wanted.url);
      throw new SetUpError(
        "net.failed",
        `${wanted.name} could not be got from ${host}: ${why}. Check the connection or the proxy, then set up again; it goes on from ${bytesInWords(part.length)}.`,
      );
    }
    meter.update("waiting", part.length, wanted.size);
    const pause = wait ?? Math.min(MOST_PAUSE_MS, options.pauseMs * 2 ** Math.max(0, tries - 1));
    await sleep(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

function fits(part: PartialFile, wanted: WantedFile): boolean {
  const { record } = part;
  if (wanted.size !== null && part.length > wanted.size) return false;
  // A half of the same content from any address will do: the checksum has the last word.
  if (wanted.sha256 !== null) return record === null || record.sha256 === null || record.sha256 === wanted.sha256;
  return record !== null && record.validator !== null && record.url === withoutSecrets(wanted.url);
}

function rangeHeaders(part: PartialFile): Record<string, string> {
  if (part.length === 0) return {};
  const validator = part.record?.validator ?? null;
  return { range: `bytes=${part.length}-`, ...(validator === null ? {} : { "if-range": validator }) };
}

/** Whether a partial answer goes on exactly where the file ends, in the same file. */
function continues(answer: Answer, part: PartialFile): boolean {
  const range = /^bytes (\d+)-(\d+)\/(?:\d+|\*)$/.exec(single(answer.headers["content-range"]));
  if (range === null || Number(range[1]) !== part.length) return false;
  const before = part.record?.validator ?? null;
  const now = validatorOf(answer);
  return before === null || now === null || before === now;
}

function totalOf({ headers }: Answer): number | null {
  const total = /\/(\d+)$/.exec(single(headers["content-range"]))?.[1];
  return total === undefined ? null : Number(total);
}

/** A strong ETag, else a date; `If-Range` takes no weak ETag. */
function validatorOf({ headers }: Answer): string | null {
  const etag = single(headers.etag);
  if (/^"[^"]*"$/.test(etag)) return etag;
  return single(headers["last-modified"]) || null;
}

async function again(part: PartialFile, restarts: number, wanted: WantedFile): Promise<number> {
  if (restarts >= 2) {
    const { host } = new URL(wanted.url);
    throw new SetUpError(
      "file.wrong",
      `${host} gives other parts of ${wanted.name} than it was asked for. Use another source or mirror.`,
    );
  }
  await part.restart();
  return restarts + 1;
}

/** Looks at the head of an answer that carries bytes, and notes it. Answers the size of the whole file, if it is known. */
async function begin(
  part: PartialFile,
  answer: Answer,
  wanted: WantedFile,
  sha256: string | null,
): Promise<number | null> {
  const { headers, status, url } = answer;
  const encoding = single(headers["content-encoding"]);
  if (encoding !== "" && encoding !== "identity") {
    throw new SetUpError(
      "file.wrong",
      `${url.host} sends ${wanted.name} compressed although it was asked not to. Use another source or mirror.`,
    );
  }
  const length = /^\d+$/.exec(single(headers["content-length"]))?.[0];
  const said = status === 206 ? totalOf(answer) : length === undefined ? null : Number(length);
  if (status === 200 && wanted.begins !== "" && /^text\/html\b/i.test(single(headers["content-type"])))
    throw page(answer, wanted);
  if (said !== null && wanted.size !== null && said !== wanted.size) {
    throw new SetUpError(
      "file.wrong",
      `${url.host} has ${bytesInWords(said)} (${said} bytes) under the name of ${wanted.name}, which should have ${wanted.size} bytes. Try again later, or use another source or mirror.`,
    );
  }
  await part.note({
    url: withoutSecrets(wanted.url),
    validator: validatorOf(answer),
    size: wanted.size ?? said,
    sha256,
  });
  return wanted.size ?? said;
}

/** Takes the bytes of one connection. Answers "" when the file is whole, else why it is not. */
async function receive(
  part: PartialFile,
  { body, url, headers }: Answer,
  total: number | null,
  wanted: WantedFile,
  { meter, mayWrite, signal }: TransferOptions,
): Promise<string> {
  let looked = performance.now();
  let head = part.length === 0 ? Buffer.alloc(0) : null;
  meter.update("downloading", part.length, total);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (performance.now() - looked > LOOK_MS) {
        if (!(await mayWrite())) throw new TakenOver();
        looked = performance.now();
      }
      if (head !== null && head.length < wanted.begins.length) {
        head = Buffer.concat([head, chunk.subarray(0, wanted.begins.length)]);
        const seen = head.subarray(0, wanted.begins.length).toString("latin1");
        if (!wanted.begins.startsWith(seen)) throw page({ body, url, headers }, wanted);
      }
      if (total !== null && part.length + chunk.length > total) {
        throw new SetUpError(
          "file.wrong",
          `${url.host} sends more than the ${total} bytes that ${wanted.name} should have. Try again later, or use another source or mirror.`,
        );
      }
      await part.append(chunk);
      meter.update("downloading", part.length, total);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof SetUpError || error instanceof TakenOver) throw error;
    // An error of the socket: what came before it is good.
    return error instanceof ConnectionError ? error.message : `the connection broke (${systemCode(error) || "cut"})`;
  }
  if (total === null ? body.complete : part.length === total) return "";
  return `the connection ended after ${bytesInWords(part.length)}`;
}

function page({ headers, url }: Pick<Answer, "headers" | "url" | "body">, wanted: WantedFile): SetUpError {
  const html = /^text\/html\b/i.test(single(headers["content-type"]));
  return new SetUpError(
    "file.wrong",
    html
      ? `${url.host} answered with a web page instead of ${wanted.name}. Open the address in a browser to see what it asks for, then name the file's own address.`
      : `${wanted.name} from ${url.host} is no GGUF file. Check the address.`,
  );
}
