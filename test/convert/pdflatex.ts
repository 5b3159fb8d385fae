import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether pdfLaTeX is here; says aloud if it isn't. */
export function hasPdfLatex(): boolean {
  const found = spawnSync("pdflatex", ["--version"], { timeout: 10_000 }).status === 0;
  if (!found) console.log("      skipped: no pdflatex (Debian: texlive-latex-base, texlive-latex-recommended)");
  return found;
}

/** An article with what most documents load. */
const AMS_ARTICLE = "\\documentclass{article}\n\\usepackage{amsmath,amssymb,amsthm}\n";

/** An article that loads nothing. */
export const BARE_ARTICLE = "\\documentclass{article}\n";

/** The first error of compiling a body in an article with amsmath, amssymb and amsthm, or another; null if none. */
export function latexError(body: string, preamble = AMS_ARTICLE): string | null {
  const folder = mkdtempSync(join(tmpdir(), "qed-convert-"));
  try {
    writeFileSync(join(folder, "proof.tex"), `${preamble}\\begin{document}\n${body}\n\\end{document}\n`);
    const options = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "proof.tex"];
    const { status } = spawnSync("pdflatex", options, { cwd: folder, timeout: 60_000 });
    const log = readFileSync(join(folder, "proof.log"), "latin1");
    return status === 0 ? null : (/^!.*(?:\n.*){0,6}/m.exec(log)?.[0] ?? log.slice(-500));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
