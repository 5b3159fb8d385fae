import * as vscode from "vscode";
import { type LanguageClient, WorkDoneProgress } from "vscode-languageclient/node";
import { SetUpLookRequest, type SetUpParams, type SetUpProblem, SetUpRunRequest } from "../../server/src/protocol.js";

type Wanted = Pick<SetUpParams, "source" | "type" | "directory">;
type Configure = (key: "engine" | "model" | "contextSize", value: string | number | undefined) => Promise<void>;

/** Where the hub's token lies in the editor's secret storage. */
const TOKEN_KEY = "qed.hubToken";
const TITLE = "QED: Set Up Model";
const GO = "Set Up";
const FOLDER = "Another Folder…";
const TOKEN = "Enter Token…";
const RETRY = "Go On";

/** A set-up that downloads: told beforehand, agreed to, shown while it goes on, and stopped at any time. */
export class SetUpDownload {
  readonly #client: LanguageClient;
  readonly #secrets: vscode.SecretStorage;
  readonly #configure: Configure;

  constructor(client: LanguageClient, secrets: vscode.SecretStorage, configure: Configure) {
    this.#client = client;
    this.#secrets = secrets;
    this.#configure = configure;
  }

  /** Says what will be done, asks, and does it. */
  async begin(wanted: Wanted): Promise<void> {
    const { plan } = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: "QED: Looking at what there is to download",
        cancellable: true,
      },
      async (_, token) => this.#client.sendRequest(SetUpLookRequest.type, await this.#withToken(wanted), token),
    );
    if (plan === null) return;
    if ("problem" in plan) return this.#trouble(plan, wanted);
    const options = { modal: true, detail: plan.lines.join("\n") };
    const answer = await vscode.window.showInformationMessage(`Set up ${wanted.source}?`, options, GO, FOLDER);
    if (answer === FOLDER) {
      const [folder] =
        (await vscode.window.showOpenDialog({
          title: "Folder for models",
          openLabel: "Use This Folder",
          canSelectFiles: false,
          canSelectFolders: true,
        })) ?? [];
      if (folder) await this.begin({ ...wanted, directory: folder.fsPath });
    }
    if (answer === GO) await this.#run(wanted);
  }

  async #run(wanted: Wanted): Promise<void> {
    const location = vscode.ProgressLocation.Notification;
    const result = await vscode.window.withProgress(
      { location, title: TITLE, cancellable: true },
      async (shown, token) => {
        const workDoneToken = `qed-set-up-${Date.now()}`;
        let percentage = 0;
        const listener = this.#client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
          if (value.kind !== "report") return;
          // A new stage begins at nothing; the bar can only go forward.
          const increment = Math.max(0, (value.percentage ?? percentage) - percentage);
          percentage = value.percentage ?? percentage;
          shown.report({ message: value.message ?? "", increment });
        });
        try {
          const params = { ...(await this.#withToken(wanted)), workDoneToken };
          return await this.#client.sendRequest(SetUpRunRequest.type, params, token);
        } finally {
          listener.dispose();
        }
      },
    );
    if ("problem" in result) return this.#trouble(result, wanted);
    await this.#configure("model", result.model);
    await this.#configure("engine", undefined);
    const section = vscode.workspace.getConfiguration("qed");
    if (result.contextSize < (section.get<number>("contextSize") ?? 0)) {
      await this.#configure("contextSize", result.contextSize);
    }
    void vscode.window.showInformationMessage(`QED: ${result.lines.join(" ")}`);
  }

  async #trouble({ problem, code }: SetUpProblem, wanted: Wanted): Promise<void> {
    const action = code === "hub.gated" ? TOKEN : RETRY;
    const show = code === "cancelled" ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
    // Not awaited: the message may stay for hours.
    void show(`QED: ${problem}`, action).then(async (answer) => {
      if (answer === RETRY) await this.begin(wanted);
      if (answer === TOKEN && (await this.#askToken())) await this.begin(wanted);
    });
  }

  async #askToken(): Promise<boolean> {
    const token = await vscode.window.showInputBox({
      title: "Token of the hub",
      prompt: "A token that may read. It is kept in the editor's secret storage and sent to the hub only.",
      password: true,
      ignoreFocusOut: true,
    });
    if (!token) return false;
    await this.#secrets.store(TOKEN_KEY, token.trim());
    return true;
  }

  /** With the token, unless every message is being written into a log. */
  async #withToken(wanted: Wanted): Promise<SetUpParams> {
    const token = await this.#secrets.get(TOKEN_KEY);
    if (!token) return wanted;
    if (vscode.workspace.getConfiguration("qed").get<string>("trace.server", "off") !== "off") {
      void vscode.window.showWarningMessage('QED: The token is not used while "qed.trace.server" logs all messages.');
      return wanted;
    }
    return { ...wanted, token };
  }
}
