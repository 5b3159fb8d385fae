/**
 * Unicode that a model writes in proofs, as LaTeX that compiles with amsmath and amssymb in any engine and renders in
 * KaTeX. Letters of alphabets are computed (NFKD), the rest is listed.
 */

const relations =
  "≤\\le ≥\\ge ⩽\\leqslant ⩾\\geqslant ≠\\ne ≈\\approx ≡\\equiv ≢\\not\\equiv ∼\\sim ≃\\simeq ≅\\cong ∝\\propto ≪\\ll ≫\\gg ∣\\mid ∤\\nmid ∥\\parallel ∦\\nparallel ⊥\\perp ⟂\\perp ∈\\in ∉\\notin ∋\\ni ⊂\\subset ⊃\\supset ⊆\\subseteq ⊇\\supseteq ⊊\\subsetneq ⊋\\supsetneq ⊄\\not\\subset ⊈\\nsubseteq ≺\\prec ≻\\succ ⪯\\preceq ⪰\\succeq ≼\\preccurlyeq ≽\\succcurlyeq ⊢\\vdash ⊨\\models ≜\\triangleq ≲\\lesssim ≳\\gtrsim ≍\\asymp";
const arrows =
  "→\\to ←\\leftarrow ↔\\leftrightarrow ⇒\\Rightarrow ⇐\\Leftarrow ⇔\\Leftrightarrow ⟹\\Longrightarrow ⟸\\Longleftarrow ⟺\\Longleftrightarrow ⟶\\longrightarrow ⟵\\longleftarrow ⟷\\longleftrightarrow ↦\\mapsto ⟼\\longmapsto ↑\\uparrow ↓\\downarrow ↪\\hookrightarrow ↠\\twoheadrightarrow ↗\\nearrow ↘\\searrow ⇝\\rightsquigarrow ⇑\\Uparrow ⇓\\Downarrow";
const operators =
  "×\\times ·\\cdot ⋅\\cdot ∙\\cdot •\\bullet ÷\\div ±\\pm ∓\\mp ∗\\ast ⋆\\star ★\\bigstar ∘\\circ ⊕\\oplus ⊗\\otimes ⊖\\ominus ⊙\\odot ∪\\cup ∩\\cap ⊔\\sqcup ⊓\\sqcap ∧\\wedge ∨\\vee ∖\\setminus ⊎\\uplus ∑\\sum ∏\\prod ∐\\coprod ∫\\int ∬\\iint ∭\\iiint ∮\\oint ⋃\\bigcup ⋂\\bigcap ⋁\\bigvee ⋀\\bigwedge ⨁\\bigoplus ⨂\\bigotimes √\\surd ⋊\\rtimes ⋉\\ltimes ⊲\\triangleleft ⊳\\triangleright";
const others =
  "∀\\forall ∃\\exists ∄\\nexists ¬\\neg ∅\\varnothing ⌀\\varnothing ∞\\infty ∂\\partial ∇\\nabla ∆\\Delta ∠\\angle ∡\\measuredangle △\\triangle ▵\\triangle □\\square ◻\\square ▢\\square ■\\blacksquare ◼\\blacksquare ⬛\\blacksquare ▪\\blacksquare ∎\\blacksquare ◇\\diamond ◊\\lozenge ○\\circ ●\\bullet ⋯\\cdots ⋮\\vdots ⋱\\ddots …\\dots ⌊\\lfloor ⌋\\rfloor ⌈\\lceil ⌉\\rceil ⟨\\langle ⟩\\rangle 〈\\langle 〉\\rangle ‖\\Vert ∴\\therefore ∵\\because ⊤\\top ⊥\\bot †\\dagger ‡\\ddagger °{}^{\\circ} ℓ\\ell ℏ\\hbar ℘\\wp ℜ\\Re ℑ\\Im ℵ\\aleph ϵ\\epsilon ε\\varepsilon ϕ\\phi φ\\varphi ϑ\\vartheta ϖ\\varpi ϱ\\varrho ς\\varsigma µ\\mu ✓\\checkmark ✔\\checkmark ✗\\times ✘\\times ⌒\\frown ♠\\spadesuit ♣\\clubsuit ♥\\heartsuit ♦\\diamondsuit ℧\\mho ½\\tfrac{1}{2} ⅓\\tfrac{1}{3} ⅔\\tfrac{2}{3} ¼\\tfrac{1}{4} ¾\\tfrac{3}{4} ⅛\\tfrac{1}{8} ≔:= ≕=: ∶: −- ‑- ‐- –- —- ′' ″'' ‴''' ‵\\backprime ⁄/ ∕/ ∣\\mid";
