import { reachesOutside } from "../convert/danger.js";
import { AMS, type LatexPackages } from "../convert/plain-latex.js";
import { type DeclaredEnvironments, declarationsOf } from "../document/declarations.js";
import { environmentTable } from "../document/latex/environments.js";
import { lex } from "../document/latex/lex.js";
import type { Document, Macro } from "../document/types.js";
import { definesLabel, type Elsewhere, NOTHING_ELSEWHERE } from "../workspace/joined.js";
import { NO_PROJECT, type ProjectContext } from "../workspace/project.js";

/** What the other files of a project say for a document. */
export interface Surroundings {
  /** The macros that hold in the document, its own among them. */
  readonly macros: readonly Macro[];
  readonly elsewhere: Pick<Elsewhere, "hasLabel">;
  readonly context: Pick<ProjectContext, "declared" | "loads">;
}

/** For a document without a project. */
export function standingAlone(document: Document): Surroundings {
  return { macros: document.macros, elsewhere: NOTHING_ELSEWHERE, context: NO_PROJECT };
}

/** What LaTeX knows where a proof goes. */
export interface LatexSetting {
  readonly packages: LatexPackages;
  /** The environment for a new proof; null if there is none. */
  readonly proof: string | null;
  /** Whether `\qedhere` is defined in it. */
  readonly qedhere: boolean;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/));

const WITH_AMSMATH = words(
  "amsmath mathtools empheq physics unicode-math newtxmath newpxmath nccmath breqn kpfonts kpfonts-otf commath nicematrix witharrows spalign cool mathexam fontsetup amsart amsbook amsproc beamer acmart lipics-v2019 lipics-v2021 oasics-v2019 oasics-v2021 gsm-l mcom-l tran-l amsdtx",
);
const WITH_AMSFONTS = words("amsfonts amsart amsbook amsproc");
const WITH_AMSSYMB = words(
  "amssymb stix stix2 newtxmath newpxmath unicode-math kpfonts kpfonts-otf mathdesign txfonts pxfonts fontsetup beamer acmart lipics-v2019 lipics-v2021 oasics-v2019 oasics-v2021",
);
const WITH_AMSTHM = words(
  "amsthm amsart amsbook amsproc beamer acmart lipics-v2019 lipics-v2021 oasics-v2019 oasics-v2021 gsm-l mcom-l tran-l",
);
/** Classes and packages with a `proof` of their own, without `\qedhere`. */
const WITH_PROOF = words(
  "llncs svproc svmono svmult svjour svjour3 sn-jnl siamart171218 siamart190516 siamart220329 siamart250211 jmlr jmlr2e",
);

/** Commands whose use shows that a package is there, whoever loads it. */
const USES_AMSMATH =
  /\\(?:begin\s*\{(?:align|gather|multline|flalign|alignat|split|aligned|cases|[pbvBV]matrix|subequations|equation\*)|(?:eqref|text|[td]frac|binom|operatorname|boldsymbol|tag|intertext|DeclareMathOperator|numberwithin)(?![A-Za-z]))/;
const USES_AMSSYMB =
  /\\(?:leqslant|geqslant|varnothing|nmid|square|blacksquare|subsetneq|lesssim|gtrsim|therefore|nexists|ltimes|rtimes|smallsetminus|twoheadrightarrow|rightsquigarrow|trianglelefteq)(?![A-Za-z])/;

/**
 * What the preamble of a document, wherever it stands, has for a proof. A part without a known root, or whose class
 * can't be seen, is taken for what most documents are: with amsmath, amssymb and amsthm.
 */
export function latexSetting(document: Document, { context }: Surroundings): LatexSetting {
  const own = declarationsOf(document.text);
  const loadedHere = own.reads.filter(({ kind }) => kind !== "file");
  const roots = context.loads.length === 0 ? [loadedHere] : context.loads.map((loads) => [...loads, ...loadedHere]);
  const known = roots.filter((loads) => loads.some(({ kind }) => kind === "class"));
  const code = document.text.replace(/(?<!\\)%[^\n]*/g, "");
  const all = (providers: ReadonlySet<string>): boolean =>
    known.length === 0 || known.every((loads) => loads.some(({ name }) => providers.has(name)));
  const packages =
    known.length === 0
      ? AMS
      : withFonts({
          amsmath: all(WITH_AMSMATH) || USES_AMSMATH.test(code),
          amssymb: all(WITH_AMSSYMB) || USES_AMSSYMB.test(code),
          amsfonts: all(WITH_AMSFONTS) || /\\math(?:bb|frak)(?![A-Za-z])/.test(code),
        });
  const declared = proofEnvironments(own).concat(proofEnvironments(context.declared));
  const amsthm = all(WITH_AMSTHM) || /\\qedhere(?![A-Za-z])/.test(code);
  const usual = amsthm || all(WITH_PROOF) || declared.includes("proof") || /\\begin\s*\{proof\}/.test(code);
  return {
    packages,
    proof: usual ? "proof" : (declared[0] ?? null),
    qedhere: amsthm && !declared.includes("proof"),
  };
}

const withFonts = (packages: LatexPackages): LatexPackages => ({
  ...packages,
  amsfonts: packages.amsfonts || packages.amssymb,
});

/** The names of the environments for proofs that files declare. */
function proofEnvironments({ theorems, environments }: DeclaredEnvironments): string[] {
  const table = environmentTable({ ...lex(""), theorems, environments }, {});
  return [...theorems, ...environments].map(({ name }) => name).filter((name) => table(name)?.role === "proof");
}

/** The labels that a document and its project have. */
export function labelsOf(document: Document, { elsewhere }: Surroundings): { has(label: string): boolean } {
  return { has: (label) => definesLabel(document, label) || elsewhere.hasLabel(label) };
}

/**
 * The names of the macros that may stay in a model's formulas: not those that, by themselves or through others, reach
 * files or the shell with what the model gives them.
 */
export function harmlessMacros(macros: readonly Macro[]): ReadonlySet<string> {
  const called = macros.map(({ name, body }) => ({
    name,
    calls: [...body.matchAll(/\\([A-Za-z@]+)/g)].map((call) => call[1]!),
  }));
  const harmful = new Set<string>();
  for (let found = -1; found !== harmful.size; ) {
    found = harmful.size;
    for (const { name, calls } of called) {
      if (calls.some((call) => reachesOutside(call) || harmful.has(`\\${call}`))) harmful.add(name);
    }
  }
  return new Set(macros.map(({ name }) => name).filter((name) => !harmful.has(name)));
}
