import { meaningOfCaption } from "../kinds.js";
import type { Macro } from "../types.js";
import { bracketEnd, type Fuel, groupEnd, LONGEST_DECLARATION, readName, skipBlank } from "./groups.js";

/** A theorem-like environment that a document declares. */
export interface TheoremDeclaration {
  readonly name: string;
  /** The printed title as written; empty if none is given. */
  readonly caption: string;
  /** The environment or counter whose numbers it shares, or null. */
  readonly shared: string | null;
  /** The counter that it is numbered within, or null. */
  readonly within: string | null;
  readonly numbered: boolean;
  /** How its arguments are written: `[title]`, or tcolorbox's `{title}{label}`. */
  readonly arguments: "bracket" | "tcb";
  /** What tcolorbox puts before the labels of this environment, with its separator. */
  readonly labelPrefix: string;
}

/** What one defining command says. `end` is the offset after it. */
export type Definition = { readonly end: number } & (
  | { readonly type: "macro"; readonly macro: Macro }
  | {
      readonly type: "environment";
      readonly name: string;
      readonly begin: string;
      /** A letter for each argument: `m` in braces, `o` in brackets. */
      readonly parameters: string;
    }
  | { readonly type: "theorem"; readonly theorems: readonly TheoremDeclaration[] }
  | { readonly type: "opaque"; readonly name: string }
  | { readonly type: "none" }
);

type Reader = (text: string, start: number, at: number, fuel: Fuel, star: boolean) => Definition | null;

const arg = (text: string, at: number, fuel: Fuel): { value: string; end: number } | null => {
  const open = skipBlank(text, at);
  const end = groupEnd(text, open, LONGEST_DECLARATION, fuel);
  return end < 0 ? null : { value: text.slice(open + 1, end - 1), end };
};

const option = (text: string, at: number, fuel: Fuel): { value: string; end: number } | null => {
  const open = skipBlank(text, at);
  const end = bracketEnd(text, open, LONGEST_DECLARATION, fuel);
  return end < 0 ? null : { value: text.slice(open + 1, end - 1), end };
};

const CONTROL =
  /\s{0,99}(?:\{\s{0,99}(\\(?:[A-Za-z@]{1,200}|[^A-Za-z\s]))\s{0,99}\}|(\\(?:[A-Za-z@]{1,200}|[^A-Za-z\s])))/y;

function control(text: string, at: number): { value: string; end: number } | null {
  CONTROL.lastIndex = at;
  const match = CONTROL.exec(text);
  return match && { value: (match[1] ?? match[2])!, end: CONTROL.lastIndex };
}

function macro(text: string, start: number, end: number, name: string, count: number, body: string): Definition {
  const declaration = text.slice(start, end);
  return { type: "macro", end, macro: { name, declaration, arguments: Math.min(count, 9), body, start, end } };
}

const newcommand: Reader = (text, start, at, fuel) => {
  const name = control(text, at);
  if (!name) return null;
  const count = option(text, name.end, fuel);
  const fallback = count && option(text, count.end, fuel);
  const body = arg(text, (fallback ?? count ?? name).end, fuel);
  if (!body) return null;
  return macro(text, start, body.end, name.value, Number.parseInt(count?.value ?? "0", 10) || 0, body.value);
};