const greek =
  "α\\alpha β\\beta γ\\gamma δ\\delta ζ\\zeta η\\eta θ\\theta ι\\iota κ\\kappa λ\\lambda μ\\mu ν\\nu ξ\\xi π\\pi ρ\\rho σ\\sigma τ\\tau υ\\upsilon χ\\chi ψ\\psi ω\\omega Γ\\Gamma Δ\\Delta Θ\\Theta Λ\\Lambda Ξ\\Xi Π\\Pi Σ\\Sigma Υ\\Upsilon Φ\\Phi Ψ\\Psi Ω\\Omega";
const scripts = "⁰0 ¹1 ²2 ³3 ⁴4 ⁵5 ⁶6 ⁷7 ⁸8 ⁹9 ⁺+ ⁻- ⁼= ⁽( ⁾) ⁿn ⁱi";
const indices = "₀0 ₁1 ₂2 ₃3 ₄4 ₅5 ₆6 ₇7 ₈8 ₉9 ₊+ ₋- ₌= ₍( ₎) ₐa ₑe ₒo ₓx ₕh ₖk ₗl ₘm ₙn ₚp ₛs ₜt ᵢi ⱼj ᵣr ᵤu ᵥv";

function table(...lists: readonly string[]): ReadonlyMap<string, string> {
  const entries = lists.flatMap((list) => list.split(" ")).map((entry) => Array.from(entry));
  return new Map(entries.map(([symbol, ...tex]) => [symbol!, tex.join("")]));
}

const mathematics = table(relations, arrows, operators, others, greek);
const superscripts = table(scripts);
const subscripts = table(indices);

/** The plain character of a Unicode superscript or subscript, and which of the two it is; null for others. */
export function scriptOf(char: string): { readonly mark: "^" | "_"; readonly base: string } | null {
  const above = superscripts.get(char);
  if (above !== undefined) return { mark: "^", base: above };
  const below = subscripts.get(char);
  return below === undefined ? null : { mark: "_", base: below };
}

/** Alphabets of the block "Mathematical Alphanumeric Symbols", by the offset of their first capital. */
const alphabets: readonly (readonly [first: number, last: number, command: string])[] = [
  [0x1d400, 0x1d433, "\\mathbf"],
  [0x1d434, 0x1d467, ""],
  [0x1d468, 0x1d49b, "\\boldsymbol"],
  [0x1d49c, 0x1d503, "\\mathcal"],
  [0x1d504, 0x1d537, "\\mathfrak"],
  [0x1d538, 0x1d56b, "\\mathbb"],
  [0x1d56c, 0x1d59f, "\\mathfrak"],
  [0x1d5a0, 0x1d66f, "\\mathsf"],
  [0x1d670, 0x1d6a3, "\\mathtt"],
];

/** The LaTeX of a non-ASCII character in mathematics, without braces; null if it is not a mathematical symbol. */
export function mathSymbol(char: string): string | null {
  const listed = mathematics.get(char);
  if (listed !== undefined) return listed;
  const code = char.codePointAt(0)!;
  const letter = char.normalize("NFKC");
  const alphabet = alphabets.find(([first, last]) => code >= first && code <= last);
  if (alphabet !== undefined && /^[A-Za-z]$/.test(letter)) {
    return alphabet[2] === "" ? letter : `${alphabet[2]}{${letter}}`;
  }
  if (code > 0x1d6a3 && code <= 0x1d7ff) return /^[0-9]$/.test(letter) ? letter : (mathematics.get(letter) ?? null);
  if (code >= 0x2100 && code <= 0x214f && /^[A-Za-z]$/.test(letter)) {
    return `${"ℂℍℕℙℚℝℤ".includes(char) ? "\\mathbb" : "\\mathcal"}{${letter}}`;
  }
  return null;
}

