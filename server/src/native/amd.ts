import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Gpu } from "./gpus.js";

const AMD = "0x1002";

/**
 * AMD's GPUs as the Linux kernel's amdgpu driver shows them in sysfs (`mem_info_vram_total`, `mem_info_vram_used`,
 * `gpu_busy_percent`; kernel documentation, "GPU sysfs interfaces"). `sysfs` is where that file system is mounted.
 * Empty on other platforms and where nothing can be read. Never rejects.
 */
export async function amdGpus(sysfs: string | undefined): Promise<Gpu[]> {
  if (sysfs === undefined && process.platform !== "linux") return [];
  const root = sysfs ?? "/sys";
  const drm = join(root, "class", "drm");
  // "card0-DP-1" is a connector of card0.
  const cards = (await readdir(drm).catch((): string[] => [])).filter((name) => /^card\d+$/.test(name)).sort(inOrder);
  const driver = await line(join(root, "module", "amdgpu", "version"));
  const found = await Promise.all(cards.map((card) => ask(join(drm, card, "device"), driver)));
  return found.filter((gpu) => gpu !== null);
}

function inOrder(left: string, right: string): number {
  return Number(left.slice(4)) - Number(right.slice(4));
}

async function ask(device: string, driver: string | null): Promise<Gpu | null> {
  const [vendor, model, name, total, used, busy] = await Promise.all(
    ["vendor", "device", "product_name", "mem_info_vram_total", "mem_info_vram_used", "gpu_busy_percent"].map((file) =>
      line(join(device, file)),
    ),
  );
  // A card that another driver holds (a virtual machine's, an old radeon) shows no memory and can't compute.
  const totalBytes = natural(total);
  if (vendor !== AMD || totalBytes === null || totalBytes === 0) return null;
  const usedBytes = natural(used);
  const percent = natural(busy);
  return {
    vendor: "amd",
    name: name || `AMD GPU ${model ?? ""}`.trim(),
    totalBytes,
    freeBytes: usedBytes !== null && usedBytes <= totalBytes ? totalBytes - usedBytes : null,
    driver,
    utilisation: percent !== null && percent <= 100 ? percent : null,
    computeCapability: null,
  };
}

async function line(file: string): Promise<string | null> {
  try {
    return (await readFile(file, "utf8")).trim().slice(0, 200);
  } catch {
    return null;
  }
}

function natural(text: string | null | undefined): number | null {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
