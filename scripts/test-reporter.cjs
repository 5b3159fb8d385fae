/** Mocha's spec reporter that also adds its counts, and why tests were skipped, to the file in QED_TEST_COUNTS. */
const { appendFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const file = process.env.QED_TEST_COUNTS;
      if (!file) return;
      const { passes, failures } = this.stats;
      appendFileSync(
        file,
        `${JSON.stringify({ passed: passes, failed: failures, skipped: skipped.length, skippedTitles: skipped })}\n`,
      );
    });
  }
};
