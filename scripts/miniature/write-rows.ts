import { writeFileSync } from "node:fs";
import { rehearsalRows, rowsHash } from "./rows.js";

// write-rows.ts FILE.jsonl: writes the training rows, one JSON object a line, and prints their hash.
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: write-rows.ts FILE.jsonl");
const rows = rehearsalRows(process.cwd());
writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
console.log(rowsHash(rows));
