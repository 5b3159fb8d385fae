import type { StatementKind } from "./types.js";

/** What a block is for: it asserts (or defines, or asks), it proves, or it solves. */
export type Role = "statement" | "proof" | "solution";

/** What a name or a printed title means. `kind` is `other` for proofs and `solution` for solutions. */
export interface Meaning {
  readonly role: Role;
  readonly kind: StatementKind;
}

/**
 * Words as printed above theorems, folded to lower case without accents: English, German, French, Spanish, Italian,
 * Portuguese, Dutch, Danish/Norwegian/Swedish, Polish, Czech, Russian, Ukrainian, Chinese, Japanese, Korean.
 */
const WORDS: Readonly<Record<string, string>> = {
  theorem:
    "theorem theorems theorema satz hauptsatz theoreme theoremes teorema teoremas stelling sats teorem setning saetning twierdzenie veta tetel lause теорема теоремы 定理 정리",
  lemma:
    "lemma lemmas lemmata sublemma hilfssatz lemme lemmes lema lemi lemat hulpstelling лемма лема 引理 補題 补题 보조정리",
  proposition:
    "proposition propositions proposicion proposizione proposicao propositie propozice proposisjon propozycja предложение твердження утверждение 命题 命題 명제",
  corollary:
    "corollary corollaries porism korollar folgerung corollaire corollaires corolario corollario corolario gevolg folgesats foljdsats korollarium wniosek dusledek следствие наслiдок 推论 推論 系 따름정리",
  claim:
    "claim claims subclaim behauptung affirmation afirmacion afirmacao affermazione bewering claim pastand pastaende 断言 主張 주장",
  fact: "fact facts tatsache fait hecho fatto fato feit fakt факт 事实 事実 사실",
  observation: "observation observations beobachtung observacion osservazione observacao наблюдение 观察 観察",
  conjecture:
    "conjecture conjectures hypothesis vermutung conjectura conjetura congettura vermoeden hypoteza гипотеза 猜想 予想 추측",
  problem: "problem problems aufgabenstellung probleme problema probleem uloha задача задачи 问题 問題 문제",
  exercise:
    "exercise exercises aufgabe aufgaben ubung ubungen ubungsaufgabe exercice exercices ejercicio esercizio exercicio oefening opgave ovning ovelse cwiczenie cviceni упражнение 练习 練習 习题 연습문제",
  question: "question questions frage pregunta domanda pergunta vraag вопрос 疑问 질문",
  definition:
    "definition definitions definitionen definicion definizione definicao definitie definisjon definicja definice определение означення 定义 定義 정의",
  notation:
    "notation notations bezeichnung bezeichnungen notacion notazione notacao notatie обозначение 记号 記法 記号 표기",
  axiom: "axiom axioms axiome axioma assioma aksjomat аксиома 公理 공리 postulate postulat",
  assumption:
    "assumption assumptions annahme voraussetzung hypothese hypotheses supuesto ipotesi hipotesis aanname antagande предположение 假设 仮定 가정 situation setup",
  property:
    "property properties eigenschaft propriete propriedade propiedad proprieta eigenschap свойство 性质 性質 성질",
  criterion: "criterion criteria kriterium critere criterio критерий 准则 判定法",
  algorithm: "algorithm algorithms algorithmus algorithme algoritmo algoritme алгоритм 算法 アルゴリズム 알고리즘",
  example:
    "example examples counterexample beispiel beispiele gegenbeispiel exemple exemples ejemplo esempio exemplo voorbeeld exempel eksempel przyklad priklad пример приклад 例 例子 예 예제 nonexample",
  remark:
    "remark remarks bemerkung bemerkungen anmerkung remarque remarques nota observacao osservazioni opmerking anmarkning bemaerkning uwaga poznamka замечание зауваження 注 备注 注意 注記 참고",
  note: "note notes notiz hinweis",
  solution:
    "solution solutions losung loesung soluzione solucion solucao oplossing losning rozwiazanie reseni решение 解 解答 풀이",
  other:
    "principle law identity inequality formula scholium addendum result statement rule test construction convention warning",
};