const def: Reader = (text, start, at, fuel) => {
  const name = control(text, at);
  if (!name) return null;
  const open = text.indexOf("{", name.end);
  if (open < 0 || open - name.end > 80) return null;
  const parameters = text.slice(name.end, open);
  if (/\n[ \t\r]*\n|\}/.test(parameters)) return null;
  const body = arg(text, open, fuel);
  if (!body) return null;
  return macro(text, start, body.end, name.value, (parameters.match(/#[1-9]/g) ?? []).length, body.value);
};

const letMacro: Reader = (text, start, at) => {
  const match = /^\s*(\\(?:[A-Za-z@]+|[^A-Za-z\s]))\s*=?\s?(\\(?:[A-Za-z@]+|[^A-Za-z\s])|[^\s\\])/.exec(
    text.slice(at, at + 200),
  );
  return match && macro(text, start, at + match[0].length, match[1]!, 0, match[2]!);
};

const operator: Reader = (text, start, at, fuel, star) => {
  const name = control(text, at);
  const body = name && arg(text, name.end, fuel);
  if (!body) return null;
  return macro(text, start, body.end, name.value, 0, `\\operatorname${star ? "*" : ""}{${body.value}}`);
};

const xparse: Reader = (text, start, at, fuel) => {
  const name = control(text, at);
  const spec = name && arg(text, name.end, fuel);
  const body = spec && arg(text, spec.end, fuel);
  if (!body) return null;
  const count = (spec.value.replace(/\{[^{}]*\}/g, "").match(/[mrRvodODsteEbGg]/g) ?? []).length;
  return macro(text, start, body.end, name.value, count, body.value);
};

const pairedDelimiter: Reader = (text, start, at, fuel) => {
  const name = control(text, at);
  const count = name && option(text, name.end, fuel);
  const left = name && arg(text, (count ?? name).end, fuel);
  const right = left && arg(text, left.end, fuel);
  if (!right) return null;
  const body = count ? arg(text, right.end, fuel) : null;
  const inner = body?.value ?? "#1";
  const total = count ? Number.parseInt(count.value, 10) || 1 : 1;
  return macro(text, start, (body ?? right).end, name.value, total, `${left.value} ${inner} ${right.value}`);
};

const newenvironment: Reader = (text, _start, at, fuel) => {
  const name = readName(text, skipBlank(text, at));
  if (!name) return null;
  const count = option(text, name.end, fuel);
  const fallback = count && option(text, count.end, fuel);
  const spec = count ? null : arg(text, name.end, fuel);
  const begin = spec ?? arg(text, (fallback ?? count ?? name).end, fuel);
  const end = begin && arg(text, begin.end, fuel);
  if (!end) return null;
  const total = Math.min(9, Math.max(0, Number.parseInt(count?.value ?? "0", 10) || 0));
  const parameters = (fallback ? "o" : "m").repeat(Math.min(total, 1)) + "m".repeat(Math.max(0, total - 1));
  return { type: "environment", end: end.end, name: name.name, begin: begin.value, parameters };
};

const newDocumentEnvironment: Reader = (text, _start, at, fuel) => {
  const name = readName(text, skipBlank(text, at));
  const spec = name && arg(text, name.end, fuel);
  const begin = spec && arg(text, spec.end, fuel);
  const end = begin && arg(text, begin.end, fuel);
  if (!end) return null;
  const letters = spec.value.replace(/\{[^{}]*\}/g, "").match(/[mrRoOdDgG]/g) ?? [];
  const parameters = letters.map((letter) => (/[mrRgG]/.test(letter) ? "m" : "o")).join("");
  return { type: "environment", end: end.end, name: name.name, begin: begin.value, parameters };
};

function declared(name: string, caption: string, more: Partial<TheoremDeclaration> = {}): TheoremDeclaration {
  return { name, caption, shared: null, within: null, numbered: true, arguments: "bracket", labelPrefix: "", ...more };
}

/** `\newtheorem{name}[shared]{Caption}[within]`, starred or not; `\spnewtheorem`, `\newframedtheorem` and the like. */
const newtheorem: Reader = (text, _start, at, fuel, star) => {
  // mdframed and elsarticle allow options before the name.
  const before = option(text, at, fuel);
  const name = readName(text, skipBlank(text, before?.end ?? at));
  if (!name || name.name === "" || name.name.includes("#")) return null;
  const shared = option(text, name.end, fuel);
  const caption = arg(text, (shared ?? name).end, fuel);
  if (!caption) return null;
  const within = option(text, caption.end, fuel);
  const theorem = declared(name.name, caption.value, {
    shared: shared?.value.trim() ?? null,
    within: within?.value.trim() ?? null,
    numbered: !star,
  });
  return { type: "theorem", end: (within ?? caption).end, theorems: [theorem] };
};

/** Splits `a=b, c={d,e}` at its top-level commas. */
export function keyValues(options: string): Map<string, string> {
  const values = new Map<string, string>();
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= options.length; i++) {
    const c = options[i];
    if (c === "\\") i++;
    else if (c === "{" || c === "[") depth++;
    else if (c === "}" || c === "]") depth--;
    else if (c === undefined || (c === "," && depth <= 0)) {
      const part = options.slice(from, i);
      const equals = part.indexOf("=");
      const key = (equals < 0 ? part : part.slice(0, equals)).trim();
      const value = equals < 0 ? "" : part.slice(equals + 1).trim();
      if (key !== "") values.set(key, /^\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}$/.test(value) ? value.slice(1, -1) : value);
      from = i + 1;
    }
  }
  return values;
}