const prose: ReadonlyMap<string, string> = new Map([
  ["–", "--"],
  ["—", "---"],
  ["―", "---"],
  ["‑", "-"],
  ["‐", "-"],
  ["−", "$-$"],
  ["\u00AD", "\\-"],
  ["\u00A0", "~"],
  ["\u202F", "~"],
  ["\u2007", "~"],
  ["\u2003", "\\quad{}"],
  ["\u2002", "\\enspace{}"],
  ["…", "\\dots{}"],
  ["“", "``"],
  ["”", "''"],
  ["„", ",,"],
  ["‘", "`"],
  ["’", "'"],
  ["‚", ","],
  ["«", "$\\ll$"],
  ["»", "$\\gg$"],
  ["§", "\\S{}"],
  ["¶", "\\P{}"],
  ["†", "\\dag{}"],
  ["‡", "\\ddag{}"],
  ["£", "\\pounds{}"],
  ["©", "\\copyright{}"],
  ["®", "\\textregistered{}"],
  ["™", "\\texttrademark{}"],
  ["€", "EUR"],
  ["Ł", "\\L{}"],
  ["ł", "\\l{}"],
  ["ı", "\\i{}"],
  ["Œ", "\\OE{}"],
  ["œ", "\\oe{}"],
  ["Đ", "D"],
  ["Ð", "D"],
  ["đ", "d"],
  ["ð", "d"],
  ["Þ", "Th"],
  ["þ", "th"],
  ["ẞ", "SS"],
  ["ȷ", "\\j{}"],
  ["Ø", "\\O{}"],
  ["ø", "\\o{}"],
  ["¥", "JPY"],
  ["¢", "c"],
  ["№", "No."],
  ["‰", "\\%o"],
  ["─", "-"],
  ["━", "-"],
  ["│", "$|$"],
  ["∛", "$\\sqrt[3]{\\ }$"],
  ["∜", "$\\sqrt[4]{\\ }$"],
  ["☐", "[ ]"],
  ["☑", "[x]"],
  ["☒", "[x]"],
]);

/** Cyrillic letters in the Latin letters of mathematical reviews: for names in a document without a Cyrillic font. */
const cyrillic: ReadonlyMap<string, string> = new Map(
  "а a б b в v г g д d е e ё \\\"{e} ж zh з z и i й \\u{\\i} к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ '' ы y ь ' э \\`{e} ю yu я ya і i ї \\\"{\\i} є ye"
    .split(" ")
    .flatMap((entry, at, all) => (at % 2 === 0 ? [[entry, all[at + 1]!] as const] : [])),
);

const accents: Readonly<Record<string, string>> = {
  "\u0300": "`",
  "\u0301": "'",
  "\u0302": "^",
  "\u0303": "~",
  "\u0304": "=",
  "\u0306": "u",
  "\u0307": ".",
  "\u0308": '"',
  "\u030A": "r",
  "\u030B": "H",
  "\u030C": "v",
  "\u0323": "d",
  "\u0327": "c",
};

/** A letter with combining marks; those that TeX has no accent for are left out. */
export function accented(base: string, marks: readonly string[]): string {
  return marks.reduce((inner, mark) => {
    const accent = accents[mark];
    if (accent === undefined) return inner;
    const dotless = (inner === "i" || inner === "j") && accent !== "c" && accent !== "d" ? `\\${inner}` : inner;
    return `\\${accent}{${dotless}}`;
  }, base);
}

/** A space of any width that Unicode has, other than the no-break ones. */
const spaces = /^[\u2000\u2001\u2004-\u2006\u2008-\u200A\u205F\u3000]$/;

/**
 * The LaTeX of a non-ASCII character that is text rather than mathematics: Latin letters stay as they are where every
 * LaTeX since 2018 knows them (Latin-1), and become accents elsewhere. What no Latin font has is shown by its code
 * point, so that it can be seen and doesn't stop the document.
 */
export function proseSymbol(char: string): string {
  const listed = prose.get(char);
  if (listed !== undefined) return listed;
  if (/^[À-ÿß¿¡]$/.test(char)) return char;
  if (spaces.test(char)) return char === "\u2001" || char === "\u3000" ? "\\quad{}" : "\\,";
  if (/^\p{M}$/u.test(char) || /^[\uFE00-\uFE0F]$/.test(char)) return "";
  const letter = cyrillic.get(char.toLowerCase());
  if (letter !== undefined && char === char.toLowerCase()) return letter;
  if (letter !== undefined)
    return letter.replace(/^[a-z]|\{\\?[a-z]\}/, (first) => first.replace("\\", "").toUpperCase());
  const [base, ...marks] = Array.from(char.normalize("NFD"));
  if (marks.length > 0 && /^[A-Za-z]$/.test(base!)) return accented(base!, marks);
  const compatible = char.normalize("NFKC");
  const sign = compatible === char ? null : mathSymbol(compatible);
  if (sign !== null) return `$${sign}$`;
  if (/^[\x20-\x7E]+$/.test(compatible)) return compatible.replace(/[\\{}$&#^_%~]/g, "\\$&{}");
  return `[U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`;
}
