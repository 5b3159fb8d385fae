import { keyValues } from "./definitions.js";
import type { EnvironmentUse } from "./environments.js";
import { bracketEnd, groupEnd, LONGEST_TITLE, readName, skipBlank } from "./groups.js";

/** The arguments after a `\begin{…}`: what they say and where the body starts. */
export interface Opening {
  readonly title: string | null;
  readonly labels: readonly string[];
  /** What an argument of the document's own environment says to be its number; null if none does. */
  readonly number: string | null;
  readonly bodyStart: number;
  /** `restatable` names the environment that it stands for. */
  readonly inner: string | null;
}

const KEYS = /^\s*(?:name|title|label|continues|restate|style|note|listhack|text|restated)\s*=/;
const LABEL = /\\(?:th)?label\s*\{([^{}]*)\}/g;

/** Reads the arguments of a theorem, proof or solution environment whose `\begin{…}` ends at `at`. */
export function readOpening(text: string, at: number, use: EnvironmentUse | null, name: string): Opening {
  if (name === "restatable" || name === "restatable*") return readRestatable(text, at);
  let i = at;
  const labels: string[] = [];
  let title: string | null = null;
  let number: string | null = null;
  const overlay = /^\s*(?:<[^<>\n]{1,40}>|\[<[^<>\n]{1,40}>\])/.exec(text.slice(at, at + 60));
  if (overlay) i += overlay[0].length;
  if (use?.wrapper) {
    const values = readParameters(text, i, use.wrapper.parameters);
    i = values.end;
    const named = values.list[use.wrapper.title] ?? values.list.find((_, k) => use.wrapper!.parameters[k] === "o");
    const parsed = named ? readOption(named) : null;
    title = parsed?.title ?? null;
    const label = values.list[use.wrapper.label];
    number = values.list[use.wrapper.number]?.replace(/[${}]/g, "").trim() || null;
    labels.push(...(parsed?.labels ?? []), ...(label ? [use.labelPrefix + label.trim()] : []));
  }
  for (let options = 0; options < (use?.arguments === "tcb" ? 1 : 2); options++) {
    const open = skipBlank(text, i);
    const close = bracketEnd(text, open, LONGEST_TITLE);
    if (close < 0 || (options === 1 && !/^\s*(?:\[)/.test(text.slice(i, i + 2)))) break;
    const value = text.slice(open + 1, close - 1);
    if (use?.arguments === "tcb") {
      i = close;
      break;
    }
    const parsed = readOption(value);
    if (options === 1 && parsed.title !== null && title !== null) break;
    title ??= parsed.title;
    labels.push(...parsed.labels);
    i = close;
  }
  if (use?.arguments === "tcb") {
    const open = skipBlank(text, i);
    const close = groupEnd(text, open, LONGEST_TITLE);
    if (close > 0) {
      const parsed = stripLabels(text.slice(open + 1, close - 1));
      title = parsed.title;
      labels.push(...parsed.labels);
      i = close;
      const label = name.endsWith("*") ? null : readName(text, skipBlank(text, i));
      if (label) {
        if (label.name !== "") labels.push(use.labelPrefix + label.name);
        i = label.end;
      }
    }
  } else if (use?.role === "proof" && /of/i.test(name) && title === null) {
    // proofof{Theorem 3}: the argument says what is proved.
    const open = skipBlank(text, i);
    const close = groupEnd(text, open, LONGEST_TITLE);
    if (close > 0) {
      const value = text.slice(open + 1, close - 1).trim();
      title = value === "" ? null : `of ${value}`;
      i = close;
    }
  }
  return { title, labels, number, bodyStart: i, inner: null };
}

/** The arguments that an environment of the document's own takes, `m` in braces and `o` in brackets. */
function readParameters(text: string, at: number, parameters: string): { list: (string | undefined)[]; end: number } {
  const list: (string | undefined)[] = [];
  let end = at;
  for (const parameter of parameters) {
    // Further ahead than a scan looks, nothing is an argument.
    if (end - at > 2 * LONGEST_TITLE) break;
    const open = skipBlank(text, end);
    const close = parameter === "m" ? groupEnd(text, open, LONGEST_TITLE) : bracketEnd(text, open, LONGEST_TITLE);
    list.push(close < 0 ? undefined : text.slice(open + 1, close - 1));
    if (close >= 0) end = close;
  }
  return { list, end };
}

function readRestatable(text: string, at: number): Opening {
  const open = skipBlank(text, at);
  const close = bracketEnd(text, open, LONGEST_TITLE);
  const option = close < 0 ? { title: null, labels: [] } : readOption(text.slice(open + 1, close - 1));
  const inner = readName(text, skipBlank(text, close < 0 ? at : close));
  const macro = inner && readName(text, skipBlank(text, inner.end));
  return { ...option, number: null, bodyStart: (macro ?? inner)?.end ?? at, inner: inner?.name ?? null };
}

function readOption(value: string): { title: string | null; labels: string[] } {
  if (!KEYS.test(value) && !/,\s*(?:label|continues|restate)\s*=/.test(value)) return stripLabels(value);
  const keys = keyValues(value);
  // thmtools also takes a bare title before its keys: `[Gold, label=thm:gold]`.
  const bare = [...keys].filter(([, content]) => content === "").map(([key]) => key);
  if (bare.length > 0 && !keys.has("name") && !keys.has("title")) keys.set("name", bare.join(", "));
  const named =
    (keys.get("name") ?? keys.get("title") ?? keys.get("note") ?? null)
      // Boxes repeat their caption in the title: "\\bfseries Example~\\thetcbcounter: Euler".
      ?.replace(/^\s*(?:\\(?:bfseries|itshape|sffamily|scshape|normalfont)\s*)+/, "")
      .replace(/^[\p{L} ]+~?\s*\\the\w+\s*(?:[:.–—-]\s*)?/u, "") ?? null;
  const inner = named === null ? { title: null, labels: [] } : stripLabels(named);
  const label = keys.get("label");
  return { title: inner.title, labels: label ? [label.replace(/[{}]/g, "").trim(), ...inner.labels] : inner.labels };
}

function stripLabels(value: string): { title: string | null; labels: string[] } {
  const labels: string[] = [];
  const title = value
    .replace(/(?<!\\)%[^\n]*\n?[ \t]*/g, "")
    .replace(LABEL, (_, label: string) => {
      labels.push(label.trim());
      return "";
    })
    .trim();
  return { title: title === "" ? null : title, labels };
}
