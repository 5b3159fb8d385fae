import { captionText, isProvable, type Meaning, meaningOfCaption, meaningOfName } from "../kinds.js";
import type { StatementKind } from "../types.js";
import type { TheoremDeclaration } from "./definitions.js";
import type { Lexed } from "./tokens.js";

/** What an environment of this document is for, and how its arguments are written. */
export interface EnvironmentUse extends Meaning {
  readonly caption: string;
  readonly provable: boolean;
  readonly arguments: "bracket" | "tcb";
  readonly labelPrefix: string;
  readonly declaration: TheoremDeclaration | null;
  /** The arguments of an environment of the document's own, and which of them are its title, label and number; -1 for none. */
  readonly wrapper: {
    readonly parameters: string;
    readonly title: number;
    readonly label: number;
    readonly number: number;
  } | null;
}

/** Tells for an environment name (with its star) what it is for, or null. */
export type EnvironmentTable = (name: string) => EnvironmentUse | null;

/**
 * The environments of a document: its own declarations first (the printed title says what they are), then names from
 * elsewhere, then environments that wrap a known one, then the usual names.
 */
export function environmentTable(
  lexed: Pick<Lexed, "theorems" | "environments" | "exercises">,
  names: Readonly<Record<string, StatementKind>>,
): EnvironmentTable {
  const uses = new Map<string, EnvironmentUse | null>();
  for (const theorem of lexed.theorems) {
    const meaning = meaningOfCaption(theorem.caption) ?? meaningOfName(theorem.name);
    const caption = captionText(theorem.caption);
    if (meaning?.role === "proof" && /^(?:end|qed)/i.test(theorem.name)) continue;
    const kind = meaning?.kind ?? (Object.hasOwn(names, theorem.name) ? names[theorem.name]! : "other");
    const use: EnvironmentUse = {
      role: meaning?.role ?? "statement",
      kind,
      caption,
      provable: isProvable(kind, caption),
      arguments: theorem.arguments,
      labelPrefix: theorem.labelPrefix,
      declaration: theorem,
      wrapper: null,
    };
    uses.set(theorem.name, use);
    if (theorem.arguments === "tcb") uses.set(`${theorem.name}*`, use);
  }
  for (const [name, kind] of Object.entries(names))
    if (!uses.has(name)) uses.set(name, plain({ role: kind === "solution" ? "solution" : "statement", kind }, name));
  for (const { name, begin, parameters } of lexed.environments) {
    if (uses.has(name)) continue;
    const use = wrapped(name, begin, uses);
    if (use) uses.set(name, withParameters(use, begin, parameters));
  }
  return (name) => {
    const known = uses.get(name);
    if (known !== undefined) return known;
    const bare = name.replace(/\*+$/, "");
    let use = uses.get(bare) ?? null;
    if (!use) {
      const meaning = meaningOfName(bare);
      if (meaning)
        use = plain(
          bare.toLowerCase() === "ex" && lexed.exercises > 0 ? { ...meaning, kind: "example" } : meaning,
          bare,
        );
    }
    uses.set(name, use);
    return use;
  };
}

function plain(meaning: Meaning, caption: string): EnvironmentUse {
  return {
    ...meaning,
    caption,
    provable: isProvable(meaning.kind, caption),
    arguments: "bracket",
    labelPrefix: "",
    declaration: null,
    wrapper: null,
  };
}

function withParameters(use: EnvironmentUse, begin: string, parameters: string): EnvironmentUse {
  if (parameters === "") return use;
  const title = /\\(?:begin\s*\{[^{}]*\}|[A-Za-z]+)\s*\[\{?#([1-9])\}?\]/.exec(begin);
  const label = /\\label\s*\{([^{}#]*)#([1-9])\}/.exec(begin);
  const number = /\\(?:(?:re)?newcommand|def)\s*\*?\s*\{?\s*\\the[A-Za-z]+\s*\}?\s*\{#([1-9])\}/.exec(begin);
  const position = (match: RegExpExecArray | null, group: number) => Number(match?.[group] ?? 0) - 1;
  const wrapper = { parameters, title: position(title, 1), label: position(label, 2), number: position(number, 1) };
  return { ...use, wrapper, labelPrefix: label?.[1] ?? "" };
}

/** An environment that the document defines around a known one, or with a bold head of its own. */
function wrapped(name: string, begin: string, uses: ReadonlyMap<string, EnvironmentUse | null>): EnvironmentUse | null {
  for (const match of begin.matchAll(/\\begin\s*\{([^{}]*)\}/g)) {
    const inner = match[1]!;
    const use = uses.get(inner) ?? uses.get(inner.replace(/\*$/, ""));
    const meaning = use ?? meaningOfName(inner);
    if (!meaning) continue;
    const own = meaningOfName(name);
    return plain(own && own.role === meaning.role ? own : meaning, use?.caption ?? name);
  }
  // \innertheorem opens what \newtheorem{innertheorem} declares.
  for (const match of begin.matchAll(/\\([A-Za-z]+)/g)) {
    const use = uses.get(match[1]!);
    if (use) return plain(use, use.caption);
  }
  if (/\\proof(?![A-Za-z])/.test(begin)) return plain({ role: "proof", kind: "other" }, "proof");
  const own = meaningOfName(name);
  if (own) return plain(own, name);
  const head = /\\(?:textbf|textit|emph|textsc|bfseries|bf|itshape|it)\b\s*\{?\s*([^{}\\]*)/.exec(begin);
  const meaning = head && meaningOfCaption(head[1]!.replace(/[.:\d]/g, " "));
  return meaning ? plain(meaning, head[1]!) : null;
}
