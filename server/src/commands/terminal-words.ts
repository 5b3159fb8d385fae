/** What the editor's commands and settings are called in a terminal, longer phrases first. */
const TERMINAL: readonly (readonly [RegExp, string])[] = [
  [
    /Set "qed\.model" to a GGUF file, or run "QED: Set Up Model"/g,
    "Name a GGUF file with --model or a server with --endpoint",
  ],
  [/Run "QED: Set Up Model" to use/gi, "Name a GGUF file with --model or a server with --endpoint to use"],
  [/run "QED: Set Up Model"/g, "name a model with --model or a server with --endpoint"],
  [/by "QED: Set Up Model"/g, "with --model"],
  [/run "QED: Prove This Statement" again/gi, "run the command again"],
  [/“Prove This Statement”/g, "“qed prove”"],
  [/"QED: Show Set-Up Information"/g, '"qed doctor"'],
  [/branch the run where you want it to go on/g, '"qed runs branch ID --at OFFSET" goes on from anywhere in it'],
  [/"qed\.endpoint"/g, "--endpoint"],
  [/"qed\.model"/g, "--model"],
];

/** A sentence for the user in the words of the terminal: its next step is a flag or a command there. */
export function inTerminal(message: string): string {
  return TERMINAL.reduce((text, [phrase, words]) => text.replace(phrase, words), message);
}
