import * as vscode from "vscode";
import type { ProveRequest } from "../../server/src/protocol.js";

/** In which way a statement is to be proved. */
export interface ProveHow {
  readonly differently?: boolean;
  /** Several runs at once. */
  readonly count?: number;
  /** Also where the statement is outside of what the model can do. */
  readonly force?: boolean;
  /** What to do about a model that another window holds. */
  readonly whenHeld?: "wait" | "less";
}

/** Asks for the same run once more, with an answer to what stood in its way. */
export type Again = (more: ProveHow) => Promise<void>;

const ANYWAY = "Prove Anyway";
const SUMMARISE = "Summarise and Continue";

/** The buttons of what helps. */
const REMEDIES: Readonly<Record<ProveRequest.Remedy, string>> = {
  setUp: "Set Up Model",
  retry: "Retry",
  wait: "Wait for It",
  less: "Use Less Memory",
  report: "Show Set-Up Information",
};

// None of these is awaited: a message may stay for hours, and the run has ended.

/** Says why a statement was not run, and offers to run it all the same. */
export function offerAnyway(message: string, again: Again): void {
  void vscode.window.showWarningMessage(`QED: ${message}`, ANYWAY).then((answer) => {
    if (answer === ANYWAY) void again({ force: true });
  });
}

/** Offers a run of its own that goes on from a summary of the thought. */
export function offerSummary(summarise: () => Promise<void>): void {
  const message =
    "QED: The thought was cut before its end. The model can summarise it and begin anew with that, in a run of its own.";
  void vscode.window.showInformationMessage(message, SUMMARISE).then((answer) => {
    if (answer === SUMMARISE) void summarise();
  });
}

/** Says why there is no proof, with a button for each thing that helps. */
export function offerRemedies(message: string, remedies: readonly ProveRequest.Remedy[], again: Again): void {
  const buttons = remedies.map((remedy) => REMEDIES[remedy]);
  void vscode.window.showWarningMessage(`QED: ${message}`, ...buttons).then((answer) => {
    switch (remedies.find((remedy) => REMEDIES[remedy] === answer)) {
      case "setUp":
        return void vscode.commands.executeCommand("qed.setUpModel");
      case "retry":
        return void again({});
      case "wait":
        return void again({ whenHeld: "wait" });
      case "less":
        return void again({ whenHeld: "less" });
      case "report":
        return void vscode.commands.executeCommand("qed.showSetUpInformation");
    }
  });
}
