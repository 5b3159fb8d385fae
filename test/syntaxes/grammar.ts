import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { IGrammar, IRawGrammar } from "vscode-textmate";

const require = createRequire(import.meta.url);
// Both are bundles whose exports a loader can't see.
const oniguruma = require("vscode-oniguruma") as typeof import("vscode-oniguruma");
const textmate = require("vscode-textmate") as typeof import("vscode-textmate");
const syntaxes = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "syntaxes");

/** Our injections, as `contributes.grammars` lists them: scope, file and the grammars that they go into. */
export const injections = [
  ["qed.latex.injection", "qed-latex.injection.json", ["text.tex", "text.tex.latex"]],
  ["qed.latex.holes.injection", "qed-latex-holes.injection.json", ["text.tex", "text.tex.latex"]],
  ["qed.markdown.injection", "qed-markdown.injection.json", ["text.html.markdown", "text.html.quarto"]],
  ["qed.markdown.text.injection", "qed-markdown-text.injection.json", ["text.html.markdown", "text.html.quarto"]],
] as const;

const hosts: Readonly<Record<string, string>> = {
  "text.tex": "tex",
  "text.tex.latex": "latex",
  "text.html.markdown": "markdown",
  "text.html.derivative": "html-derivative",
  "text.html.basic": "html",
};

/** VS Code's own grammar for `scope` with our injections in it. Languages embedded in it stay without colour. */
export async function load(scope: string): Promise<IGrammar> {
  engine ??= oniguruma.loadWASM({ data: readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")) });
  await engine;
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (wanted) => read(wanted),
    getInjections: (host) => injections.filter(([, , into]) => into.some((one) => one === host)).map(([name]) => name),
  });
  const grammar = await registry.loadGrammar(scope);
  if (grammar === null) throw new Error(`no grammar for ${scope}`);
  return grammar;
}

let engine: Promise<void> | undefined;

function read(scope: string): IRawGrammar | null {
  const ours = injections.find(([name]) => name === scope);
  const host = hosts[scope];
  if (ours) return JSON.parse(readFileSync(join(syntaxes, ours[1]), "utf8"));
  return host === undefined
    ? null
    : JSON.parse(readFileSync(require.resolve(`tm-grammars/grammars/${host}.json`), "utf8"));
}

/** One line of text with the scopes that the grammar gives to each UTF-16 unit of it. */
export interface Line {
  readonly text: string;
  readonly scopes: readonly (readonly string[])[];
}

/** Tokenises lines one after another. */
export function tokenise(grammar: IGrammar, lines: readonly string[]): Line[] {
  let state = textmate.INITIAL;
  return lines.map((text) => {
    const result = grammar.tokenizeLine(text, state);
    state = result.ruleStack;
    const scopes = result.tokens.flatMap((token) =>
      new Array<readonly string[]>(Math.min(token.endIndex, text.length) - token.startIndex).fill(token.scopes),
    );
    return { text, scopes };
  });
}
