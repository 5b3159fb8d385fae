import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { arch, cpus, freemem, homedir, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { modelPath } from "../engine/open-engine.js";
import { loadAddon } from "../native/addon.js";
import { type Gpu, gpus } from "../native/gpus.js";
import type { Settings } from "../settings.js";

const GIB = 2 ** 30;

/** The set-up report that users paste into an issue: Markdown, without secrets. Loads and connects to nothing. */
export async function doctor(settings: Settings, extensionRoot: string): Promise<string> {
  const report = await gpus(extensionRoot);
  const cards =
    report.gpus.length === 0
      ? `none found${report.error === null ? "" : ` (${report.error})`}`
      : report.gpus.map((gpu) => `${gpu.name}, ${memory(gpu)}, driver ${gpu.driver ?? "unknown"}`).join("; ");
  const rows: [string, string][] = [
    ["QED Copilot", extensionVersion(extensionRoot)],
    ["Platform", `${platform()} ${release()}, ${arch()}`],
    ["Node.js", process.versions.node],
    ["Processor", `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads`],
    ["Memory", `${gib(freemem())} of ${gib(totalmem())} free`],
    ["GPUs", cards],
    ["Native module", nativeModule(extensionRoot)],
    ["Backends", backends(extensionRoot)],
    ["Engine", settings.engine],
    ...(settings.engine === "http"
      ? ([
          ["Server", withoutSecrets(settings.endpoint) || 'not set: set "qed.endpoint"'],
          ["Model on the server", settings.model || "the first that it lists"],
          ["Key", process.env.QED_API_KEY ? "QED_API_KEY is set" : "QED_API_KEY is not set"],
        ] satisfies [string, string][])
      : ([["Model", modelRow(settings.model, extensionRoot)]] satisfies [string, string][])),
    ["Thinking budget", `${settings.thinkingBudget} tokens, ${settings.answerBudget} for the proof`],
  ];
  return `## QED Copilot: set-up information\n\n${rows.map(([name, value]) => `- **${name}:** ${withoutHome(value)}`).join("\n")}\n`;
}

/** Who asks for GPUs and converts weights: the module, and where it comes from, or JavaScript, and why. */
function nativeModule(extensionRoot: string): string {
  const { origin, error } = loadAddon(extensionRoot);
  if (origin === null) return `JavaScript answers instead, conversion of weights is slower (${error})`;
  return origin === "built" ? "built on this machine" : "prebuilt";
}

function withoutHome(value: string): string {
  const home = homedir();
  return home.length > 1 ? value.replaceAll(home, "~") : value;
}

function memory({ freeBytes, totalBytes }: Gpu): string {
  if (totalBytes === null) return "memory unknown";
  return freeBytes === null ? gib(totalBytes) : `${gib(freeBytes)} of ${gib(totalBytes)} free`;
}

/** The version in the extension's manifest. */
export function extensionVersion(extensionRoot: string): string {
  const manifest: { readonly version?: string } = JSON.parse(readFileSync(join(extensionRoot, "package.json"), "utf8"));
  return manifest.version ?? "unknown";
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

function backends(extensionRoot: string): string {
  const folder = join(extensionRoot, "node_modules", "@node-llama-cpp");
  if (!existsSync(folder)) return "none: install the extension again";
  return readdirSync(folder).sort().join(", ");
}

function modelRow(model: string, extensionRoot: string): string {
  const path = modelPath(model, extensionRoot);
  const what =
    model === "" ? 'rehearsal model: it has memorised the sample theorems; "QED: Set Up Model" sets up another' : path;
  if (!existsSync(path)) return `${path} is not there: set "qed.model" to a GGUF file`;
  return `${what}, ${(statSync(path).size / GIB).toFixed(3)} GiB`;
}

function withoutSecrets(endpoint: string): string {
  if (!URL.canParse(endpoint)) return endpoint === "" ? "" : "not an address";
  const url = new URL(endpoint);
  return `${url.origin}${url.pathname}`;
}
