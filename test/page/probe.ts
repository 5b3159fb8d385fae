/** A page that offers the setting of formulas by itself, without the Markdown renderer that takes out most harm before. */
import { formula } from "../../webview/src/mathematics.js";

/** Sets a formula into the page and gives its HTML. */
function setFormula(tex: string, macros: Readonly<Record<string, string>>): string {
  const place = document.getElementById("qed") as HTMLElement;
  place.replaceChildren(formula(tex, false, macros));
  return place.innerHTML;
}

Object.assign(globalThis, { qedSetFormula: setFormula });
