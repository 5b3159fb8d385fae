/** What the editor's commands and settings are called in a terminal, longer phrases first. */
const TERMINAL: readonly (readonly [RegExp, string])[] = [
  [
    /Set "qed\.model" to a GGUF file, or run "QED: Set Up Model"/g,
    'Run "qed setup", or name a GGUF file with --model or a server with --endpoint',
  ],
  [
    /Run "QED: Set Up Model" to use/gi,
    'Run "qed setup", or name a GGUF file with --model or a server with --endpoint, to use',
  ],
  [/by "QED: Set Up Model"/g, 'with "qed setup" or --model'],
  [/"QED: Set Up Model"/g, '"qed setup"'],
  [/run "QED: Prove This Statement" again/gi, "run the command again"],
  [/“Prove This Statement”/g, "“qed prove”"],
  [/"QED: Show Set-Up Information"/g, '"qed doctor"'],
  [/by "QED: Set Server Key" or in the environment variable/g, "in the environment variable"],
  [/"QED: Set Server Key", QED_API_KEY/g, "QED_API_KEY"],
  [/Turn on "qed\.allowInsecureEndpoint"/gi, "give --allow-insecure-endpoint"],
  [/branch the run where you want it to go on/g, '"qed runs branch ID --at OFFSET" goes on from anywhere in it'],
  [/"qed\.endpoint"/g, "--endpoint"],
  [/"qed\.serverTimeout"/g, "--timeout"],
  [/"qed\.certificates"/g, "--certificates"],
  [/"qed\.thinkingBudget"/g, "--budget"],
  [/"http\.proxy" or HTTPS_PROXY/g, "HTTPS_PROXY"],
  [/"qed\.model"/g, "--model"],
  [/"qed\.backendPath"/g, "QED_BACKEND_PATH"],
  [/"qed\.hub", HF_ENDPOINT|"qed\.hub" or HF_ENDPOINT/g, "HF_ENDPOINT"],
];

/** A sentence for the user in the words of the terminal: its next step is a flag or a command there. */
export function inTerminal(message: string): string {
  return TERMINAL.reduce((text, [phrase, words]) => text.replace(phrase, words), message);
}
