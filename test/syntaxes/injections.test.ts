import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { injections, load, tokenise } from "./grammar.js";

const here = dirname(fileURLToPath(import.meta.url));

/** An assertion of a fixture: these columns of that line carry these scopes (by prefix) and not those. */
interface Expectation {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly present: readonly string[];
  readonly absent: readonly string[];
  readonly written: string;
}

/**
 * Reads a fixture in the format of vscode-tmgrammar-test: a first line `TOKEN SYNTAX TEST "scope"`, then text, where a
 * line `TOKEN ^^^ scope - other` speaks about the columns above its carets, and `TOKEN <--` about the first columns.
 */
function readFixture(text: string) {
  const [head = "", ...rest] = text.replace(/\n$/, "").split("\n");
  const [, token = "", scope = ""] = /^(\S+) SYNTAX TEST "([^"]+)"/.exec(head) ?? [];
  const lines: string[] = [];
  const expectations: Expectation[] = [];
  for (const written of rest) {
    const marks = written.startsWith(token) ? /^\s*(?:<(-+)|(\^+))\s+(.*)$/.exec(written.slice(token.length)) : null;
    if (!marks) {
      lines.push(written);
      continue;
    }
    const [, dashes, carets, scopes = ""] = marks;
    const start = dashes ? 0 : written.indexOf("^");
    const [present = "", ...absent] = ` ${scopes}`.split(" - ");
    const end = start + (dashes ?? carets ?? "").length;
    const names = present
      .trim()
      .split(/\s+/)
      .filter((name) => name !== "");
    expectations.push({
      line: lines.length - 1,
      start,
      end,
      present: names,
      absent: absent.map((name) => name.trim()),
      written,
    });
  }
  return { scope, lines, expectations };
}

describe("the TextMate injections", () => {
  for (const file of readdirSync(here).filter((name) => name.endsWith(".fixture"))) {
    it(`give ${file} the scopes that it asks for`, async () => {
      const { scope, lines, expectations } = readFixture(readFileSync(join(here, file), "utf8"));
      assert.ok(expectations.length > 20);
      const tokens = tokenise(await load(scope), lines);
      for (const { line, start, end, present, absent, written } of expectations) {
        const { text, scopes } = tokens[line]!;
        for (let column = start; column < end; column++) {
          const found = scopes[column] ?? assert.fail(`no column ${column} in: ${text}`);
          const has = (name: string) => found.some((one) => one === name || one.startsWith(`${name}.`));
          const message = `${text}\n${written}\ncolumn ${column}: ${found.join(" ")}`;
          for (const name of present) assert.ok(has(name), message);
          for (const name of absent) assert.ok(!has(name), message);
        }
      }
    });
  }

  it("leave text without a directive or a theorem exactly as the host grammar has it", async () => {
    const text = ["# Title", "Some *text* with [links](x) and `code`.", "", "```js", "let x = 1;", "```", "- a", "> b"];
    for (const { scopes } of tokenise(await load("text.html.markdown"), text)) {
      assert.ok(scopes.flat().every((name) => !name.endsWith(".qed")));
    }
  });

  it("survive lines that are as long as VS Code tokenises and made to backtrack", async () => {
    const evil = [
      `**Theorem 1 of ${"a ".repeat(9000)}`,
      `::: {${".theorem ".repeat(2000)}`,
      `<!-- qed: ${"-".repeat(19_000)}`,
      `<!-- qed: hint ${"a   ".repeat(4000)}`,
      `\`\`\`{prf:theorem} ${" a ".repeat(6000)}`,
      `> [!theorem] ${" a ".repeat(6000)}`,
      `% qed: hint ${"a   ".repeat(4000)}x `,
      `${" ".repeat(19_000)}sorry x`,
    ];
    for (const scope of ["text.html.markdown", "text.tex.latex"]) {
      assert.equal(tokenise(await load(scope), evil).length, evil.length);
    }
  });

  it("are all listed with the files that exist and the scopes that they name", () => {
    const folder = join(here, "..", "..", "syntaxes");
    assert.deepEqual(readdirSync(folder).sort(), injections.map(([, file]) => file).sort());
    for (const [scope, file] of injections) {
      assert.equal(JSON.parse(readFileSync(join(folder, file), "utf8")).scopeName, scope);
    }
  });
});
