/** Commands that reach files, the shell or Lua, or change what characters are: not even a document's own may pass. */
const outside = new Set(
  `write immediate input include includeonly openin openout closein closeout read readline catcode directlua latelua
  luaexec luadirect special csname endcsname scantokens ShellEscape shellescape includegraphics includepdf
  lstinputlisting verbatiminput inputminted subfile import subimport InputIfFileExists usepackage RequirePackage
  documentclass shipout dump newread newwrite pdfliteral pdfobj pdffiledump pdfshellescape pdfximage
  pdfextension`.split(/\s+/),
);

/** Whether a command (its name without the backslash) reaches files, the shell or how TeX reads, whoever defined it. */
export function reachesOutside(name: string): boolean {
  // Names with `@` are LaTeX's own inside, such as `\@input`.
  return name.startsWith("@") || outside.has(name);
}

/**
 * Other commands that could reach files, the network, other code or the meaning of commands. The converter never writes
 * a command that {@link import("./commands.js")} does not list, so this list is not what keeps a document safe: it is
 * what is told to the user as removed, and what is taken out of prose (which Pandoc reads as raw TeX).
 */
const denied = new Set(
  `lccode uccode sfcode mathcode delcode def edef gdef xdef let futurelet newcommand renewcommand providecommand
  DeclareRobustCommand DeclareMathOperator newenvironment renewenvironment NewDocumentCommand RenewDocumentCommand
  ProvideDocumentCommand DeclareDocumentCommand NewDocumentEnvironment newtheorem expandafter noexpand LoadClass
  IfFileExists bibliography addbibresource graphicspath makeatletter makeatother AtBeginDocument AtEndDocument
  AddToHook everycr afterassignment aftergroup endlinechar escapechar newlinechar begingroup bgroup egroup global long
  outer protected newif newcount newdimen newtoks newbox setbox loop repeat url href path hyperlink hypertarget
  hypersetup nolinkurl htmlData sys_shell_now openany halign valign hrule vrule vbox vtop vcenter insert output end
  loggingoutput tracingall errmessage message typeout typein show showthe showtokens batchmode nonstopmode scrollmode
  errorstopmode jobname meaning string detokenize unexpanded ExplSyntaxOn ExplSyntaxOff filecontents endinput stop
  romannumeral number uppercase lowercase char chardef mathchardef mathchar countdef dimendef skipdef toksdef font
  nullfont hyphenation patterns discretionary verb lstinline mintinline py pyc sage minted tikz pgfplotstable write18
  usetikzlibrary setcounter addtocounter newcounter renewcommandx selectfont fontencoding movie require media3D
  pgfdeclareimage pgfimage pgfuseimage ifx fi else or`.split(/\s+/),
);

/** Families of commands that read, write or run files, or decide what is read. */
const deniedFamilies =
  /^(?:pdf|lua|XeTeX|if|tex_|every|include|input|attach|embed|external|animate|csv|DTL|pgfplotstable)[A-Za-z]{3,}$/;

/** Environments that write files, run code or change how what follows is read. */
const deniedEnvironments =
  /^(?:filecontents\*?|verbatim\*?|Verbatim\w*|lstlisting|minted|comment|document|lua\w+\*?|py\w+|sage\w+|asy|tikzpicture|(?:verbatim)?write\w*|VerbatimOut|html|rawhtml)$/;

/** Whether a command (its name without the backslash) is one that must not pass. */
export function isDenied(name: string): boolean {
  return reachesOutside(name) || denied.has(name) || deniedFamilies.test(name);
}

/** Whether an environment must not pass, not even as an unknown one. */
export function isDeniedEnvironment(name: string): boolean {
  return deniedEnvironments.test(name);
}

/**
 * A formula without the denied commands in it, for one that can't be read as it is: what is left may be read, or shown
 * as its source.
 * @param removed where they are listed, as written
 */
export function withoutDenied(tex: string, removed: string[]): string {
  let out = "";
  let at = 0;
  const command = /\\(?:(begin|end)\s*\{([^{}]*)\}|(@[a-zA-Z@]*|[a-zA-Z]+)\*?|[\s\S])/g;
  for (let found = command.exec(tex); found !== null; found = command.exec(tex)) {
    const [whole, , environment, name] = found;
    const bad =
      environment === undefined ? name !== undefined && isDenied(name) : isDeniedEnvironment(environment.trim());
    if (!bad) continue;
    out += tex.slice(at, found.index);
    at = environment === undefined ? argumentsEnd(tex, found.index + whole.length) : found.index + whole.length;
    removed.push(tex.slice(found.index, at));
    command.lastIndex = at;
  }
  return out + tex.slice(at);
}

/** The source of a formula that can't be set, in one line, without what could do harm. */
export function sourceOf({ tex }: { readonly tex: string }): string {
  return withoutDenied(tex, []).replace(/\s+/g, " ").trim();
}

/** The end of what belongs to a denied command that ends at `from`: its file name, its bracket and brace groups. */
export function argumentsEnd(text: string, from: number): number {
  let at = from;
  // `\csname …\endcsname` is one command.
  if (text.slice(from - 7, from) === "\\csname") {
    const close = text.slice(from, from + 200).indexOf("\\endcsname");
    if (close >= 0) at = from + close + "\\endcsname".length;
  }
  const digits = /[ \t]*=?[ \t]*(?:\d+|\\[a-zA-Z]+)(?=[\s{\\=]|$)(?:[ \t]*=[ \t]*\d+)?/y;
  digits.lastIndex = at;
  at += digits.exec(text)?.[0].length ?? 0;
  for (let groups = 0; groups < 6; groups++) {
    // A bracket behind a space is a link of the text.
    const open = /(?:[ \t]*\n?[ \t]*(?=\{)|(?=\[))([{[])/y;
    open.lastIndex = at;
    const found = open.exec(text);
    if (found === null) break;
    const end = closing(text, open.lastIndex - 1);
    if (end < 0) break;
    at = end;
  }
  return at;
}

/** The offset after the bracket that closes the one at `start`, or −1. */
function closing(text: string, start: number): number {
  const open = text[start]!;
  const close = open === "{" ? "}" : "]";
  let depth = 0;
  for (let at = start; at < Math.min(text.length, start + 5000); at++) {
    const char = text[at];
    if (char === "\\") at++;
    else if (char === open) depth++;
    else if (char === close && --depth === 0) return at + 1;
  }
  return -1;
}
