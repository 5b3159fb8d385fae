import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import type { ProjectFiles } from "./project.js";

/** Files above this size, in bytes, declare nothing that is worth the wait. */
const LARGEST = 4_000_000;

/** The project's files on disk. A link is followed only as far as the file it names is the same file. */
export const DISK_FILES: ProjectFiles = {
  read(path) {
    try {
      const stats = statSync(path);
      if (!stats.isFile() || stats.size > LARGEST || realpathSync(path) !== path) return null;
      return readFileSync(path, "utf8");
    } catch {
      return null;
    }
  },
  texFiles(folder) {
    try {
      return readdirSync(folder).filter((name) => name.endsWith(".tex"));
    } catch {
      return [];
    }
  },
};
