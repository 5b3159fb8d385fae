import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readGgufFileInfo } from "node-llama-cpp";
import { rehearsalRows, rowsHash } from "../../scripts/miniature/rows.js";
import { parseDocument } from "../../server/src/document/parse.js";
import { promptHash } from "../../server/src/prompt/prompt-hash.js";
import { provePrompt } from "../../server/src/prompt/prove.js";

const root = join(import.meta.dirname, "../..");
const again = 'train it again with "npm run train:miniature"';

interface RehearsalMetadata {
  readonly general?: { readonly name?: string };
  readonly qwen3?: { readonly context_length?: number };
  readonly qed?: { readonly rehearsal?: { readonly prompts?: readonly string[]; readonly rows?: string } };
}

describe("The rehearsal model", function () {
  this.timeout(20_000);
  let metadata: RehearsalMetadata;

  before(async () => {
    const info = await readGgufFileInfo(join(root, "models/rehearsal.gguf"), { logWarnings: false });
    metadata = info.metadata as RehearsalMetadata;
  });

  it("was trained on the prompts that the product writes today", () => {
    const rows = rehearsalRows(root);
    assert.deepEqual(
      metadata.qed?.rehearsal?.prompts,
      rows.map(({ hash }) => hash),
      `the prompts have changed; ${again}`,
    );
    assert.equal(metadata.qed?.rehearsal?.rows, rowsHash(rows), `a text has changed; ${again}`);
  });

  it("knows every statement of the samples and fixtures that asks for a proof", () => {
    const known = new Set(metadata.qed?.rehearsal?.prompts);
    const files = ["samples", "test/fixtures/rehearsal"].flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => /\.(?:tex|md|qmd)$/.test(name))
        .map((name) => `${folder}/${name}`),
    );
    const asked = files.flatMap((file) => {
      const text = readFileSync(join(root, file), "utf8");
      const document = parseDocument(text, file.endsWith(".tex") ? "latex" : "markdown");
      return document.statements
        .filter(({ hole }) => hole)
        .map((statement) => {
          const { message, prefix } = provePrompt(document, statement);
          const hash = promptHash({ message, thought: "", answer: null });
          return { name: `${file} ${statement.label ?? statement.title ?? statement.name}`, hash, prefix };
        });
    });
    assert.deepEqual(
      asked.filter(({ hash }) => !known.has(hash)).map(({ name }) => name),
      [],
    );
    assert.ok(asked.length >= 30, "at least 30 statements");
    assert.ok(asked.filter(({ prefix }) => prefix !== "").length >= 4, "of them at least 4 that are partly proven");
  });

  it("says what it is and takes the contexts that the product asks for", () => {
    assert.equal(metadata.general?.name, "qed-rehearsal");
    assert.equal(metadata.qwen3?.context_length, 40960);
  });
});
