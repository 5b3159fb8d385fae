/** Why a conversion can't be done or went wrong: one sentence for the user that names the next step. */
export class ConversionError extends Error {
  override readonly name = "ConversionError";
}

/** A name out of a file, as it may stand in a sentence: short, and without anything that a terminal would obey. */
export function inWords(name: string | null): string {
  return (name ?? "nothing known").replace(/[^\w .-]/g, "?").slice(0, 100);
}

/** The sentence for an error of the file system at `path`, or the error itself if it is none of the known ones. */
export function fileError(error: unknown, path: string): unknown {
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case "ENOENT":
      return new ConversionError(`There is no ${path}. Check the path, or download the checkpoint again.`);
    case "EACCES":
    case "EPERM":
      return new ConversionError(
        `${path} can't be opened: permission is denied. Change its permissions or name another.`,
      );
    case "EROFS":
      return new ConversionError(`${path} can't be written: its disk is read-only. Name another place for the result.`);
    case "EISDIR":
    case "ENOTDIR":
      return new ConversionError(
        `${path} is not what it should be: a folder stands for a file or the reverse. Check the path.`,
      );
    case "EIO":
      return new ConversionError(`${path} can't be read or written: its disk reports an error. Use another disk.`);
    default:
      return error;
  }
}
