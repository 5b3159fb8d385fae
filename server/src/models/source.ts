import { SetUpError } from "./set-up-error.js";

/** Where a model comes from. */
export type ModelSource =
  /** A GGUF file on this machine, used where it is. */
  | { readonly kind: "file"; readonly path: string }
  /** A checkpoint folder on this machine, to be converted. */
  | { readonly kind: "folder"; readonly path: string }
  /** One file anywhere. */
  | { readonly kind: "url"; readonly url: string }
  /** A repository of the hub, or one GGUF file in it. */
  | {
      readonly kind: "hub";
      readonly owner: string;
      readonly repo: string;
      /** Branch, tag or commit. */
      readonly revision: string;
      /** Path of a GGUF file inside the repository; null stands for the repository. */
      readonly file: string | null;
    };

/** The source that is set up if the user names none: the one that is certain to exist. */
export const OFFICIAL_SOURCE = "hf:lm-provers/QED-Nano-SFT";

const NAME = /^[A-Za-z0-9][\w.-]{0,95}$/;
const REVISION = /^[A-Za-z0-9][\w./-]{0,199}$/;
const EXAMPLES = "hf:owner/repo, hf:owner/repo/file.gguf, an https address, or the path of a GGUF file";

/**
 * Reads a source as people write it: `hf:owner/repo[@revision][/file.gguf]`, `hf:owner/repo/file.gguf@revision`, the
 * address of a page of the hub, any other http(s) address, or a path. Throws `source.invalid`.
 * @param hub base address of the hub.
 * @param isFolder whether a path is a folder.
 */
export function parseSource(text: string, hub: string, isFolder: (path: string) => boolean): ModelSource {
  const given = text.trim();
  if (given === "") throw invalid(`No source is named. Name one: ${EXAMPLES}.`);
  if (/^hf:/i.test(given)) return hubSource(given.slice(3).replace(/^\/\//, ""), given);
  if (/^https?:/i.test(given)) return address(given, hub);
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(given)?.[1];
  if (scheme !== undefined && !/^[a-z]:[\\/]/i.test(given)) {
    throw invalid(`A model can't come from "${scheme}:". Name ${EXAMPLES}.`);
  }
  if (isFolder(given)) return { kind: "folder", path: given };
  if (!/\.gguf$/i.test(given)) {
    const maybe = /^[\w.-]+\/[\w.-]+$/.test(given) ? ` If it is a repository of the hub, write hf:${given}.` : "";
    throw invalid(`${given} is neither a GGUF file nor the folder of a checkpoint.${maybe || ` Name ${EXAMPLES}.`}`);
  }
  return { kind: "file", path: given };
}

/** A source as the user would write it, for messages and records. */
export function sourceInWords(source: ModelSource): string {
  switch (source.kind) {
    case "file":
    case "folder":
      return source.path;
    case "url":
      return withoutSecrets(source.url);
    case "hub": {
      const { owner, repo, revision, file } = source;
      return `hf:${owner}/${repo}${revision === "main" ? "" : `@${revision}`}${file === null ? "" : `/${file}`}`;
    }
  }
}

/** An address without user, password, query and fragment: signed addresses carry secrets there. */
export function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return "an address";
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}

/** Whether a path inside a repository stays inside the folder that it is put into, on every platform. */
export function isSafePath(path: string): boolean {
  if (path.length > 400 || /[\\:*?"<>|\u0000-\u001f\u007f]/.test(path)) return false;
  return path.split("/").every((part) => part !== "" && !/^\.+$/.test(part) && !/[. ]$/.test(part));
}

function hubSource(rest: string, given: string): ModelSource {
  const [owner = "", name = "", ...path] = rest.split("/");
  const [repo = "", ...inName] = name.split("@");
  // A revision may hold slashes only where it ends the source.
  let revision = inName.join("@");
  let file = path.join("/");
  if (inName.length === 0) {
    const at = file.lastIndexOf("@");
    if (at >= 0) [file, revision] = [file.slice(0, at), file.slice(at + 1)];
  } else if (file !== "" && !/\.gguf$/i.test(file)) {
    revision = `${revision}/${file}`;
    file = "";
  }
  return checkedHub(owner, repo, inName.length > 0 || revision !== "" ? revision : "main", file, given);
}

function checkedHub(owner: string, repo: string, revision: string, file: string, given: string): ModelSource {
  if (!NAME.test(owner) || !NAME.test(repo)) {
    throw invalid(`${given} names no repository of the hub. Write it as hf:owner/repo or hf:owner/repo/file.gguf.`);
  }
  if (!REVISION.test(revision) || revision.split("/").some((part) => /^\.*$/.test(part))) {
    throw invalid(
      `"${revision}" in ${given} is no revision. Name a branch, a tag or a commit, as in hf:${owner}/${repo}@main.`,
    );
  }
  if (file !== "" && (!isSafePath(file) || !/\.gguf$/i.test(file))) {
    throw invalid(`${file} in ${given} is no GGUF file. Name one, or only hf:${owner}/${repo} to see what is there.`);
  }
  return { kind: "hub", owner, repo, revision, file: file === "" ? null : file };
}

function address(given: string, hub: string): ModelSource {
  if (!URL.canParse(given)) throw invalid(`${given} is no address. Check it, or name ${EXAMPLES}.`);
  const url = new URL(given);
  if (url.username !== "" || url.password !== "") {
    throw invalid("An address with a password in it would be written into records. Name it without the password.");
  }
  if (url.origin === new URL(hub).origin || url.hostname === "hf.co") {
    const page = /^\/([^/]+)\/([^/]+)(?:\/(?:blob|resolve|tree|raw)\/([^/]+)(?:\/(.+))?)?\/?$/.exec(url.pathname);
    if (page) {
      const [, owner = "", repo = "", revision = "main", file = ""] = page.map((part) =>
        decodeURIComponent(part ?? ""),
      );
      return checkedHub(owner, repo, revision || "main", file, given);
    }
  }
  url.hash = "";
  return { kind: "url", url: url.href };
}

function invalid(message: string): SetUpError {
  return new SetUpError("source.invalid", message);
}
