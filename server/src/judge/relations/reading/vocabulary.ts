/** Relations by the command or sign that writes them, in canonical form. */
export const RELATIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "=": "=",
    "<": "<",
    ">": ">",
    "\\lt": "<",
    "\\gt": ">",
    "\\le": "<=",
    "\\leq": "<=",
    "\\leqslant": "<=",
    "\\leqq": "<=",
    "\\ge": ">=",
    "\\geq": ">=",
    "\\geqslant": ">=",
    "\\geqq": ">=",
    "\\ne": "!=",
    "\\neq": "!=",
    "\\equiv": "==",
    "\\mid": "|",
    "\\divides": "|",
    "\\nmid": "!|",
    "\\coloneqq": ":=",
    "\\triangleq": ":=",
    "\\eqqcolon": ":=",
    "\\coloneq": ":=",
    "\\doteq": ":=",
  }),
);

/** Signs between formulas: what stands on the two sides are two formulas. */
export const BREAKS: ReadonlySet<string> = new Set(
  (
    "\\implies \\impliedby \\iff \\Rightarrow \\Leftarrow \\Leftrightarrow \\Longrightarrow \\Longleftrightarrow \\Longleftarrow " +
    "\\quad \\qquad \\therefore \\because \\land \\lor \\wedge \\vee \\qed \\qedhere \\blacksquare \\square \\Box \\checkmark \\hfill " +
    "\\par \\newline \\and \\leadsto \\rightsquigarrow \\enspace \\enskip \\colon \\ldotp \\medskip \\bigskip \\smallskip"
  ).split(" "),
);

/** Commands that print nothing and take nothing. */
export const SILENT: ReadonlySet<string> = new Set(
  (
    "\\, \\; \\: \\! \\> \\  \\/ \\- \\displaystyle \\textstyle \\scriptstyle \\scriptscriptstyle \\limits \\nolimits \\nonumber \\notag " +
    "\\bigl \\bigr \\Bigl \\Bigr \\biggl \\biggr \\Biggl \\Biggr \\big \\Big \\bigg \\Bigg \\bigm \\Bigm \\middle \\thinspace \\medspace " +
    "\\thickspace \\negthinspace \\allowbreak \\break \\nobreak \\strut \\mathstrut \\centering \\small \\footnotesize \\normalsize \\allowdisplaybreaks \\boldmath \\noindent"
  )
    .split(" ")
    .concat("\\\n", "\\ "),
);

/** Commands that print nothing and take one group. */
export const SILENT_WITH_GROUP: ReadonlySet<string> = new Set(
  "\\label \\tag \\hspace \\vspace \\phantom \\hphantom \\vphantom \\mspace \\kern \\color \\textcolor \\eqref \\ref \\cref \\footnote \\cite".split(
    " ",
  ),
);

/** Commands that show the group after them as it is. */
export const TRANSPARENT: ReadonlySet<string> = new Set(
  "\\boxed \\fbox \\underline \\mathop \\mathbin \\mathrel \\mathord \\mathinner \\smash \\ensuremath \\mathclose \\mathopen \\fcolorbox \\displaylimits \\cancel \\bcancel \\xcancel \\mathit \\mathnormal".split(
    " ",
  ),
);

/** Commands that hold words. */
export const WORDS: ReadonlySet<string> = new Set(
  "\\text \\textrm \\textbf \\textit \\mbox \\hbox \\emph \\textnormal \\intertext \\shortintertext \\textsf \\texttt \\textup \\textsc".split(
    " ",
  ),
);

/** Letters with a command of their own. */
export const LETTERS: ReadonlySet<string> = new Set(
  (
    "\\alpha \\beta \\gamma \\delta \\epsilon \\varepsilon \\zeta \\eta \\theta \\vartheta \\iota \\kappa \\lambda \\mu \\nu \\xi \\pi " +
    "\\rho \\varrho \\sigma \\varsigma \\tau \\upsilon \\phi \\varphi \\chi \\psi \\omega \\Gamma \\Delta \\Theta \\Lambda \\Xi \\Pi " +
    "\\Sigma \\Upsilon \\Phi \\Psi \\Omega \\ell"
  ).split(" "),
);

/** Real functions of one argument by command or upright name. */
export const FUNCTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "\\sin": "sin",
    "\\cos": "cos",
    "\\tan": "tan",
    "\\cot": "cot",
    "\\sec": "sec",
    "\\csc": "csc",
    "\\arcsin": "asin",
    "\\arccos": "acos",
    "\\arctan": "atan",
    "\\sinh": "sinh",
    "\\cosh": "cosh",
    "\\tanh": "tanh",
    "\\ln": "ln",
    "\\log": "log",
    "\\lg": "log",
    "\\exp": "exp",
    "\\tg": "tan",
    "\\ctg": "cot",
    "\\cosec": "csc",
    "\\arctg": "atan",
  }),
);

/** Functions of a list. */
export const LISTS: ReadonlyMap<string, string> = new Map(
  Object.entries({ "\\gcd": "gcd", "\\max": "max", "\\min": "min", "\\lcm": "lcm" }),
);

/** Upright names that are functions: `\operatorname{lcm}`. */
export const UPRIGHT: ReadonlyMap<string, string> = new Map(
  [...FUNCTIONS, ...LISTS].map(([command, name]) => [command.slice(1), name] as const),
);

/** Why notation is passed over, by command: what it is called when the silence is listed. */
export const UNREAD: ReadonlyMap<string, string> = new Map(
  (
    [
      ["integrals", "\\int \\iint \\iiint \\oint \\idotsint"],
      [
        "limits",
        "\\lim \\limsup \\liminf \\sup \\inf \\to \\rightarrow \\longrightarrow \\mapsto \\infty \\searrow \\nearrow \\uparrow \\downarrow \\varlimsup \\varliminf \\hookrightarrow \\xrightarrow",
      ],
      ["derivatives", "\\partial \\nabla \\dot \\ddot"],
      [
        "sets",
        "\\in \\notin \\ni \\subset \\subseteq \\supset \\supseteq \\subsetneq \\cup \\cap \\setminus \\emptyset \\varnothing \\bigcup \\bigcap \\forall \\exists \\nexists \\mathcal \\mathscr \\mathfrak \\sqcup \\bigsqcup \\aleph \\complement",
      ],
      [
        "vectors",
        "\\vec \\mathbf \\boldsymbol \\bm \\overrightarrow \\langle \\rangle \\lVert \\rVert \\Vert \\| \\norm \\perp \\parallel \\hat \\otimes \\oplus \\bigoplus \\bigotimes \\ast \\star \\bullet \\bigcirc \\rtimes \\ltimes",
      ],
      [
        "geometry",
        "\\angle \\measuredangle \\triangle \\overarc \\widehat \\overleftrightarrow \\cong \\bigtriangleup",
      ],
      [
        "approximations and asymptotics",
        "\\approx \\simeq \\asymp \\propto \\ll \\gg \\sim \\gtrsim \\lesssim \\approxeq \\prec \\succ \\preceq \\succeq",
      ],
      ["probability", "\\Pr \\mathbb \\binomdist"],
      ["plus-minus signs", "\\pm \\mp"],
      ["matrices and cases", "\\det \\ker \\dim \\rank \\tr \\hom \\deg \\arg \\trace"],
    ] as const
  ).flatMap(([reason, commands]) => commands.split(" ").map((command) => [command, reason] as const)),
);