const PROOF_WORDS = new Set(
  "proof proofs pf prf beweis beweise beweisskizze preuve demonstration demonstracion demostracion dimostrazione demonstracao prova bewijs bevis dowod dukaz bizonyitas todistus доказательство доведення 证明 證明 証明 증명".split(
    " ",
  ),
);

/** Environment names and abbreviations that authors use without (or with a distant) declaration. */
const NAMES: Readonly<Record<string, string>> = {
  theorem: "thm thrm theo teo teor tm satz theoremstar mainthm mainthrm bigthm introthm",
  lemma: "lem lm lemm lma sublem",
  proposition: "prop propn propo prp pro propos",
  corollary: "cor coro corol coroll corr crl crly kor korollar",
  claim: "clm cla clam subclm",
  fact: "fct",
  observation: "obs observ",
  conjecture: "conj cnj conjec",
  problem: "prob prb pblm probl sproblem dproblem",
  exercise: "ex exer exr exe exc exercis xca ejer aufg",
  question: "ques qn quest qst",
  definition: "def defn defi dfn df defin definicja dfntn",
  notation: "nota notn not ntn",
  axiom: "ax axm",
  assumption: "assu assum asm ass assump asmp assmp hyp hypo situation",
  property: "propty propy",
  criterion: "crit",
  algorithm: "algo alg",
  example: "eg exa exam exm exmp exmpl expl xmpl egs examp bsp exmple",
  remark: "rem rmk rk rmq rema remk bem rmrk",
  note: "",
  solution: "sol soln solu solutions sln answer ans",
};

const PROOF_NAMES = new Set(
  "proof pf prf proofof pfof proofsketch sketch sketchproof sketchofproof proofidea ieeeproof appendixproof inlineproof proofclaim claimproof proofofclaim subproof innerproof dem demo beweis preuve bew proofthm proofs myproof prooftheorem prooflemma nestedproof pot thmproof solutionproof".split(
    " ",
  ),
);

const CAPTION_KINDS = table(WORDS);
const NAME_KINDS = new Map([...CAPTION_KINDS, ...table(NAMES)]);
for (const word of [
  "other",
  "law",
  "test",
  "rule",
  "result",
  "statement",
  "identity",
  "formula",
  "principle",
  "construction",
  "convention",
  "warning",
  "inequality",
  "setup",
])
  NAME_KINDS.delete(word);

function table(words: Readonly<Record<string, string>>): Map<string, StatementKind> {
  const kinds = new Map<string, StatementKind>();
  for (const [kind, list] of Object.entries(words)) {
    kinds.set(kind, kind as StatementKind);
    for (const word of list.split(" ")) if (word !== "") kinds.set(word, kind as StatementKind);
  }
  return kinds;
}

const PROVABLE: ReadonlySet<StatementKind> = new Set<StatementKind>([
  "theorem",
  "lemma",
  "proposition",
  "corollary",
  "claim",
  "fact",
  "observation",
  "problem",
  "property",
  "criterion",
]);

/** Captions without a kind of their own that still assert something. */
const ASSERTION = /\b(principle|law|identity|inequality|formula|scholium|addendum|result|rule|test)\b/i;

/** Whether a reader would expect a proof of such a block; `caption` decides for kind `other`. */
export function isProvable(kind: StatementKind, caption: string): boolean {
  return PROVABLE.has(kind) || (kind === "other" && ASSERTION.test(caption));
}

function meaning(kind: StatementKind): Meaning {
  return { role: kind === "solution" ? "solution" : "statement", kind };
}

const PROOF: Meaning = { role: "proof", kind: "other" };

function fold(text: string): string {
  // Cyrillic й and the like are left whole: only Latin letters lose their accents.
  return text
    .toLowerCase()
    .replace(/ß/g, "ss")
    .replace(/ł/g, "l")
    .replace(/æ/g, "ae")
    .replace(/ø/g, "o")
    .replace(/[à-ž]/g, (letter) => letter.normalize("NFD").replace(/[\u0300-\u036f]/g, ""));
}

