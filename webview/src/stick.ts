import { element, setShown } from "./elements.js";
import { button } from "./toolkit.js";

/** So near to the end counts as the end, in CSS pixels. */
const NEAR = 32;

/**
 * Keeps the window at the end of what grows, unless the reader has scrolled up; then offers a way back when there is
 * something new.
 */
export class StickToEnd {
  /** The "new text" button, in a place of its own. */
  readonly root: HTMLElement;
  readonly #button: HTMLElement;
  #sticking = false;
  #active = false;
  #height = 0;
  #top = 0;

  /** @param content what grows */
  constructor(content: HTMLElement) {
    this.#button = button("↓ New text", "primary", () => this.#toEnd());
    this.root = element("div", "new-text", this.#button);
    setShown(this.#button, false);
    window.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#grown()).observe(content);
  }

  /** Whether the reader is at the end. */
  get sticking(): boolean {
    return this.#sticking;
  }

  /** A run is growing, or no longer: then nothing moves by itself. */
  setActive(active: boolean): void {
    if (this.#active === active) return;
    this.#active = active;
    if (active) this.#toEnd();
    else setShown(this.#button, false);
    this.#height = this.#scroller.scrollHeight;
  }

  get #scroller(): Element {
    return document.scrollingElement ?? document.documentElement;
  }

  #atEnd(): boolean {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    return scrollTop + clientHeight >= scrollHeight - NEAR;
  }

  #scrolled(): void {
    const top = this.#scroller.scrollTop;
    // What grows doesn't move the window, and what is moved by the page goes down: only its reader goes up.
    if (this.#atEnd()) {
      this.#sticking = true;
      setShown(this.#button, false);
    } else if (top < this.#top) {
      this.#sticking = false;
    }
    this.#top = top;
  }

  #grown(): void {
    const height = this.#scroller.scrollHeight;
    const grew = height > this.#height;
    this.#height = height;
    if (!this.#active) return;
    if (this.#sticking) this.#scroller.scrollTop = height;
    else if (grew && !this.#atEnd()) setShown(this.#button, true);
  }

  #toEnd(): void {
    this.#sticking = true;
    setShown(this.#button, false);
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }
}
