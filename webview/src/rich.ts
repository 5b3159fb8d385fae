import { renderHtml } from "../../server/src/convert/markdown.js";
import { formula } from "./mathematics.js";

/** Longer pieces are shown as they are: they are no prose, and setting them would hold up the page. */
const LONGEST_PIECE = 60_000;

/** Quotes and lists in each other, so deep that a Markdown parser gives up and their text would be lost. */
const TOO_DEEP = /^(?:[ \t]*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s))){40}/m;

const ALLOWED: ReadonlySet<string> = new Set(
  "P SMALL STRONG EM CODE PRE UL OL LI HR BR BLOCKQUOTE TABLE THEAD TBODY TR TH TD DEL S SUP SUB DL DT DD".split(" "),
);

/** Characters that turn the direction of what follows, and with it the meaning of what is read. */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/g;

/** How a text is rendered. */
export interface RichOptions {
  /** Macros for KaTeX. */
  readonly macros: Readonly<Record<string, string>>;
  /** Level of the document's own headings around the text: those within it go below. */
  readonly level: number;
}

/**
 * A text of a model or an author as nodes: Markdown with mathematics. Whatever the text is, the nodes hold no script,
 * no link, no image and no attribute that the text chose; what is not understood stays readable as text.
 */
export function rich(text: string, { macros, level }: RichOptions): DocumentFragment {
  const visible = showDirections(text);
  if (visible.length > LONGEST_PIECE || TOO_DEEP.test(visible)) return plain(visible);
  const formulas: { readonly tex: string; readonly display: boolean }[] = [];
  const template = document.createElement("template");
  try {
    const placeholder = (tex: string, display: boolean) => {
      formulas.push({ tex, display });
      return `<span data-formula="${formulas.length - 1}"></span>`;
    };
    template.innerHTML = renderHtml(visible, placeholder, new Set(Object.keys(macros)));
  } catch {
    return plain(visible);
  }
  const made = document.createDocumentFragment();
  copy(template.content, made, (element) => {
    const known = formulas[Number(element.dataset.formula ?? Number.NaN)];
    if (known) return formula(known.tex, known.display, macros);
    const heading = /^H([1-6])$/.exec(element.tagName);
    return heading ? document.createElement(`h${Math.min(6, level + Number(heading[1]))}`) : null;
  });
  liftDisplays(made);
  joinPunctuation(made);
  return made;
}

/** A text as it is, line breaks kept. */
function plain(text: string): DocumentFragment {
  const made = document.createDocumentFragment();
  const element = document.createElement("div");
  element.className = "plain";
  element.textContent = text;
  made.append(element);
  return made;
}

/** A text with the characters that turn its direction named instead of obeyed. */
export function showDirections(text: string): string {
  return text.replace(DIRECTION, (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase()}⟩`);
}

/**
 * Copies what is allowed. The renderer is trusted to escape; this is the second lock: elements that are not known lose
 * their tags and keep their text, and no attribute but a list's first number survives.
 */
function copy(from: Node, to: Node, replace: (element: HTMLElement) => Node | null): void {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      to.appendChild(document.createTextNode(node.textContent ?? ""));
    } else if (node instanceof HTMLImageElement) {
      to.appendChild(document.createTextNode(node.alt));
    } else if (node instanceof HTMLElement) {
      const replacement = replace(node);
      if (node.dataset.formula !== undefined && replacement) {
        to.appendChild(replacement);
        continue;
      }
      const target = replacement ?? (ALLOWED.has(node.tagName) ? document.createElement(node.tagName) : to);
      if (node instanceof HTMLOListElement && target instanceof HTMLOListElement && node.start !== 1) {
        target.start = node.start;
      }
      copy(node, target, replace);
      if (target !== to) to.appendChild(target);
    } else {
      to.appendChild(document.createTextNode(node.textContent ?? ""));
    }
  }
}

/** A display formula is a block: within a paragraph it would be cut off from its scroll bar. */
function liftDisplays(fragment: DocumentFragment): void {
  for (const paragraph of fragment.querySelectorAll("p")) {
    if (!paragraph.querySelector(":scope > .display, :scope > pre.source")) continue;
    const block = document.createElement("div");
    block.className = "paragraph";
    block.append(...paragraph.childNodes);
    paragraph.replaceWith(block);
  }
}

/** Longer formulas may need the line's end for themselves. */
const JOINED = 160;

/** Without this, a full stop after a formula can begin the next line: browsers break around inline blocks. */
function joinPunctuation(fragment: DocumentFragment): void {
  for (const inline of fragment.querySelectorAll<HTMLElement>(".inline")) {
    const next = inline.nextSibling;
    if (next?.nodeType !== Node.TEXT_NODE || (inline.textContent?.length ?? 0) > JOINED) continue;
    const [marks] = /^[.,;:!?)\]’”"]+/.exec(next.textContent ?? "") ?? [];
    if (marks === undefined) continue;
    const together = document.createElement("span");
    together.className = "together";
    inline.replaceWith(together);
    together.append(inline, marks);
    next.textContent = (next.textContent ?? "").slice(marks.length);
  }
}
