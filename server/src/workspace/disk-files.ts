import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import paths from "node:path";
import { contains, type ProjectFiles } from "./files.js";

/** Files above this size, in bytes, declare nothing that is worth the wait. */
const LARGEST = 4_000_000;

/** The project's files on disk. */
export const DISK_FILES: ProjectFiles = {
  read(path, folder) {
    try {
      const stats = statSync(path);
      if (!stats.isFile() || stats.size > LARGEST) return null;
      return contains(realpathSync(folder), realpathSync(path), paths) ? readFileSync(path, "utf8") : null;
    } catch {
      return null;
    }
  },
  stamp(path) {
    try {
      const { mtimeMs, size, ino } = statSync(path);
      return `${mtimeMs} ${size} ${ino}`;
    } catch {
      return null;
    }
  },
  list(folder) {
    try {
      return readdirSync(folder, { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        isFolder: entry.isDirectory(),
      }));
    } catch {
      return [];
    }
  },
};
