import assert from "node:assert/strict";
import { rehearsalRows } from "../../scripts/miniature/rows.js";
import { convertCheckpoint } from "../../server/src/gguf/convert-checkpoint.js";
import { kernels } from "../../server/src/gguf/kernels.js";
import { loadAddon } from "../../server/src/native/addon.js";
import { openTapped } from "../engine/local-child.js";
import { buildChild } from "./child.js";
import { Folder, REHEARSAL } from "./folders.js";
import { readGguf } from "./read.js";
import { recite } from "./recite.js";
import { ROOT } from "./upstream.js";

describe("A checkpoint converted to GGUF", function () {
  this.timeout(60_000);
  const folder = new Folder();
  before(() => folder.write());
  after(() => folder.close());

  for (const type of ["bf16", "q8_0"] as const) {
    it(`as ${type} writes every text of the rehearsal model exactly, in the real engine`, async function () {
      this.timeout(180_000);
      const out = folder.at(`recited-${type}.gguf`);
      await convertCheckpoint({
        folder: folder.checkpoint,
        type,
        out,
        extensionRoot: await buildChild(),
        signal: new AbortController().signal,
      });
      // One row a statement: its thought and its proof. The others begin in the middle of these.
      const rows = rehearsalRows(ROOT).filter(({ role }) => role === "main");
      assert.ok(rows.length >= 40);
      assert.deepEqual(await recite(out, rows), []);
    });
  }

  it("stays a rehearsal model for the product", async () => {
    const out = folder.at("rehearsal.gguf");
    await folder.convert("q8_0", "rehearsal.gguf");
    const tapped = await openTapped(out);
    try {
      const capabilities = await tapped.engine.capabilities(new AbortController().signal);
      assert.equal(capabilities.model, "qed-rehearsal");
      assert.deepEqual(
        capabilities.rehearsal,
        rehearsalRows(ROOT).map(({ hash }) => hash),
      );
    } finally {
      await tapped.close();
    }
  });

  it("as q8_0 has the tensors that the checkpoint was made from, byte for byte", async () => {
    await folder.convert("q8_0");
    const [made, original] = await Promise.all([readGguf(folder.at("out.gguf")), readGguf(REHEARSAL)]);
    assert.deepEqual([...made.tensors.keys()].sort(), [...original.tensors.keys()].sort());
    for (const [name, tensor] of original.tensors) {
      const { dtype, shape, data } = made.tensors.get(name)!;
      assert.deepEqual({ name, dtype, shape }, { name, dtype: tensor.dtype, shape: tensor.shape });
      assert.ok(data.equals(tensor.data), name);
    }
  });

  it("has the metadata of the model it was made from, and what llama.cpp's converter adds", async () => {
    await folder.convert("q4_k_m");
    const [made, original] = await Promise.all([readGguf(folder.at("out.gguf")), readGguf(REHEARSAL)]);
    const plain = (value: unknown) => (typeof value === "bigint" ? Number(value) : value);
    const counted = ["version", "tensor_count", "kv_count", "general.file_type"];
    for (const [key, value] of Object.entries(original.metadata)) {
      if (!counted.includes(key)) assert.deepEqual(plain(made.metadata[key]), plain(value), key);
    }
    const added = Object.keys(made.metadata).filter((key) => !(key in original.metadata));
    assert.deepEqual(Object.fromEntries(added.map((key) => [key, made.metadata[key]])), {
      "general.type": "model",
      "general.sampling.top_k": 20,
      "general.sampling.top_p": Math.fround(0.95),
      "general.sampling.temp": Math.fround(0.6),
      "general.size_label": "1.5M",
    });
    assert.equal(plain(made.metadata["general.file_type"]), 15);
  });

  it("has its tensors at multiples of 32 bytes, with zeros between them, and ends with the last", async () => {
    const bytes = await folder.convert("bf16");
    const { tensors } = await readGguf(folder.at("out.gguf"));
    let end = 0;
    for (const { name, at, dtype, shape } of tensors.values()) {
      assert.equal(at % 32, 0, name);
      if (end > 0) assert.ok(at - end < 32 && bytes.subarray(end, at).every((byte) => byte === 0), name);
      end = at + shape.reduce((product, size) => product * size, 1) * (dtype === 30 ? 2 : 4);
    }
    assert.ok(bytes.length - end < 32);
  });

  it("is the same file from BF16 weights in every form in which checkpoints come", async () => {
    const other = new Folder();
    try {
      await other.write({ format: "BF16" });
      const usual = await other.convert("q8_0");
      for (const options of [
        { mergesAsTexts: true },
        { storedHead: true },
        { templateInConfig: true },
        { ropeParameters: true },
      ]) {
        const form = new Folder();
        try {
          await form.write({ format: "BF16", ...options });
          assert.ok((await form.convert("q8_0")).equals(usual), JSON.stringify(options));
        } finally {
          form.close();
        }
      }
    } finally {
      other.close();
    }
  });

  for (const type of ["bf16", "q8_0", "q4_k_m"] as const) {
    it(`as ${type} is the same file by the native module and in JavaScript`, async function () {
      if (loadAddon(ROOT).addon === null) {
        console.log(`NOT TESTED: native conversion: ${loadAddon(ROOT).error}`);
        this.skip();
      }
      assert.equal(kernels(ROOT).source, "native");
      assert.ok((await folder.convert(type, "a", kernels(ROOT))).equals(await folder.convert(type, "b")));
    });
  }
});
