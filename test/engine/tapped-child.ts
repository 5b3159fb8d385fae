/** The engine's process as it is, with every message written down. The tap must come first. */
import "./tap.js";
import "../../server/src/engine/local/child.js";
