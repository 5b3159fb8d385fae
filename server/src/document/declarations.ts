import { environmentTable } from "./latex/environments.js";
import { lex } from "./latex/lex.js";
import type { Macro, StatementKind } from "./types.js";

/** What a LaTeX file declares for the other files of its project, and which files it reads. */
export interface Declarations {
  /** Declared theorem-like environments, by name. */
  readonly names: Readonly<Record<string, StatementKind>>;
  /** Ranges are into this file's text. */
  readonly macros: readonly Macro[];
  /** Files as written, in order: `\input`, `\include`, `\subfile` and the like without an extension mean `.tex`. */
  readonly files: readonly string[];
  /** Packages and classes as written, without extension: only those that lie beside the document are of interest. */
  readonly packages: readonly string[];
  /** The file named by `% !TeX root = …`, as written, or null. */
  readonly root: string | null;
  /** Whether this file begins a document of its own. */
  readonly isRoot: boolean;
}

const READS = /\\(?:input|include|subfile|InputIfFileExists|loadglsentries)\s*\{([^{}\n]+)\}|\\input\s+([^\s{}\\%]+)/g;
const PACKAGES = /\\(?:usepackage|RequirePackage|documentclass|LoadClass)\s*(?:\[[^\]]*\])?\s*\{([^{}]+)\}/g;
const ROOT = /^%\s*!\s*TeX\s+root\s*=\s*(.+?)\s*$/im;
/** How far into a file its magic comment may stand, in characters. */
const MAGIC_WITHIN = 2_000;

/** Reads the declarations of a LaTeX file. Pure and total. */
export function declarationsOf(text: string): Declarations {
  const lexed = lex(text);
  const table = environmentTable(lexed, {});
  const declared = [...lexed.theorems, ...lexed.environments].map(({ name }) => name);
  const names: Record<string, StatementKind> = {};
  for (const name of declared) {
    const use = table(name);
    if (use && use.role !== "proof") names[name] = use.kind;
  }
  const code = text.slice(0, lexed.end).replace(/(?<!\\)%.*$/gm, "");
  return {
    names,
    macros: lexed.macros,
    files: [...code.matchAll(READS)].map((match) => (match[1] ?? match[2])!.trim()),
    packages: [...code.matchAll(PACKAGES)].flatMap((match) => match[1]!.split(",").map((name) => name.trim())),
    root: ROOT.exec(text.slice(0, MAGIC_WITHIN))?.[1] ?? null,
    isRoot: /\\documentclass(?![A-Za-z])/.test(code),
  };
}
