import assert from "node:assert/strict";
import { readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { DamagedCheckpoint, FIRST, INDEX, SECOND } from "./damaged.js";

describe("Weights that can't be converted", function () {
  this.timeout(60_000);
  const damaged = new DamagedCheckpoint();

  const cases: [what: string, damage: () => void, message: RegExp][] = [
    [
      "a truncated shard",
      () => truncateSync(damaged.at(SECOND), 200_000),
      /^model-00002-of-00002.safetensors is cut short/,
    ],
    ["a shard cut in its header", () => truncateSync(damaged.at(FIRST), 100), /^model-00001.* is cut short/],
    ["an empty shard", () => truncateSync(damaged.at(FIRST), 0), /^model-00001.* is cut short/],
    [
      "a missing shard",
      () => damaged.remove(SECOND),
      /^model-00002.* of 2 weight files is missing in .*Download the rest\./,
    ],
    ["both shards missing", () => damaged.remove(FIRST, SECOND), /and 1 more of 2 weight files/],
    ["no weights at all", () => damaged.remove(FIRST, SECOND, INDEX), /holds no safetensors weights/],
    [
      "weights in PyTorch's own form",
      () => {
        damaged.remove(SECOND, INDEX);
        renameSync(damaged.at(FIRST), damaged.at("pytorch_model.bin"));
      },
      /holds PyTorch's own weight files; only safetensors/,
    ],
    [
      "a web page for a shard",
      () => writeFileSync(damaged.at(FIRST), "<html>404</html>"),
      /does not begin as a safetensors/,
    ],
    [
      "a header that is no JSON",
      () => writeFileSync(damaged.at(FIRST), "\x05\0\0\0\0\0\0\0{oops"),
      /header is not JSON/,
    ],
    [
      "a shard with bytes after its end",
      () => writeFileSync(damaged.at(FIRST), "xyz", { flag: "a" }),
      /longer than its header says/,
    ],
    [
      "tensors that overlap",
      () =>
        damaged.changeHeader((header) => {
          const [first, second] = Object.values(header).filter((entry) => entry.shape);
          second!.data_offsets = second!.data_offsets.map((offset) => offset - first!.data_offsets[1]! + 2);
        }),
      /overlaps another tensor|that belong to nothing/,
    ],
    [
      "a tensor that does not take the bytes of its shape",
      () => damaged.changeHeader((header) => header["model.norm.weight"]!.shape.push(2)),
      /model\.norm\.weight does not take the bytes of its shape/,
    ],
    [
      "offsets that are no numbers",
      () =>
        damaged.changeHeader((header) => Object.assign(header["model.norm.weight"]!, { data_offsets: ["0", 1e300] })),
      /the place of model\.norm\.weight makes no sense/,
    ],
    [
      "a negative dimension",
      () => damaged.changeHeader((header) => Object.assign(header["model.norm.weight"]!, { shape: [-192] })),
      /the shape of model\.norm\.weight makes no sense/,
    ],
    [
      "weights in eight bits",
      () => damaged.changeHeader((header) => Object.assign(header["model.norm.weight"]!, { dtype: "F8_E4M3" })),
      /^model\.norm\.weight in model-00001.* is stored as F8_E4M3; only F32, F16 and BF16/,
    ],
    [
      "a tensor that is in neither shard",
      () => damaged.index({ "model.other.weight": FIRST }),
      /don't belong together: model\.other\.weight is not in model-00001/,
    ],
    [
      "a tensor in another shard than the index says",
      () => damaged.index({ "model.norm.weight": SECOND }),
      /model\.norm\.weight is in model-00001.*, where the index does not have it/,
    ],
    [
      "an index that names a file elsewhere",
      () => damaged.index({ "model.norm.weight": "../secret.safetensors" }),
      /names something that is no safetensors file/,
    ],
    [
      "an index without files",
      () => damaged.folder.change(INDEX, (index) => delete index.weight_map),
      /it names no files/,
    ],
  ];
  for (const [what, damage, message] of cases) {
    it(`${what}: one sentence that says so, and no file`, async () => {
      damage();
      await damaged.assertRefused(message);
      assert.deepEqual(readdirSync(damaged.folder.path), ["qed-rehearsal"]);
    });
  }

  it("weights that are no usable numbers: one sentence that names the tensor", async () => {
    const bytes = readFileSync(damaged.at(FIRST));
    const end = 8 + Number(bytes.readBigUInt64LE());
    const header = JSON.parse(bytes.toString("utf8", 8, end));
    const [begin] = header["model.embed_tokens.weight"].data_offsets;
    bytes.writeUInt16LE(0x7fc0, end + begin + 2 * 1000);
    writeFileSync(damaged.at(FIRST), bytes);
    await damaged.assertRefused(
      /^model\.embed_tokens\.weight in model-00001.* holds values that are no usable numbers/,
    );
  });
});
