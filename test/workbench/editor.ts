import type { Locator } from "playwright-core";

/** The lines that an editor (`.monaco-editor`) shows, top to bottom, without ghost text. */
export async function editorLines(editor: Locator): Promise<string> {
  return editor
    .locator(".view-lines")
    .first()
    .evaluate((lines) => {
      const rows = [...lines.querySelectorAll<HTMLElement>(":scope > .view-line")];
      rows.sort((a, b) => Number.parseFloat(a.style.top) - Number.parseFloat(b.style.top));
      return rows
        .map((row) => {
          const copy = row.cloneNode(true) as HTMLElement;
          for (const ghost of copy.querySelectorAll("[class*='ghost-text']")) ghost.remove();
          return (copy.textContent ?? "").replaceAll("\u00a0", " ").replaceAll("\u200b", "");
        })
        .join("\n");
    });
}

/** The ghost text that an editor (`.monaco-editor`) shows, in the order of the screen; empty lines aren't seen. */
export async function ghostLines(editor: Locator): Promise<string> {
  return editor.locator("[class*='ghost-text-decoration'], .suggest-preview-text .view-line").evaluateAll((found) => {
    // The first line sits in the text and the further ones in a zone of their own, which comes earlier in the page.
    const parts = found.map((element) => ({ text: element.textContent ?? "", place: element.getBoundingClientRect() }));
    const seen = parts.filter(({ text }) => text !== "");
    seen.sort((a, b) => a.place.top - b.place.top || a.place.left - b.place.left);
    return seen
      .map(({ text, place }, i) => (i > 0 && place.top > (seen[i - 1]?.place.bottom ?? 0) - 2 ? `\n${text}` : text))
      .join("")
      .replaceAll("\u00a0", " ");
  });
}
