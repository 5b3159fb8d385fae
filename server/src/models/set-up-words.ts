import { BACKEND_NAMES, fitInWords, type Machine } from "./fit.js";
import { bytesInWords, timeInWords } from "./quantities.js";
import type { SetUpProgress, SetUpResult } from "./set-up.js";
import type { Look, SetUpPlan } from "./set-up-plan.js";
import { WEIGHT_NAMES } from "./weights.js";

/** What was found and what is proposed: a line each. */
export function lookInWords({ machine, proposal, gpuError }: Look): string[] {
  return [
    `This machine: ${machineInWords(machine)}.`,
    ...(gpuError === null ? [] : [gpuError]),
    proposal.fits
      ? `Proposed: ${fitInWords(proposal)}; ${proposal.time}.`
      : `The model does not fit into the memory that is free (${bytesInWords(machine.freeMemoryBytes)}): close other programs, or use a server.`,
    proposal.reason,
  ];
}

/** What will be done, before it is: a line each. */
export function planInWords(plan: SetUpPlan): string[] {
  const { source, files, host, totalBytes, downloadBytes, conversion, backend, model, type, fit } = plan;
  const lines = [`Model: ${source}`];
  if (files.length > 0) {
    const count = files.length === 1 ? "" : ` in ${files.length} files`;
    const there = totalBytes === null || downloadBytes === null ? 0 : totalBytes - downloadBytes;
    lines.push(
      downloadBytes === 0
        ? `Download: nothing, all ${bytesInWords(totalBytes ?? 0)} are there`
        : `Download: ${downloadBytes === null ? "of unknown size" : bytesInWords(downloadBytes)}${count} from ${host}${there > 0 ? `; ${bytesInWords(there)} are there already` : ""}`,
    );
  }
  if (conversion !== null && conversion.bytes > 0) {
    const after = conversion.ours ? "; the checkpoint is removed once the result has been loaded" : "";
    lines.push(`Conversion: to ${WEIGHT_NAMES[type]}, about ${bytesInWords(conversion.bytes)}${after}`);
  }
  const free = plan.freeBytes === null ? "" : ` (${bytesInWords(plan.freeBytes)} free)`;
  lines.push(`To: ${model}${files.length > 0 || conversion !== null ? free : ", where it is"}`);
  if (backend.packages.length > 0) {
    const about = bytesInWords(backend.bytes);
    lines.push(
      `Backend: ${backend.packages.join(" and ")}, about ${about}, fetched by npm and checked against this extension's hashes`,
    );
  }
  if (fit === null) return lines;
  if (!fit.fits) lines.push(`${WEIGHT_NAMES[type]} ${fit.time}: expect that it can't be loaded`);
  else if (fit.backend === "cpu") lines.push(`Speed: on the processor, ${fit.time}`);
  return lines;
}

/** Where a set-up is, in one short line. */
export function progressInWords(progress: SetUpProgress): string {
  switch (progress.stage) {
    case "download": {
      const { phase, bytes, total, bytesPerSecond, secondsLeft, file, files, name } = progress;
      const what = files === 1 ? "" : ` (file ${file} of ${files}: ${name})`;
      const amount = total === null ? bytesInWords(bytes) : `${bytesInWords(bytes)} of ${bytesInWords(total)}`;
      if (phase === "checking") return `Checking what is there: ${amount}${what}`;
      if (phase === "waiting") return `Waiting for the server: ${amount}${what}`;
      const speed = bytesPerSecond === null ? "" : `, ${bytesInWords(bytesPerSecond)}/s`;
      const left = secondsLeft === null ? "" : `, ${timeInWords(secondsLeft)} left`;
      const who = phase === "following" ? "Another window downloads" : "Downloading";
      return `${who}: ${amount}${speed}${left}${what}`;
    }
    case "convert":
      return `Converting: ${bytesInWords(progress.done)} of ${bytesInWords(progress.total)}`;
    case "backend":
      return `Fetching the backend ${progress.packages.join(" and ")} …`;
    case "load":
      return `Loading the model once, to see that it runs: ${Math.floor(progress.progress * 100)} %`;
  }
}

/** How far a stage is, 0 to 1; null where that can't be told. */
export function progressShare(progress: SetUpProgress): number | null {
  switch (progress.stage) {
    case "download":
      return progress.total === null || progress.total === 0 ? null : progress.bytes / progress.total;
    case "convert":
      return progress.total === 0 ? null : progress.done / progress.total;
    case "backend":
      return null;
    case "load":
      return progress.progress;
  }
}

/** What was set up: a line each. */
export function resultInWords({ model, contextSize, checked, warnings }: SetUpResult): string[] {
  const rate = checked.tokensPerSecond;
  const speed =
    rate === null || rate <= 0
      ? ""
      : ` It writes ${rate.toFixed(rate < 10 ? 1 : 0)} tokens a second here: about ${timeInWords(10_000 / rate)} for a 10,000-token thought.`;
  return [
    ...warnings,
    `${model} is set up: ${checked.device}, ${contextSize.toLocaleString("en")} tokens of context.${speed}`,
  ];
}

function machineInWords({ gpus, cores, memoryBytes, freeMemoryBytes, platform, arch }: Machine): string {
  const cards =
    platform === "darwin" && arch === "arm64"
      ? `a GPU that shares the memory (${BACKEND_NAMES.metal})`
      : gpus.length === 0
        ? "no GPU"
        : gpus
            .map((gpu) => `${gpu.name}${gpu.freeBytes === null ? "" : ` (${bytesInWords(gpu.freeBytes)} free)`}`)
            .join(", ");
  return `${cards}, ${cores} ${cores === 1 ? "core" : "cores"}, ${bytesInWords(freeMemoryBytes)} of ${bytesInWords(memoryBytes)} memory free`;
}
