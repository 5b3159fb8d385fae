import * as vscode from "vscode";

type Choice = vscode.QuickPickItem & { readonly run: () => Promise<void> };

/** "QED: Set Up Model": where the model comes from. Nothing is downloaded or started here. */
export async function setUpModel(): Promise<void> {
  const choices: Choice[] = [
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
  const choice = await vscode.window.showQuickPick(choices, {
    title: "QED: Set Up Model",
    placeHolder: "Where does the model run?",
  });
  await choice?.run();
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

async function configure(key: "engine" | "model" | "endpoint", value: string | undefined): Promise<void> {
  await vscode.workspace.getConfiguration("qed").update(key, value, vscode.ConfigurationTarget.Global);
}
