import { readFile, rm, writeFile } from "node:fs/promises";
import { ConversionError, fileError } from "./conversion-error.js";

/**
 * Makes sure that only one process writes to `path`: a file beside it holds the id of the process. Gives the function
 * that lets go. Throws a {@link ConversionError} if another process that lives has it.
 */
export async function lock(path: string): Promise<() => Promise<void>> {
  const file = `${path}.lock`;
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(file, `${process.pid}`, { flag: "wx" });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt > 2) throw fileError(error, file);
    }
    const owner = Number(await readFile(file, "utf8").catch(() => ""));
    if (Number.isInteger(owner) && owner > 0 && isAlive(owner)) {
      throw new ConversionError(
        `Process ${owner} is writing to ${path} already. Wait for it, or delete ${file} if it is another program.`,
      );
    }
    await rm(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