/** thmtools: `\declaretheorem[name=Theorem,sibling=…]{a,b}`; options may also follow. */
const declaretheorem: Reader = (text, _start, at, fuel) => {
  const before = option(text, at, fuel);
  const names = arg(text, before?.end ?? at, fuel);
  if (!names) return null;
  const after = option(text, names.end, fuel);
  const options = keyValues(`${before?.value ?? ""},${after?.value ?? ""}`);
  const caption = options.get("name") ?? options.get("title") ?? options.get("heading");
  const theorems = names.value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.includes("#"))
    .map((name) =>
      declared(name, caption ?? name, {
        shared: options.get("sibling") ?? options.get("numberlike") ?? options.get("sharecounter") ?? null,
        within: options.get("parent") ?? options.get("numberwithin") ?? options.get("within") ?? null,
        numbered: options.get("numbered") !== "no" && options.get("numbered") !== "false",
      }),
    );
  return { type: "theorem", end: (after ?? names).end, theorems };
};

/** tcolorbox: `\newtcbtheorem[init]{name}{Caption}{options}{prefix}`. */
const newtcbtheorem: Reader = (text, _start, at, fuel) => {
  const init = option(text, at, fuel);
  const name = readName(text, skipBlank(text, init?.end ?? at));
  const caption = name && arg(text, name.end, fuel);
  const options = caption && arg(text, caption.end, fuel);
  const prefix = options && arg(text, options.end, fuel);
  if (!prefix) return null;
  const settings = keyValues(`${init?.value ?? ""},${options.value}`);
  const separator = settings.get("label separator") ?? ":";
  const theorem = declared(name.name, caption.value, {
    shared: settings.get("use counter from") ?? null,
    within: settings.get("number within") ?? null,
    numbered: true,
    arguments: "tcb",
    labelPrefix: prefix.value.trim() === "" ? "" : prefix.value.trim() + separator,
  });
  return { type: "theorem", end: prefix.end, theorems: [theorem] };
};

