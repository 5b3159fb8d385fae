import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { SetUpLookRequest } from "../../server/src/protocol.js";
import { SetUpDownload } from "./set-up-download.js";

type Choice = vscode.QuickPickItem & { readonly run?: () => Promise<void> };
type Look = SetUpLookRequest.Result;

const TITLE = "QED: Set Up Model";
const OFFICIAL = "hf:lm-provers/QED-Nano-SFT";

/** "QED: Set Up Model": where the model comes from and where it runs. Nothing is downloaded before it was agreed to. */
export async function setUpModel(client: LanguageClient, secrets: vscode.SecretStorage): Promise<void> {
  const nothing = { source: null, type: null, directory: null };
  const look = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: "QED: Looking at this machine" },
    () => client.sendRequest(SetUpLookRequest.type, nothing),
  );
  const download = new SetUpDownload(client, secrets, configure);
  const choice = await vscode.window.showQuickPick(choices(look, download), {
    title: TITLE,
    // A long one would be shown again as a hover over the choices.
    placeHolder: "Where does the model run?",
    matchOnDetail: true,
  });
  await choice?.run?.();
}

function choices(look: Look, download: SetUpDownload): Choice[] {
  const { unfinished } = look;
  const proposed = look.choices.find((choice) => choice.proposed);
  const pick = async (source: string) => {
    const type = await chooseType(look);
    if (type !== undefined) await download.begin({ source, type, directory: null });
  };
  return [
    ...(unfinished?.source
      ? [
          {
            label: "$(debug-continue) Go on with the set-up that was begun",
            detail: unfinished.source,
            run: () => download.begin(unfinished),
          },
        ]
      : []),
    {
      label: "$(cloud-download) Download QED-Nano-SFT…",
      detail: proposed
        ? `${proposed.words}; ${proposed.time}. The official checkpoint, 8.05 GB, is converted here.`
        : "The official checkpoint. It does not fit into the memory of this machine that is free now.",
      run: () => pick(OFFICIAL),
    },
    {
      label: "$(link) Download from another place…",
      detail: "A repository of the hub (hf:owner/repo), a GGUF file in one (hf:owner/repo/file.gguf), or an address.",
      run: async () => {
        const source = await vscode.window.showInputBox({
          title: TITLE,
          prompt: "hf:owner/repo, hf:owner/repo/file.gguf, hf:owner/repo@revision, or an https address.",
          placeHolder: OFFICIAL,
          ignoreFocusOut: true,
        });
        if (!source) return;
        if (/\.gguf$/i.test(source)) await download.begin({ source, type: null, directory: null });
        else await pick(source);
      },
    },
    {
      label: "$(file-binary) Use a GGUF file on this machine…",
      detail: "QED-Nano-SFT (lm-provers/QED-Nano-SFT, 4B) as GGUF: about 2.5 GB as Q4_K_M, 4.3 GB as Q8_0.",
      run: chooseFile,
    },
    {
      label: "$(server) Use a server…",
      detail: "vLLM, SGLang, llama-server, Ollama, LM Studio or any other with the OpenAI API.",
      run: chooseServer,
    },
    {
      label: "$(mortar-board) Use the rehearsal model",
      detail: "Comes with the extension and has only memorised the sample theorems: to try things out.",
      run: async () => {
        await configure("engine", undefined);
        await configure("model", undefined);
      },
    },
  ];
}

/** The kind of weights; undefined if the person has thought better of it. */
async function chooseType(look: Look): Promise<Look["choices"][number]["type"] | undefined> {
  const items = [...look.choices]
    .sort((a, b) => Number(b.proposed) - Number(a.proposed))
    .map((choice) => ({
      label: choice.words,
      description: choice.proposed ? "proposed" : "",
      detail: choice.fits ? choice.time : "Can be tried all the same, if other programs are closed.",
      type: choice.type,
    }));
  return (await vscode.window.showQuickPick(items, { title: TITLE, placeHolder: "Which weights?" }))?.type;
}

async function chooseFile(): Promise<void> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: "A GGUF file of QED-Nano-SFT",
      openLabel: "Use This Model",
      filters: { "GGUF models": ["gguf"] },
    })) ?? [];
  if (!file) return;
  await configure("model", file.fsPath);
  await configure("engine", "local");
}

async function chooseServer(): Promise<void> {
  const endpoint = await vscode.window.showInputBox({
    title: "Address of the server",
    prompt: "Its key, if it needs one, is set by “QED: Set Server Key” or in the environment variable QED_API_KEY.",
    value: vscode.workspace.getConfiguration("qed").get<string>("endpoint") || "http://127.0.0.1:8000/v1",
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^https?:\/\/[^\s/@]+(?:\/\S*)?$/.test(value)
        ? null
        : "An address such as http://127.0.0.1:8000/v1, without a password.",
  });
  if (endpoint === undefined) return;
  await configure("endpoint", endpoint);
  await configure("model", undefined);
  await configure("engine", "http");
}

/** Writes one of the user's settings; undefined takes it away. */
async function configure(
  key: "engine" | "model" | "endpoint" | "contextSize",
  value: string | number | undefined,
): Promise<void> {
  await vscode.workspace.getConfiguration("qed").update(key, value, vscode.ConfigurationTarget.Global);
}
