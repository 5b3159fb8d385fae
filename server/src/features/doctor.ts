import { existsSync, readFileSync, statSync } from "node:fs";
import { arch, cpus, freemem, homedir, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { backendFolders, pinnedBackends } from "../engine/local/backend-packages.js";
import { modelPath } from "../engine/open-engine.js";
import { backendStates, backendsInWords } from "../models/backends.js";
import { fitInWords, type Machine, propose } from "../models/fit.js";
import { lookAtMachine } from "../models/machine.js";
import { loadAddon } from "../native/addon.js";
import type { Gpu } from "../native/gpus.js";
import type { Settings } from "../settings.js";
import { stateDirectory } from "../store/directory.js";
import { type ServerReportOptions, serverRows } from "./server-report.js";

const GIB = 2 ** 30;

/**
 * The set-up report that users paste into an issue: Markdown, without secrets. Loads nothing, and connects to nothing
 * but the server that is set.
 */
export async function doctor(
  settings: Settings,
  extensionRoot: string,
  options: ServerReportOptions = {},
): Promise<string> {
  const { machine, report } = await lookAtMachine(extensionRoot);
  const cards =
    report.gpus.length === 0
      ? `none found${report.error === null ? "" : ` (${report.error})`}`
      : report.gpus.map((gpu) => `${gpu.name}, ${memory(gpu)}, driver ${gpu.driver ?? "unknown"}`).join("; ");
  const rows: (readonly [string, string])[] = [
    ["QED Copilot", extensionVersion(extensionRoot)],
    ["Platform", `${platform()} ${release()}, ${arch()}`],
    ["Node.js", process.versions.node],
    ["Processor", `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads`],
    ["Memory", `${gib(freemem())} of ${gib(totalmem())} free`],
    ["GPUs", cards],
    ["Native module", nativeModule(extensionRoot)],
    ["Backends", backends(settings, machine, extensionRoot)],
    ["Fits", fits(machine)],
    ["Engine", settings.engine],
    ...(settings.engine === "http"
      ? await serverRows(settings, options)
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

function backends({ gpu, backendPath }: Settings, machine: Machine, extensionRoot: string): string {
  const pinned = pinnedBackends(extensionRoot);
  const folders = backendFolders(backendPath, stateDirectory(), pinned?.version ?? null);
  return backendsInWords(machine, gpu, backendStates(machine, pinned, extensionRoot, folders));
}

function fits(machine: Machine): string {
  const proposal = propose(machine);
  return proposal.fits ? `${fitInWords(proposal)}; ${proposal.time}` : `the model ${proposal.time}`;
}

function modelRow(model: string, extensionRoot: string): string {
  const path = modelPath(model, extensionRoot);
  const what =
    model === "" ? 'rehearsal model: it has memorised the sample theorems; "QED: Set Up Model" sets up another' : path;
  if (!existsSync(path)) return `${path} is not there: set "qed.model" to a GGUF file`;
  return `${what}, ${(statSync(path).size / GIB).toFixed(3)} GiB`;
}
