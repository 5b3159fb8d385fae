/** Commands that reach files, the shell or Lua, or change what characters are: not even a document's own may pass. */
const outside =
  /^(?:write|immediate|input|include|includeonly|openin|openout|closein|closeout|read|readline|catcode|directlua|latelua|luaexec|luadirect|special|csname|endcsname|scantokens|ShellEscape|shellescape|includegraphics|includepdf|lstinputlisting|verbatiminput|inputminted|subfile|import|subimport|InputIfFileExists|usepackage|RequirePackage|documentclass|shipout|dump|newread|newwrite|pdf(?:literal|obj|filedump|shellescape|ximage|extension))$/;

/** Whether a command (its name without the backslash) reaches files, the shell or how TeX reads, whoever defined it. */
export function reachesOutside(name: string): boolean {
  return outside.test(name);
}

/**
 * Commands that could reach files, the shell, the network, other code or the meaning of other commands. The converter
 * never writes a command that {@link import("./commands.js")} does not list, so this list is not what keeps a document
 * safe: it is what is told to the user as removed, and what is taken out of prose (which Pandoc reads as raw TeX).
 */
const denied = new Set(
  `write immediate input include openin openout closein closeout read readline catcode lccode uccode sfcode mathcode
  delcode def edef gdef xdef let futurelet newcommand renewcommand providecommand DeclareRobustCommand
  DeclareMathOperator newenvironment renewenvironment NewDocumentCommand RenewDocumentCommand ProvideDocumentCommand
  DeclareDocumentCommand NewDocumentEnvironment newtheorem directlua latelua luaexec luadirect luaescapestring csname
  endcsname expandafter noexpand usepackage RequirePackage documentclass LoadClass special pdfliteral pdfobj
  pdfcatalog pdfinfo pdfximage pdffiledump pdffilesize pdfmdfivesum pdfstrcmp pdfshellescape pdfextension includegraphics
  includepdf includeonly InputIfFileExists IfFileExists lstinputlisting verbatiminput inputminted subfile import
  subimport includestandalone bibliography addbibresource graphicspath makeatletter makeatother newread newwrite
  AtBeginDocument AtEndDocument AddToHook everypar everymath everydisplay everyhbox everyvbox everyjob everycr
  afterassignment aftergroup scantokens endlinechar escapechar newlinechar begingroup bgroup egroup global long outer
  protected newif newcount newdimen newtoks newbox setbox loop repeat url href path hyperlink hypertarget hypersetup
  nolinkurl htmlData includehtml ShellEscape shellescape sys_shell_now openany pdfsavepos halign valign hrule vrule
  vbox vtop vcenter insert output shipout dump end loggingoutput tracingall errmessage message typeout typein show
  showthe showtokens batchmode nonstopmode scrollmode errorstopmode jobname meaning string detokenize unexpanded
  ExplSyntaxOn ExplSyntaxOff filecontents endinput stop romannumeral number uppercase lowercase char chardef
  mathchardef mathchar countdef dimendef skipdef toksdef font nullfont hyphenation patterns discretionary
  verb lstinline mintinline py pyc sage minted tikz pgfplotstable DTLloaddb csvreader write18 usetikzlibrary
  setcounter addtocounter newcounter renewcommandx selectfont fontencoding inputencoding pdfpagewidth iffalse iftrue
  ifx ifnum ifdim ifodd ifcase ifeof fi else or`
    .trim()
    .split(/\s+/),
);

/** Environments that write files, run code or change how what follows is read. */
const deniedEnvironments =
  /^(?:filecontents\*?|verbatim\*?|Verbatim\w*|lstlisting|minted|comment|document|luacode\*?|pycode|pyblock|sagesilent|sageblock|asy|tikzpicture|write\w*|VerbatimOut|html|rawhtml)$/;

/** Whether a command (its name without the backslash) is one that must not pass. */
export function isDenied(name: string): boolean {
  return denied.has(name) || /^(?:pdf|lua|XeTeX|if|tex_|every)[A-Za-z]{3,}$/.test(name);
}

/** Whether an environment must not pass, not even as an unknown one. */
export function isDeniedEnvironment(name: string): boolean {
  return deniedEnvironments.test(name);
}

/** The end of what belongs to a denied command that ends at `from`: its file name, its bracket and brace groups. */
export function argumentsEnd(text: string, from: number): number {
  let at = from;
  const digits = /[ \t]*=?[ \t]*(?:\d+|\\[a-zA-Z]+)(?=[\s{\\=]|$)(?:[ \t]*=[ \t]*\d+)?/y;
  digits.lastIndex = at;
  at += digits.exec(text)?.[0].length ?? 0;
  for (let groups = 0; groups < 6; groups++) {
    const open = /[ \t]*\n?[ \t]*([{[])/y;
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
