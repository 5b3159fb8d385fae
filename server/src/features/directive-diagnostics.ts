import { type Diagnostic, DiagnosticSeverity, type TextDocuments } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Directive } from "../document/types.js";
import type { OpenDocuments, ReadDocument } from "../workspace/open-documents.js";
import type { PublishedDiagnostics } from "./published-diagnostics.js";

/** The code of a diagnostic on a `qed:` directive that can't be followed. */
const CODE = "directive.invalid";
/** How long nothing must be typed before directives are looked at, in milliseconds: a verb is wrong while it is typed. */
const PAUSE_MS = 300;

/** What is wrong with a document's `qed:` directives, each on its verb or its words. */
function directiveDiagnostics({ document, source }: ReadDocument): Diagnostic[] {
  return document.directives.flatMap((directive) => {
    if (directive.error === null) return [];
    const { start, end } = placeOf(directive);
    const range = { start: source.positionAt(start), end: source.positionAt(end) };
    return [{ range, severity: DiagnosticSeverity.Warning, source: "QED", code: CODE, message: directive.error }];
  });
}

function placeOf({ start, end, verb, text, verbRange, textRange, error }: Directive): { start: number; end: number } {
  if (verb === "" || error?.startsWith("This comment")) return { start, end };
  return text === "" || error?.includes(`directive “${verb}”`) ? verbRange : textRange;
}

/** Publishes them for every open document, in pauses; takes them away when it is closed. */
export function publishDirectives(
  open: TextDocuments<TextDocument>,
  documents: OpenDocuments,
  published: PublishedDiagnostics,
): void {
  const timers = new Map<string, NodeJS.Timeout>();
  open.onDidChangeContent(({ document: { uri } }) => {
    clearTimeout(timers.get(uri));
    const timer = setTimeout(() => {
      timers.delete(uri);
      const read = documents.get(uri);
      if (read) published.publish(uri, read.source.version, "directives", directiveDiagnostics(read));
    }, PAUSE_MS);
    timers.set(uri, timer.unref());
  });
  open.onDidClose(({ document: { uri } }) => {
    clearTimeout(timers.get(uri));
    timers.delete(uri);
    published.clear(uri);
  });
}
