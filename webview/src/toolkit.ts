/**
 * The one module that knows the component toolkit, which is archived upstream: whoever replaces it replaces this.
 * Its components take their colours from VS Code's theme variables and their styles from adopted style sheets, so they
 * need no exception in the content security policy.
 */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeProgressRing } from "@vscode/webview-ui-toolkit";

/** Registers the components that the page uses: `vscode-button` and `vscode-progress-ring`. Once, before the first. */
export function registerComponents(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeProgressRing());
}

/** A button of the toolkit. */
export interface ToolkitButton extends HTMLElement {
  disabled: boolean;
  appearance: "primary" | "secondary" | "icon";
}

/** A button that does one thing. */
export function button(label: string, appearance: "primary" | "secondary", press: () => void): ToolkitButton {
  const made = document.createElement("vscode-button") as ToolkitButton;
  made.setAttribute("appearance", appearance);
  made.textContent = label;
  made.addEventListener("click", () => {
    if (!made.disabled) press();
  });
  return made;
}

/** The turning ring of something that takes its time. Decoration: the words beside it say what it is. */
export function progressRing(): HTMLElement {
  const ring = document.createElement("vscode-progress-ring");
  ring.setAttribute("aria-hidden", "true");
  return ring;
}
