import { skipFalse } from "./latex/skips.js";
import type { Macro } from "./types.js";

/** A file that a LaTeX file reads, as written. */
export interface Read {
  readonly kind: "file" | "package" | "class";
  /** Without quotes; may hold folders; may lack its extension. */
  readonly name: string;
  /** The folder of `\import{folder}{name}`; null for all other commands. */
  readonly folder: string | null;
  /** Whether that folder lies in the folder from which this file was imported (`\subimport`). */
  readonly nested: boolean;
  /** Offset of the command. */
  readonly start: number;
}

/** What a LaTeX file reads, and of which document it says to be a part. */
export interface Reads {
  /** In order of `start`; the first 2,000. */
  readonly reads: readonly Read[];
  /** Folders of `\input@path`, as written. */
  readonly searched: readonly string[];
  /** The document named by `% !TeX root = …` or by the option of the class `subfiles`, as written, or null. */
  readonly root: string | null;
  /** Whether this file begins a document of its own; a `subfiles` part does not. */
  readonly isRoot: boolean;
}

const COMMAND =
  /\\(?:(input|include|subfile|subfileinclude|InputIfFileExists|loadglsentries|@input)\s*(?:\{([^{}\n]{1,400})\}|(?<=input)\s+"?([^\s{}\\%"]+))|((?:sub)?(?:import|inputfrom|includefrom))\*?\s*\{([^{}\n]{0,400})\}\s*\{([^{}\n]{1,400})\}|(usepackage|RequirePackage|RequirePackageWithOptions|documentclass|LoadClass|LoadClassWithOptions)\s*(?:\[([^\][]{0,4000})\]\s*)?\{([^{}]{1,4000})\})/g;
const SEARCHED = /\\def\s*\\input@path\s*\{((?:\s*\{[^{}\n]{0,400}\}){1,40})/g;
const MAGIC = /^[ \t]*%+\s*!\s*TeX\s+(?:spellcheck[^\n]*\n[ \t]*%+\s*!\s*TeX\s+)?root\s*=\s*(.+?)\s*$/im;
/** How far into a file its magic comment may stand, in characters. */
const MAGIC_WITHIN = 4_000;
const MOST_READS = 2_000;
const MOST_FOLDERS = 20;
const READS_BY_ARGUMENT = /\\(?:input|include|subfile|(?:sub)?import)/;
/** Most macros of one file that read files, such as `\newcommand{\chap}[1]{\input{chapters/#1}}`. */
const MOST_READERS = 20;
/** Most calls of each. */
const MOST_CALLS = 500;

/** Finds what a LaTeX file reads. Pure, total, linear. @param macros the macros of the same file */
export function readsOf(text: string, macros: readonly Macro[]): Reads {
  const root = MAGIC.exec(text.slice(0, MAGIC_WITHIN))?.[1]?.replace(/^"(.*)"$/, "$1") ?? null;
  if (!/\\(?:@?input|include|sub|import|Input|load|use|Require|document|Load)/.test(text)) {
    return { reads: [], searched: [], root, isRoot: false };
  }
  const code = visible(text);
  const reads: Read[] = [];
  let isRoot = false;
  let parent: string | null = null;
  for (const match of code.matchAll(COMMAND)) {
    const [, , braced, bare, from, folder, imported, loader, options, names] = match;
    const start = match.index;
    if (loader !== undefined) {
      const kind = /class|Class/.test(loader) ? "class" : "package";
      for (const name of names!.split(",")) push(reads, { kind, name, folder: null, nested: false, start });
      if (loader !== "documentclass") continue;
      if (names!.trim() === "subfiles") parent = options?.trim() || parent;
      else isRoot = true;
    } else if (from !== undefined) {
      push(reads, { kind: "file", name: imported!, folder: folder!.trim(), nested: from.startsWith("sub"), start });
    } else push(reads, { kind: "file", name: (braced ?? bare)!, folder: null, nested: false, start });
  }
  const readers = macros.filter((macro) => macro.arguments > 0 && READS_BY_ARGUMENT.test(macro.body));
  for (const macro of readers.slice(0, MOST_READERS)) callsOf(code, macro, reads);
  const searched = [...code.matchAll(SEARCHED)].flatMap((match) =>
    [...match[1]!.matchAll(/\{([^{}]*)\}/g)].map((folder) => folder[1]!.trim()),
  );
  return {
    reads: reads.sort((a, b) => a.start - b.start).slice(0, MOST_READS),
    searched: searched.slice(0, MOST_FOLDERS),
    root: root ?? parent,
    isRoot,
  };
}

function push(reads: Read[], read: Read): void {
  const name = read.name.trim().replace(/^"(.*)"$/, "$1");
  // What a macro or an argument names is known only when it is called.
  if (name !== "" && name.length <= 400 && !/[\\#$]/.test(name + (read.folder ?? ""))) reads.push({ ...read, name });
}

/** Reads by way of a macro with arguments. */
function callsOf(code: string, macro: Macro, reads: Read[]): void {
  const call = new RegExp(
    `\\${macro.name}(?![A-Za-z@])${"\\s{0,20}\\{([^{}\\n]{0,400})\\}".repeat(macro.arguments)}`,
    "g",
  );
  let calls = 0;
  for (const match of code.matchAll(call)) {
    if (++calls > MOST_CALLS) return;
    const body = macro.body.replace(/#([1-9])/g, (_, k: string) => match[Number(k)] ?? "");
    for (const read of readsOf(body, []).reads) reads.push({ ...read, start: match.index });
  }
}

const OPAQUE =
  /\\begin\s*\{(verbatim\*?|Verbatim\*?|lstlisting|minted|comment|filecontents\*?|alltt)\}|\\verb\*?([^A-Za-z\s*])[^\n]{0,400}?\2|\\iffalse(?![A-Za-z@])|\\if0(?!0)|\\end(?:input(?![A-Za-z])|\s*\{document\})|\\[\s\S]|%[^\n]*/g;

/** The text at the same offsets, with comments, verbatim and what TeX never reads blanked. */
function visible(text: string): string {
  const parts: string[] = [];
  let at = 0;
  OPAQUE.lastIndex = 0;
  for (let match = OPAQUE.exec(text); match; match = OPAQUE.exec(text)) {
    const [found, environment, verb] = match;
    let end = match.index + found.length;
    if (environment !== undefined) {
      const close = text.indexOf(`\\end{${environment}}`, end);
      end = close < 0 ? text.length : close;
    } else if (found.startsWith("\\if")) end = skipFalse(text, end);
    else if (found.startsWith("\\end")) end = text.length;
    else if (verb === undefined && found[0] === "\\") continue;
    parts.push(text.slice(at, match.index), " ".repeat(end - match.index));
    at = end;
    OPAQUE.lastIndex = end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}
