import type { Piece } from "./dialect.js";

const OPEN = "<think>";
const CLOSE = "</think>";

/**
 * Makes one raw text of what a server gives: a thought in a field of its own, then `</think>`, then the answer. What a
 * server without a reasoning parser gives (`<think>` at the beginning or not, `</think>` in the text) is that text
 * already, but for the opening tag, which the template has.
 */
export class RawText {
  /** `begin` until it is seen whether the text opens a thought itself. */
  #state: "begin" | "thought" | "text";
  #held = "";
  #lineEnded = true;

  /** @param raw whether the text goes on with one that the template has begun, and so opens no thought itself */
  constructor(raw: boolean) {
    this.#state = raw ? "text" : "begin";
  }

  push({ thought = "", text = "" }: Piece): string {
    return this.#thought(thought) + this.#text(text);
  }

  /** What was held back, at the end of the stream; after a thought that is nothing but what parts it from an answer. */
  flush(): string {
    const held = this.#state === "thought" ? "" : this.#held;
    this.#held = "";
    return held;
  }

  #thought(thought: string): string {
    if (thought === "") return "";
    // A thought after the beginning of an answer has no place in it.
    if (this.#state === "text" && this.#began) return "";
    this.#state = "thought";
    this.#lineEnded = thought.endsWith("\n");
    return this.flush() + thought;
  }

  #began = false;

  #text(text: string): string {
    if (text === "") return "";
    const all = this.#held + text;
    this.#held = "";
    switch (this.#state) {
      case "text":
        this.#began = true;
        return all;
      case "begin": {
        const start = all.trimStart();
        if (OPEN.startsWith(start.slice(0, OPEN.length)) && start.length < OPEN.length) {
          this.#held = all;
          return "";
        }
        this.#state = "text";
        this.#began = true;
        return start.startsWith(OPEN) ? start.slice(OPEN.length).replace(/^\n/, "") : all;
      }
      case "thought": {
        const start = all.trimStart();
        // Some parsers leave line breaks or the tag itself at the beginning of the answer.
        if (start.length < CLOSE.length && CLOSE.startsWith(start)) {
          this.#held = all;
          return "";
        }
        this.#state = "text";
        this.#began = true;
        const answer = start.startsWith(CLOSE) ? start.slice(CLOSE.length).trimStart() : start;
        return `${this.#lineEnded ? "" : "\n"}${CLOSE}\n\n${answer}`;
      }
    }
  }
}
