import { isProvable, kindOfQuartoId, type Meaning, meaningOfName } from "../kinds.js";
import type { StatementKind } from "../types.js";

/** What the opening line of a div, directive or callout says. */
export interface Opening extends Meaning {
  readonly name: string;
  readonly title: string | null;
  readonly label: string | null;
  readonly provable: boolean;
  /** The number that is written; absent where none can be. */
  readonly number?: string | null;
}

type Names = Readonly<Record<string, StatementKind>>;

function meaningOf(name: string, names: Names): Meaning | null {
  const own = Object.hasOwn(names, name) ? names[name] : undefined;
  if (own !== undefined) return { role: own === "solution" ? "solution" : "statement", kind: own };
  return meaningOfName(name);
}

function opening(
  name: string,
  meaning: Meaning,
  title: string | null | undefined,
  label: string | null | undefined,
): Opening {
  const text = title?.trim() ?? "";
  return {
    ...meaning,
    name,
    title: text === "" ? null : text,
    label: label || null,
    provable: isProvable(meaning.kind, name),
  };
}

/** `::: {.theorem #thm-x name="…"}`, `::: theorem`, `::: {#thm-x}`: null if it is no theorem-like div. */
export function readDiv(attributes: string, names: Names): Opening | null {
  const inner = attributes.trim();
  if (!inner.startsWith("{")) {
    const bare = /^([\w-]+)\s*(?:\{([^{}]*)\})?\s*:*\s*$/.exec(inner);
    if (!bare || (ALERTS.test(bare[1]!) && !Object.hasOwn(names, bare[1]!))) return null;
    const meaning = meaningOf(bare[1]!, names);
    return meaning
      ? opening(bare[1]!, meaning, attribute(bare[2] ?? ""), /#([\w:.-]+)/.exec(bare[2] ?? "")?.[1])
      : null;
  }
  const body = /^\{((?:[^{}"']|"[^"]*"|'[^']*'|\{[^{}]*\})*)\}/.exec(inner)?.[1];
  if (body === undefined) return null;
  const values = body.replace(/[\w-]+=(?:"[^"]*"|'[^']*'|[^\s"']*)/g, " ");
  const label = /#([^\s#.{}]+)/.exec(values)?.[1] ?? /\bid="([^"]*)"/.exec(body)?.[1];
  const title = attribute(body);
  for (const match of values.matchAll(/\.([\w-]+)/g)) {
    if (ALERTS.test(match[1]!) && !Object.hasOwn(names, match[1]!)) continue;
    const meaning = meaningOf(match[1]!, names);
    if (meaning) return opening(match[1]!, meaning, title, label);
  }
  const kind = label === undefined ? null : kindOfQuartoId(label);
  if (kind === null) return null;
  return opening(kind, { role: kind === "solution" ? "solution" : "statement", kind }, title, label);
}

function attribute(body: string): string | undefined {
  const match = /(?:^|\s)(?:name|title|data-title)=(?:"([^"]*)"|'([^']*)'|([^\s"']+))/.exec(body);
  return match ? (match[1] ?? match[2] ?? match[3]) : undefined;
}

/** Directives of MyST whose content is Markdown, so that theorems may stand in them. */
const TRANSPARENT =
  /^(?:note|warning|tip|hint|important|caution|attention|danger|error|seealso|admonition|dropdown|card|grid|grid-item|grid-item-card|tab-set|tab-item|margin|sidebar|topic|div|container|only|details|aside|epigraph|example-block)$/;

/** `{prf:theorem} Title` after a fence: a theorem-like opening, `transparent` for other Markdown content, or null. */
export function readDirective(info: string, names: Names): Opening | "transparent" | null {
  const match = /^\s*\{([\w:.+-]+)\}\s*(.*)$/.exec(info);
  if (!match) return null;
  const [, name, argument] = match;
  const bare = name!.replace(/^(?:prf|proof|thm):/, "");
  if (TRANSPARENT.test(name!)) return "transparent";
  const meaning = meaningOf(bare, names);
  if (
    !meaning ||
    (bare === name &&
      !/^(?:proof|theorem|lemma|definition|corollary|proposition|conjecture|exercise|solution|axiom|claim|remark|example|problem|assumption|property|criterion|observation|algorithm|sketch|fact|question)$/.test(
        bare,
      ) &&
      !Object.hasOwn(names, bare))
  )
    return null;
  return opening(bare, meaning, argument, null);
}

/** Callout types that belong to GitHub or Obsidian, not to mathematics. */
const ALERTS =
  /^(?:note|tip|important|warning|caution|abstract|summary|tldr|info|todo|hint|success|check|done|help|faq|attention|failure|fail|missing|danger|error|bug|quote|cite)$/i;

/** The first line of a callout, quote marks taken off: `[!theorem]- Title`; null if it is no theorem-like callout. */
export function readCallout(line: string, names: Names): Opening | null {
  const match = /^\s*\[!([^\]|]+)(?:\|([^\]]*))?\]\s*[+-]?\s*(.*)$/.exec(line);
  if (!match) return null;
  const name = match[1]!.trim();
  if (name === "math") return readMathBooster(match[2] ?? "", match[3]!, names);
  if (ALERTS.test(name) && !Object.hasOwn(names, name)) return null;
  const meaning = meaningOf(name, names) ?? meaningOf(name.toLowerCase(), names);
  if (!meaning) return null;
  const id = /\s+\^([\w-]+)\s*$/.exec(match[3]!);
  return opening(name, meaning, id ? match[3]!.slice(0, id.index) : match[3], id?.[1]);
}

/** The callouts of Obsidian's Math Booster: `[!math|{"type":"theorem","title":"…","label":"…"}]`. */
function readMathBooster(metadata: string, rest: string, names: Names): Opening | null {
  const field = (key: string) => new RegExp(`"${key}"\\s*:\\s*"([^"]*)"`).exec(metadata)?.[1];
  const type = field("type");
  const meaning = type === undefined ? null : meaningOf(type, names);
  return meaning && opening(type!, meaning, field("title") || rest, field("label"));
}

/** `\begin{theorem}[Title]\label{x}` in Markdown: null if it is no theorem-like environment. */
export function readEnvironment(
  environment: string,
  title: string | undefined,
  label: string | undefined,
  names: Names,
): Opening | null {
  const name = environment.replace(/\*$/, "");
  const meaning = meaningOf(name, names);
  return meaning && opening(name, meaning, title, label);
}

/** Class names of web pages that say something else there, as a rule: API documentation, questions and answers. */
const OF_THE_WEB = /^(?:.{0,3}|prop|ques|answer|question|property|fact|note|code|demo|algo|assump|result)$/i;
/** Short names that only authors of mathematics give to a class. */
const OF_MATHEMATICS = /^(?:thm|lem|cor)$/i;

/** The attributes of an HTML tag, `class="theorem" id="x" title="…"`: null if no class of it is theorem-like. */
export function readHtml(attributes: string, names: Names): Opening | null {
  const value = (key: string) => {
    const match = new RegExp(`(?:^|\\s)${key}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i").exec(attributes);
    return match ? (match[1] ?? match[2] ?? match[3]) : undefined;
  };
  for (const name of (value("class") ?? "").split(/\s+/)) {
    const webs = ALERTS.test(name) || (OF_THE_WEB.test(name) && !OF_MATHEMATICS.test(name));
    if (webs && !Object.hasOwn(names, name)) continue;
    const meaning = meaningOf(name, names);
    if (meaning)
      return opening(name, meaning, value("data-title") ?? value("title") ?? value("data-name"), value("id"));
  }
  return null;
}
