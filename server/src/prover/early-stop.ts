/**
 * Appended to a thought that is closed before its time: the text that Qwen's own documentation of thinking budgets
 * uses, leading space included. The closing tag follows by the template. QED-Nano was not trained on it, so a proof
 * that follows is labelled "thinking cut at N tokens".
 */
export const EARLY_STOP =
  "\n\n Considering the limited time by the user, I have to give the solution based on the thinking directly now.";
