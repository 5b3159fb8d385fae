import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a run of the suite counted. Its JSON follows `HOST-RESULT ` in the last line. */
export interface HostResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * The entry that VS Code's extension host calls, in both hosts: runs every bundled suite beside it with mocha.
 *
 * `QED_HOST_RESULT` names a file that gets the {@link HostResult}, `QED_HOST_GREP` picks tests by title.
 *
 * @throws Error when a test failed or none ran, which makes VS Code exit with 1.
 */
export async function run(): Promise<void> {
  const { default: Mocha } = await import("mocha");
  const grep = process.env.QED_HOST_GREP;
  const mocha = new Mocha({
    ui: "bdd",
    reporter: "spec",
    color: false,
    timeout: 60_000,
    forbidOnly: true,
    ...(grep ? { grep } : {}),
  });
  const suites = join(__dirname, "suite");
  for (const name of readdirSync(suites).sort()) {
    if (name.endsWith(".test.cjs")) mocha.addFile(join(suites, name));
  }

  const result = await new Promise<HostResult>((done, fail) => {
    try {
      const counted = { passed: 0, failed: 0, skipped: 0 };
      mocha
        .run(() => done(counted))
        .on("pass", () => counted.passed++)
        .on("fail", () => counted.failed++)
        .on("pending", () => counted.skipped++);
    } catch (error) {
      fail(error);
    }
  });
  report(result);
  if (result.failed > 0) throw new Error(`${result.failed} test(s) failed in VS Code`);
  if (result.passed === 0) throw new Error("no test ran in VS Code: build the suite, or look at QED_HOST_GREP");
}

function report(result: HostResult): void {
  const file = process.env.QED_HOST_RESULT;
  if (file) writeFileSync(file, JSON.stringify(result));
  console.log(`HOST-RESULT ${JSON.stringify(result)}`);
}
