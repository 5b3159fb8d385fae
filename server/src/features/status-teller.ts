import type { Connection } from "vscode-languageserver";
import { StatusNotification } from "../protocol.js";
import type { RunEvent } from "../store/run.js";

/** Turns the events of a run into `qed/status`. */
export class StatusTeller {
  readonly #connection: Connection;
  #model = "";
  #rehearsal = false;
  #loading = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  event(event: RunEvent): void {
    if (event.type === "phase" && event.phase === "loading" && !this.#loading) {
      this.#loading = true;
      this.#tell("loading", "Loading the model.");
    } else if (event.type === "engine") {
      this.#model = event.model;
      this.#rehearsal = event.rehearsal;
      this.#tell("busy", `${event.model} on ${event.device}`);
    } else if (event.type === "outcome") {
      const failed = event.outcome.kind === "failed";
      this.#tell(
        failed ? "failed" : "ready",
        "message" in event.outcome ? event.outcome.message : "The model is ready.",
      );
    }
  }

  /** Before a run that waits for another window, or does with less. */
  waiting(whenHeld: "wait" | "less"): void {
    this.#loading = true;
    const message = "Waiting until another window lets its model go.";
    this.#tell("loading", whenHeld === "wait" ? message : "Loading the model with less memory.");
  }

  #tell(state: StatusNotification.Params["state"], message: string): void {
    void this.#connection.sendNotification(StatusNotification.type, {
      state,
      model: this.#model,
      rehearsal: this.#rehearsal,
      message,
    });
  }
}
