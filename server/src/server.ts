/** Wiring: every request and notification, and nothing else. */
import { join } from "node:path";
import {
  type CodeLens,
  CodeLensRefreshRequest,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  type InitializeParams,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import { statementAt } from "./document/locate.js";
import type { Statement } from "./document/types.js";
import { EngineHost } from "./engine/engine-host.js";
import { openEngine } from "./engine/open-engine.js";
import { publishDirectives } from "./features/directive-diagnostics.js";
import { doctor, extensionVersion } from "./features/doctor.js";
import { answerGhostText } from "./features/ghost-text/requests.js";
import { lenses } from "./features/lenses.js";
import { LiveRuns } from "./features/live-runs.js";
import { outline } from "./features/outline.js";
import { checkDocument, checkPlace, checkSetUp, InvalidParams } from "./features/params.js";
import { PublishedDiagnostics } from "./features/published-diagnostics.js";
import { listenForRuns } from "./features/run-requests.js";
import { lookForSetUp, runSetUp } from "./features/set-up-service.js";
import {
  DoctorRequest,
  ServerKeyRequest,
  SetUpLookRequest,
  type SetUpParams,
  SetUpRunRequest,
  StatementAtRequest,
} from "./protocol.js";
import { readSettings, type Settings, withProxy } from "./settings.js";
import { RunStore } from "./store/store.js";
import { OpenDocuments } from "./workspace/open-documents.js";

/** What the server's process gives it. */
export interface Runtime {
  /** The folder that holds dist/, models/ and native/. */
  readonly extensionRoot: string;
  /** Where runs are kept. */
  readonly stateDirectory: string;
}

/** How long runs may take to be left in order when the editor ends the server, in milliseconds. */
const SUSPEND_MS = 1000;

/** Answers on `connection` until it ends. */
export function startServer(connection: Connection, { extensionRoot, stateDirectory }: Runtime): void {
  const open = new TextDocuments(TextDocument);
  let folders: readonly string[] = [];
  const refreshLenses = () => {
    if (client.workspace?.codeLens?.refreshSupport)
      void connection.sendRequest(CodeLensRefreshRequest.type).catch(() => {});
  };
  const documents = new OpenDocuments(open, () => folders, refreshLenses);
  const store = new RunStore(join(stateDirectory, "runs"));
  const askKey = async (origin: string): Promise<string | null> => {
    if (!keepsKeys) return null;
    const answer = await connection.sendRequest(ServerKeyRequest.type, { origin });
    return typeof answer?.key === "string" ? answer.key : null;
  };
  const engines = new EngineHost((settings) => openEngine(settings, { extensionRoot, stateDirectory }, { askKey }));
  let client: InitializeParams["capabilities"] = {};
  let keepsKeys = false;
  const settings = async (uri: string | null): Promise<Settings> => {
    if (!client.workspace?.configuration) return readSettings(null);
    const scope = uri === null ? {} : { scopeUri: uri };
    const value: unknown = await connection.workspace.getConfiguration({ section: "qed", ...scope }).catch(() => null);
    const read = readSettings(value);
    if (documents.setNames(read.environments)) refreshLenses();
    if (read.engine !== "http") return read;
    return withProxy(read, await connection.workspace.getConfiguration({ section: "http" }).catch(() => null));
  };
  const live = new LiveRuns();

  connection.onInitialize((params) => {
    client = params.capabilities ?? {};
    keepsKeys = params.initializationOptions?.serverKeys === true;
    folders = params.workspaceFolders?.map(({ uri }) => uri) ?? (params.rootUri ? [params.rootUri] : []);
    return {
      serverInfo: { name: "QED Copilot", version: extensionVersion(extensionRoot) },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        codeLensProvider: { resolveProvider: false },
        // A client that has a provider of its own would show every item twice.
        ...(params.initializationOptions?.ghostText === true ? {} : { inlineCompletionProvider: {} }),
      },
    };
  });
  connection.onInitialized(() => {
    if (client.workspace?.didChangeConfiguration?.dynamicRegistration) {
      void connection.client.register(DidChangeConfigurationNotification.type, { section: "qed" });
    }
    if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration) {
      documents.watched = true;
      const watchers = [{ globPattern: "**/*.{tex,ltx,sty,cls,def,cfg}" }];
      void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
  });
  connection.onDidChangeConfiguration(refreshLenses);
  connection.onDidChangeWatchedFiles(({ changes }) => documents.filesChanged(changes.map(({ uri }) => uri)));
  connection.onCodeLens(
    safely(checkDocument, async ({ textDocument }): Promise<CodeLens[]> => {
      const { codeLens } = await settings(textDocument.uri);
      const read = documents.get(textDocument.uri);
      if (!read) return [];
      const provedElsewhere = (statement: Statement) => read.elsewhere.proof(statement) !== null;
      return lenses(read.document, codeLens, provedElsewhere).map(({ offset, title }) => {
        const position = read.source.positionAt(offset);
        const command = { title, command: "qed.prove", arguments: [textDocument.uri, position] };
        return { range: { start: position, end: position }, command };
      });
    }),
  );
  connection.onRequest(
    StatementAtRequest.type,
    safely(checkPlace, async ({ textDocument, position }) => {
      await settings(textDocument.uri);
      const read = await documents.getOrRead(textDocument.uri);
      const statement = read && statementAt(read.document, read.source.offsetAt(position));
      if (!statement) return null;
      const { document, elsewhere } = read;
      const nameOf = (path: string) => URI.file(path).toString();
      return (
        outline({ ...document, statements: [statement] }, { file: textDocument.uri, elsewhere, nameOf })[0] ?? null
      );
    }),
  );
  listenForRuns({ connection, documents, engines, store, live, settings }, safely);
  // By its name: clients send this one with null, with {} or with nothing.
  connection.onRequest(
    DoctorRequest.type.method,
    safely(
      () => {},
      async () => doctor(await settings(null), extensionRoot, { askKey }),
    ),
  );
  publishDirectives(open, documents, new PublishedDiagnostics((params) => void connection.sendDiagnostics(params)));
  const setUp = {
    connection,
    extensionRoot,
    stateDirectory,
    settings,
    hasConfiguration: () => client.workspace?.configuration,
  };
  connection.onRequest(SetUpLookRequest.type, (params, token) =>
    safely(checkSetUp, (given: SetUpParams) => lookForSetUp(setUp, given, token))(params),
  );
  connection.onRequest(SetUpRunRequest.type, (params, token) =>
    safely(checkSetUp, (given: SetUpRunRequest.Params) => runSetUp(setUp, given, token))(params),
  );
  const ghostText = answerGhostText({ connection, documents, engines, store, settings, stateDirectory }, safely);
  connection.onShutdown(async () => {
    ghostText.dispose();
    await live.suspend(SUSPEND_MS);
    await engines.dispose();
    await live.suspend(SUSPEND_MS);
  });
  open.listen(connection);
  connection.listen();
}

/** A handler whose faults reach the user as one sentence, never as a stack trace. */
function safely<P, R>(
  check: (params: unknown) => void,
  handler: (params: P) => Promise<R>,
): (params: P) => Promise<R | ResponseError<void>> {
  return async (params) => {
    try {
      check(params);
      return await handler(params);
    } catch (error) {
      const code = error instanceof InvalidParams ? ErrorCodes.InvalidParams : LSPErrorCodes.RequestFailed;
      return new ResponseError<void>(code, error instanceof Error ? error.message : String(error));
    }
  };
}
