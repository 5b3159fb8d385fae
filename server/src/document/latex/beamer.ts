import type { Block } from "../blocks.js";
import { readHead } from "../heads.js";
import { isProvable } from "../kinds.js";
import { groupEnd, LONGEST_TITLE, skipBlank } from "./groups.js";

/** Beamer's boxes: `\begin{block}<2->{Theorem (Euler)}`. Their title says what they are. */
const BOXES: ReadonlySet<string> = new Set(["block", "alertblock", "exampleblock"]);
const OVERLAY = /^<[^<>\n]{1,40}>/;

/** The block that a beamer box begins whose `\begin{…}` is `[start, at)`; null if its title names nothing to prove. */
export function beamerBlock(text: string, name: string, start: number, at: number): Block | null {
  if (!BOXES.has(name)) return null;
  let open = skipBlank(text, at);
  open += OVERLAY.exec(text.slice(open, open + 50))?.[0].length ?? 0;
  const end = groupEnd(text, open, LONGEST_TITLE);
  const head = end < 0 ? null : readHead(text.slice(open + 1, end - 1).replace(/\\(?:th)?label\s*\{[^{}]*\}/g, ""));
  if (!head) return null;
  const bodyStart = end + (OVERLAY.exec(text.slice(end, end + 50))?.[0].length ?? 0);
  const { role, kind, number, title } = head;
  const provable = role === "statement" && isProvable(kind, head.name);
  return {
    role,
    kind,
    name,
    title,
    labels: [],
    number,
    start,
    end: bodyStart,
    body: { start: bodyStart, end: bodyStart },
    markup: "environment",
    closed: false,
    provable,
    level: 0,
    proves: [],
  };
}
