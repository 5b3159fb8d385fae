/** One sentence for a run that could not be kept on disk, for the file system's error; null for any other error. */
export function storeFailure(error: unknown): string | null {
  const { code, path, syscall } = error as Partial<NodeJS.ErrnoException>;
  if (typeof syscall !== "string") return null;
  return `Runs can't be kept in ${path ?? "their folder"} (${code}). Make room there, or set QED_STATE_DIR to a folder that can be written.`;
}
