// Writes THIRD-PARTY.md: what the extension package holds that others wrote, with their licences.
//   node scripts/notices.mjs          write it (after `npm run build`, whose metafiles say what was bundled)
//   node scripts/notices.mjs --check  exit code 1 if the file that is there says something else
// The answer depends on package-lock.json, the metafiles and the packages themselves, not on the platform.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const target = join(root, "THIRD-PARTY.md");
const metafiles = join(root, "out", "meta");

/** Packages that are compiled into ours without a bundler's knowledge: node-addon-api's headers, in native/. */
const COMPILED = ["node_modules/node-addon-api"];

/** What is compiled into the binaries of @node-llama-cpp/*, which carry no notices of their own. */
const INSIDE_BINARIES = [
  ["llama.cpp and ggml", "Copyright (c) 2023-2026 The ggml authors"],
  ["JSON for Modern C++", "Copyright (c) 2013-2025 Niels Lohmann"],
];

const lock = JSON.parse(read(join(root, "package-lock.json"))).packages;

function read(file) {
  return readFileSync(file, "utf8")
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n");
}

/** The folders of packages whose code is in a bundle, relative to the root. */
function bundled() {
  const names = existsSync(metafiles) ? readdirSync(metafiles).filter((name) => name.endsWith(".json")) : [];
  if (names.length === 0) fail("out/meta has no metafiles; run `npm run build` first.");
  const folders = new Set();
  for (const name of names) {
    const { outputs } = JSON.parse(read(join(metafiles, name)));
    for (const { inputs } of Object.values(outputs)) {
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
      }
    }
  }
  return folders;
}

/** The folders of the production tree, as npm installs it without development dependencies, optional ones included. */
function production() {
  const found = new Map();
  const queue = Object.keys(lock[""].dependencies ?? {}).map((name) => [name, ""]);
  for (const [name, parent] of queue) {
    const folder = place(name, parent);
    if (folder === undefined || found.has(folder)) continue;
    found.set(folder, parent);
    const { dependencies = {}, optionalDependencies = {} } = lock[folder];
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) queue.push([next, folder]);
  }
  return found;
}

/** Where Node finds `name` from the package in `parent`: the innermost `node_modules` that has it. */
function place(name, parent) {
  for (let from = parent; ; from = from.slice(0, Math.max(0, from.lastIndexOf("node_modules/") - 1))) {
    const folder = `${from === "" ? "" : `${from}/`}node_modules/${name}`;
    if (lock[folder]) return folder;
    if (from === "") return undefined;
  }
}

/** Name, version, licence, copyright lines and texts of the package in `folder`. */
function describe(folder, parents) {
  const entry = lock[folder] ?? fail(`${folder} is in a bundle but not in package-lock.json; run \`npm install\`.`);
  const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
  // One platform's package is never installed on another: what its parent says holds for all of them.
  const source = entry.os || entry.cpu ? parents.get(folder) : folder;
  const at = join(root, source);
  if (!existsSync(at)) fail(`${source} is not installed; run \`npm install\`.`);
  const manifest = JSON.parse(read(join(at, "package.json")));
  const files = readdirSync(at).sort(inOrder);
  const texts = files
    .filter((file) => /^(licen[cs]e|copying)([.-].*)?$/i.test(file))
    .map((file) => read(join(at, file)));
  const notices = files
    .filter((file) => /^(notices?|thirdpartynotices|copyrightnotice)(\..*)?$/i.test(file))
    .map((file) => read(join(at, file)));
  const lines = texts.flatMap(copyrights);
  return {
    name,
    version: entry.version,
    licence: entry.license ?? manifest.license ?? "see its text",
    copyright: lines.length > 0 ? lines : author(manifest, texts.length > 0),
    texts: texts.map(withoutCopyright),
    notices,
  };
}

function copyrights(text) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(isCopyright);
}

