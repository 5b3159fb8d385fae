import { type Answer, ConnectionError, get, type Network, single } from "./network.js";
import { refusal } from "./refusals.js";
import { SetUpError } from "./set-up-error.js";
import { isSafePath, type ModelSource, withoutSecrets } from "./source.js";

/** Base address of the Hugging Face hub, without a slash at its end. */
const HUB = "https://huggingface.co";

/** A file of a repository, as the hub lists it. */
export interface HubFile {
  /** Inside the repository, with slashes. */
  readonly path: string;
  readonly bytes: number;
  /** Of large files (LFS); null for small ones, which the hub knows by their Git hash only. */
  readonly sha256: string | null;
  /** Address that gives the bytes, over redirects. */
  readonly url: string;
}

/** A repository at one commit. */
export interface HubRepository {
  /** `owner/repo`. */
  readonly name: string;
  /** The commit that was looked at, so that all files belong together; the revision as asked for if the hub won't say. */
  readonly commit: string;
  readonly files: readonly HubFile[];
}

/** Most bytes of a listing or of an index that are read. */
const MOST_JSON_BYTES = 32 << 20;
const MOST_PAGES = 50;

/**
 * The hub's address: the setting, else `HF_ENDPOINT`, else Hugging Face's own. Throws `source.invalid` if it is none.
 */
export function hubAddress(setting: string, env: NodeJS.ProcessEnv): string {
  const given = setting.trim() || env.HF_ENDPOINT?.trim() || HUB;
  const address = given.replace(/\/+$/, "");
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return address;
  throw new SetUpError(
    "source.invalid",
    `"${given}" is no address of a hub. Set "qed.hub" or HF_ENDPOINT to one such as ${HUB}.`,
  );
}

/**
 * The files of a repository, by the hub's tree API, which is paged. Throws `hub.gated`, `net.missing`, `net.failed`,
 * `net.refused` or the signal's reason.
 */
export async function listRepository(
  { owner, repo, revision }: Extract<ModelSource, { kind: "hub" }>,
  hub: string,
  network: Network,
  signal: AbortSignal,
): Promise<HubRepository> {
  const name = `${owner}/${repo}`;
  const what = `hf:${name}`;
  const api = `${hub}/api/models/${name}`;
  const info = await getJson(`${api}/revision/${encodeURIComponent(revision)}`, what, network, signal);
  const sha = (info.value as { readonly sha?: unknown } | null)?.sha;
  const commit = typeof sha === "string" && /^[0-9a-f]{7,64}$/i.test(sha) ? sha : revision;
  const files: HubFile[] = [];
  let next: string | null = `${api}/tree/${encodeURIComponent(commit)}?recursive=true&expand=false`;
  for (let page = 0; next !== null; page++) {
    if (page >= MOST_PAGES) throw malformed(next);
    const { value, answer } = await getJson(next, what, network, signal);
    if (!Array.isArray(value)) throw malformed(next);
    for (const entry of value) {
      const file = hubFile(entry, `${hub}/${name}/resolve/${encodeURIComponent(commit)}`);
      if (file !== null) files.push(file);
    }
    next = nextPage(answer, next);
  }
  return { name, commit, files };
}

/** A small JSON file of a repository. Throws like {@link listRepository}. */
export async function readHubJson(file: HubFile, network: Network, signal: AbortSignal): Promise<unknown> {
  return (await getJson(file.url, file.path, network, signal)).value;
}

/** What a server says of a file before it is downloaded. */
export interface FileFacts {
  /** Null where the server does not say. */
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/** Size and checksum of any address, as far as its server tells, by asking for one byte. Throws like {@link get}. */
export async function fileFacts(url: string, name: string, network: Network, signal: AbortSignal): Promise<FileFacts> {
  const answer = await tryTwice(() => get(url, { range: "bytes=0-0" }, network, signal), url);
  const { status, headers, linked, body } = answer;
  body.destroy();
  if (status !== 200 && status !== 206 && status !== 416) throw refusal(answer, name, network.token !== null);
  const ranged = /\/(\d+)$/.exec(single(headers["content-range"]))?.[1];
  const whole = status === 200 ? single(headers["content-length"]) : "";
  const bytes = linked.size ?? (Number(ranged ?? (whole || Number.NaN)) as number);
  return { bytes: Number.isSafeInteger(bytes) ? bytes : null, sha256: linked.sha256 };
}

function hubFile(entry: unknown, base: string): HubFile | null {
  const { type, path, size, lfs } = (entry ?? {}) as {
    readonly type?: unknown;
    readonly path?: unknown;
    readonly size?: unknown;
    readonly lfs?: { readonly oid?: unknown; readonly size?: unknown } | null;
  };
  if (type !== "file" || typeof path !== "string" || !isSafePath(path)) return null;
  // For a large file, `size` may be that of its pointer.
  const bytes = lfs?.size ?? size;
  if (typeof bytes !== "number" || !Number.isSafeInteger(bytes) || bytes < 0) return null;
  const oid = typeof lfs?.oid === "string" ? lfs.oid.toLowerCase().replace(/^sha256:/, "") : "";
  const url = `${base}/${path.split("/").map(encodeURIComponent).join("/")}`;
  return { path, bytes, sha256: /^[0-9a-f]{64}$/.test(oid) ? oid : null, url };
}

/** The next page by the `Link` header, if it is on the same server. */
function nextPage({ headers }: Answer, current: string): string | null {
  const link = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(single(headers.link))?.[1];
  if (link === undefined || !URL.canParse(link, current)) return null;
  const next = new URL(link, current);
  // Behind a mirror the hub's own address may stand there: the query is what counts.
  const here = new URL(current);
  return `${here.origin}${here.pathname}${next.search}`;
}

async function getJson(
  url: string,
  what: string,
  network: Network,
  signal: AbortSignal,
): Promise<{ readonly value: unknown; readonly answer: Answer }> {
  return tryTwice(async () => {
    const answer = await get(url, { accept: "application/json" }, network, signal);
    try {
      if (answer.status !== 200) throw refusal(answer, what, network.token !== null);
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > MOST_JSON_BYTES) throw malformed(url);
        chunks.push(chunk);
      }
      try {
        return { value: JSON.parse(Buffer.concat(chunks).toString("utf8")), answer };
      } catch {
        throw malformed(url);
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof SetUpError) throw error;
      throw new ConnectionError(`${answer.url.host} broke its answer off`);
    } finally {
      answer.body.destroy();
    }
  }, url);
}

/** Small answers are tried twice where the connection failed, then told in one sentence. */
async function tryTwice<T>(ask: () => Promise<T>, url: string): Promise<T> {
  try {
    return await ask().catch((error) => {
      if (error instanceof ConnectionError) return ask();
      throw error;
    });
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    throw new SetUpError(
      "net.failed",
      `${error.message} (${withoutSecrets(url)}). Check the connection, the proxy, or the hub's address, then set up again.`,
      { cause: error },
    );
  }
}

function malformed(url: string): SetUpError {
  return new SetUpError(
    "net.failed",
    `${withoutSecrets(url)} is not what the hub answers. Check the hub's address ("qed.hub", HF_ENDPOINT) or use another mirror.`,
  );
}
