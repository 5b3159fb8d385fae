/** Environments whose content is never structure. */
export const VERBATIM: ReadonlySet<string> = new Set(
  "verbatim verbatim* Verbatim Verbatim* BVerbatim LVerbatim SaveVerbatim lstlisting minted comment filecontents filecontents* alltt luacode luacode* pycode pyblock sagesilent sageblock tcblisting code listing* asy asydef".split(
    " ",
  ),
);
/** Opaque only if closed: an open picture must not swallow the theorems after it. */
export const PICTURES: ReadonlySet<string> = new Set(["tikzpicture", "tikzpicture*", "pspicture", "picture"]);

/** Heading commands with their depths. */
export const SECTIONS: ReadonlyMap<string, number> = new Map([
  ["part", 1],
  ["chapter", 2],
  ["section", 3],
  ["subsection", 4],
  ["subsubsection", 5],
  ["paragraph", 6],
  ["subparagraph", 7],
]);

/** Commands whose argument holds labels. */
export const REFERENCES: ReadonlySet<string> = new Set(
  "ref cref Cref autoref eqref pageref nameref vref Vref thref Thref fullref vpageref cpageref labelcref namecref nameCref lcnamecref crefrange Crefrange zcref zref sref".split(
    " ",
  ),
);

/** Commands and switches in which a run-in head may stand. */
export const HEADS: ReadonlySet<string> = new Set([
  "textbf",
  "textit",
  "emph",
  "textsc",
  "underline",
  "textsl",
  "paragraph",
  "subparagraph",
  "bf",
  "it",
  "bfseries",
  "itshape",
  "em",
  "sc",
  "scshape",
  "sl",
]);

/** Commands with an address, in which `%` is no comment. */
export const URLS: ReadonlySet<string> = new Set(["url", "path", "href", "nolinkurl", "hyperref"]);

/** Environments of the exercise family. */
export const EXERCISES: ReadonlySet<string> = new Set(
  ["exercise", "exer", "exr", "xca"].flatMap((name) => [name, `${name}*`]),
);