/** `\newtcolorbox[init]{name}[n][default]{options}`, `\newmdenv[options]{name}`: theorems if their title says so. */
const newbox: Reader = (text, _start, at, fuel) => {
  const init = option(text, at, fuel);
  const name = readName(text, skipBlank(text, init?.end ?? at));
  if (!name) return null;
  const count = option(text, name.end, fuel);
  const fallback = count && option(text, count.end, fuel);
  let options = arg(text, (fallback ?? count ?? name).end, fuel);
  const spec = options && !options.value.includes("=") ? arg(text, options.end, fuel) : null;
  options = spec ?? options;
  const title = keyValues(`${init?.value ?? ""},${options?.value ?? ""}`);
  const caption = (title.get("title") ?? title.get("frametitle") ?? "").replace(/\\the\w+|#\d|[~:.]|\\if[\s\S]*/g, " ");
  const end = (options ?? fallback ?? count ?? name).end;
  if (meaningOfCaption(caption) === null) return { type: "none", end };
  return { type: "theorem", end, theorems: [declared(name.name, caption, { arguments: "bracket" })] };
};

const opaque: Reader = (text, _start, at, fuel) => {
  const init = option(text, at, fuel);
  const name = readName(text, skipBlank(text, init?.end ?? at));
  return name && { type: "opaque", end: name.end, name: name.name };
};

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ...["newcommand", "renewcommand", "providecommand", "DeclareRobustCommand"].map((n) => [n, newcommand] as const),
  ...["def", "gdef", "edef", "xdef"].map((n) => [n, def] as const),
  ["let", letMacro],
  ["DeclareMathOperator", operator],
  ...["New", "Renew", "Provide", "Declare"].flatMap((verb) => [
    [`${verb}DocumentCommand`, xparse] as const,
    [`${verb}ExpandableDocumentCommand`, xparse] as const,
    [`${verb}DocumentEnvironment`, newDocumentEnvironment] as const,
  ]),
  ...["DeclarePairedDelimiter", "DeclarePairedDelimiterX", "DeclarePairedDelimiterXPP"].map(
    (n) => [n, pairedDelimiter] as const,
  ),
  ...["newenvironment", "renewenvironment"].map((n) => [n, newenvironment] as const),
  ...["newtheorem", "renewtheorem", "spnewtheorem", "newmdtheoremenv", "newframedtheorem", "newshadedtheorem"].map(
    (n) => [n, newtheorem] as const,
  ),
  ...["newdefinition", "newproof", "theoremstarred"].map((n) => [n, newtheorem] as const),
  ["declaretheorem", declaretheorem],
  ...["newtcbtheorem", "renewtcbtheorem", "NewTcbTheorem", "DeclareTcbTheorem"].map((n) => [n, newtcbtheorem] as const),
  ...["newtcolorbox", "renewtcolorbox", "NewTColorBox", "DeclareTColorBox", "newmdenv"].map(
    (n) => [n, newbox] as const,
  ),
  ...[
    "lstnewenvironment",
    "DefineVerbatimEnvironment",
    "newtcblisting",
    "NewTCBListing",
    "DeclareTCBListing",
    "excludecomment",
  ].map((n) => [n, opaque] as const),
]);

/** Whether a command (without backslash and star) defines a macro, an environment or a theorem. */
export function isDefining(name: string): boolean {
  return READERS.has(name);
}

/** A macro body that declares theorems, such as HoTT's `\defthm`. */
export const DECLARES =
  /\\(?:sp)?(?:newtheorem|declaretheorem|newtcbtheorem|newmdtheoremenv|newframedtheorem)(?![A-Za-z])/;

/** A `\\begin{…}` or `\\end{…}` that a macro leaves open. */
interface Edge {
  readonly type: "begin" | "end";
  readonly name: string;
}

/** The environments that a macro opens or ends for its user, as `\\newcommand{\\bthm}{\\begin{theorem}}` does. */
export function edgesOf(body: string): readonly Edge[] {
  const edges: Edge[] = [];
  for (const match of body.matchAll(/\\(begin|end)\s*\{([^{}#\\]*)\}/g)) {
    const edge: Edge = { type: match[1] as Edge["type"], name: match[2]!.trim() };
    const last = edges.at(-1);
    if (edge.type === "end" && last?.type === "begin" && last.name === edge.name) edges.pop();
    else edges.push(edge);
  }
  return edges;
}

/**
 * Reads the definition whose command `name` starts at `start` and whose arguments start at `at`; null if it is not
 * complete, so that half-typed definitions hide nothing.
 */
export function readDefinition(
  text: string,
  name: string,
  start: number,
  at: number,
  fuel: Fuel,
  star: boolean,
): Definition | null {
  if (fuel.left <= 0) return null;
  return READERS.get(name)?.(text, start, at, fuel, star) ?? null;
}