const ACCENTS = /\\(?:["'`^~=.]|[cuvHrkbd](?![A-Za-z]))\s*\{?(\\?[A-Za-z])\}?/g;

/** A printed title as plain words: accents resolved, font commands and LyX's `\protect\theoremname` unwrapped. */
export function captionText(caption: string): string {
  return caption
    .replace(ACCENTS, (_, letter: string) => letter.replace("\\", ""))
    .replace(/\\(?:ss)\b\s?/g, "ss")
    .replace(/\\o\b\s?/g, "o")
    .replace(/\\ae\b\s?/g, "ae")
    .replace(/\\([a-z]+)name(?![A-Za-z])/g, " $1 ")
    .replace(/\\[A-Za-z@]+\*?/g, " ")
    .replace(/[{}~]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** What a printed title (`Main Theorem`, `Théorème`, `\protect\lemmaname`) means; null if it is no known word. */
export function meaningOfCaption(caption: string): Meaning | null {
  const words = fold(captionText(caption))
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== "");
  if (words.length === 0 || words.length > 8) return null;
  if (words.some((word) => PROOF_WORDS.has(word))) return PROOF;
  const of = words.indexOf("of");
  const kinds: StatementKind[] = [];
  for (const word of of > 0 ? words.slice(0, of) : words) {
    const kind = CAPTION_KINDS.get(word) ?? germanCompound(word);
    if (kind !== undefined && kind !== "other") kinds.push(kind);
  }
  if (kinds.length === 0 && of > 0) {
    const kind = CAPTION_KINDS.get(words.at(-1)!);
    if (kind !== undefined && kind !== "other") kinds.push(kind);
  }
  if (kinds.length === 0) return null;
  // "Proposition and Definition" asserts; otherwise the head noun comes last ("Main Theorem").
  return meaning(kinds.find((kind) => PROVABLE.has(kind)) ?? kinds.at(-1)!);
}

function germanCompound(word: string): StatementKind | undefined {
  if (word.length > 6 && word.endsWith("satz")) return "theorem";
  if (word.length > 7 && word.endsWith("lemma")) return "lemma";
  return undefined;
}

const LONG =
  /^(?:[a-z]{1,10})?(theorem|lemma|proposition|corollary|conjecture|definition|exercise|problem|example|remark|claim)(?:s|box|env|star|rep|inner|[a-f]|i{1,3})?$/;
const CONTAINER = /(?:exercises|problems|solutions|questions)$/;

/**
 * What an environment, class, directive or callout name means without a declaration: the usual names and
 * abbreviations, capitalised, starred or numbered (`thm`, `Lemma*`, `mythm`, `theorembox`); null for any other.
 */
export function meaningOfName(name: string): Meaning | null {
  const folded = fold(name).replace(/\*+$/, "");
  const word = folded.replace(/[\d_:-]+$/, "").replace(/[_-]/g, "");
  if (word === "" || word.length > 40) return null;
  if (PROOF_NAMES.has(word) || PROOF_WORDS.has(word)) return PROOF;
  if (CONTAINER.test(word) && word !== "solutions") return null;
  const kind = NAME_KINDS.get(word) ?? NAME_KINDS.get(word.replace(/^my/, ""));
  if (kind !== undefined) return meaning(kind);
  if (/^my(?:proof|pf)$/.test(word)) return PROOF;
  const long = LONG.exec(word);
  if (long && !word.startsWith("sub") && !word.startsWith("end")) return meaning(long[1] as StatementKind);
  return null;
}

/** Quarto's cross-reference prefixes (`#thm-x`). */
const QUARTO: Readonly<Record<string, StatementKind>> = {
  thm: "theorem",
  lem: "lemma",
  cor: "corollary",
  prp: "proposition",
  cnj: "conjecture",
  def: "definition",
  exm: "example",
  exr: "exercise",
  sol: "solution",
  rem: "remark",
};

/** The kind that a Quarto id such as `thm-euler` stands for; null if its prefix is none of Quarto's. */
export function kindOfQuartoId(id: string): StatementKind | null {
  const prefix = /^([a-z]{3})-/.exec(id);
  return (prefix && QUARTO[prefix[1]!]) ?? null;
}
