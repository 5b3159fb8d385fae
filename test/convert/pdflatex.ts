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

/** The first error of compiling a body in an article with amsmath, amssymb and amsthm, and nothing else; null if none. */
export function latexError(body: string): string | null {
  const folder = mkdtempSync(join(tmpdir(), "qed-convert-"));
  try {
    const preamble = "\\documentclass{article}\n\\usepackage{amsmath,amssymb,amsthm}\n\\begin{document}\n";
    writeFileSync(join(folder, "proof.tex"), `${preamble}${body}\n\\end{document}\n`);
    const options = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "proof.tex"];
    const { status } = spawnSync("pdflatex", options, { cwd: folder, timeout: 60_000 });
    const log = readFileSync(join(folder, "proof.log"), "latin1");
    return status === 0 ? null : (/^!.*(?:\n.*){0,6}/m.exec(log)?.[0] ?? log.slice(-500));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