/** A line that names a holder, not one that speaks about copyright or shows how to write such a line. */
function isCopyright(line) {
  return (
    /^(portions )?(copyright\b|\(c\)|©)/i.test(line) && /\d{4}|\(c\)|©/i.test(line) && !/[[{]yyyy|<year>/i.test(line)
  );
}

/** Where no line claims a copyright, whom the manifest names: nothing is made up in an author's name. */
function author({ author }, hasText) {
  if (hasText) return ["holders: see the text"];
  const holder = typeof author === "string" ? author : author?.name;
  return [holder ? `by ${holder.replace(/\s*[<(].*$/, "")}` : "no holder named in the package"];
}

/** The text that many packages share once their copyright lines are taken out. */
function withoutCopyright(text) {
  return text
    .split("\n")
    .filter((line) => !isCopyright(line.trim()))
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Texts that differ in white space, heading or a list mark are one text; so are quotes of either kind. */
function fingerprint(text) {
  return text
    .toLowerCase()
    .replace(/^[\s#*]*(\(?the\)? )?(mit|isc|bsd|blue oak)[^\n]*licen[cs]e[^\n]*\n/i, "")
    .replace(/[“”"'`]/g, "'")
    .replace(/[\s*#_-]+/g, " ")
    .trim();
}

function inOrder(left, right) {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A fence that the text itself can't close. */
function fenced(text) {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function notices() {
  const parents = production();
  const folders = new Set([...bundled(), ...parents.keys(), ...COMPILED]);
  const packages = new Map();
  for (const folder of folders) {
    const one = describe(folder, parents);
    packages.set(`${one.name} ${one.version}`, one);
  }
  const sorted = [...packages.values()].sort((a, b) => inOrder(`${a.name} ${a.version}`, `${b.name} ${b.version}`));

  const texts = new Map();
  const number = (text) => {
    const key = fingerprint(text);
    if (!texts.has(key)) texts.set(key, { index: texts.size + 1, text });
    return texts.get(key).index;
  };
  const mitText = sorted.find(({ name }) => name === "node-llama-cpp")?.texts[0];
  if (mitText === undefined) fail("node-llama-cpp has no licence text.");
  const line = (title, licence, copyright, texts) => {
    const numbers = [...new Set(texts.map(number))];
    const where =
      numbers.length > 0
        ? `text ${numbers.join(", ")}`
        : `no text in the package${licence === "MIT" ? `; see text ${number(mitText)}` : ""}`;
    return `- **${title}** (${licence}; ${where})  \n  ${copyright.join("  \n  ")}`;
  };
  const list = sorted.map((one) => line(`${one.name} ${one.version}`, one.licence, one.copyright, one.texts));
  const inside = INSIDE_BINARIES.map(([title, copyright]) => line(title, "MIT", [copyright], [mitText]));
  const carried = sorted.flatMap((one) => one.notices.map((text) => ({ title: `${one.name} ${one.version}`, text })));

  return [
    "# Third-party notices",
    "QED Copilot itself is licensed under the Apache License 2.0 (LICENSE). Its package holds the work of others, listed here with their licences. This file is written by `scripts/notices.mjs`. A package for one platform holds only that platform's binaries.",
    "## Packages",
    list.join("\n"),
    "## Inside the binaries of @node-llama-cpp",
    inside.join("\n"),
    "The quantisers in `native/src/` and `server/src/gguf/` follow those of ggml (`ggml-quants.c`), under the same licence.",
    "## Licence texts",
    ...[...texts.values()].map(({ index, text }) => `### Text ${index}\n\n${fenced(text)}`),
    "## Notices that packages carry",
    ...carried.map(({ title, text }) => `### ${title}\n\n${fenced(text.trim().replace(/[ \t]+$/gm, ""))}`),
  ]
    .join("\n\n")
    .concat("\n");
}

function fail(sentence) {
  console.error(`notices: ${sentence}`);
  process.exit(1);
}

const text = notices();
if (process.argv.includes("--check")) {
  if (!existsSync(target) || read(target) !== text)
    fail("THIRD-PARTY.md is out of date; run `node scripts/notices.mjs`.");
} else {
  writeFileSync(target, text);
}
