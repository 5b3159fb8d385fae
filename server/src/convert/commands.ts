/**
 * What may stand in a formula. A command that is not listed here never reaches the document as a command: the list is
 * what LaTeX's kernel, amsmath and amssymb define (KaTeX knows all of it too; a test compiles and renders every one).
 */

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Symbols, spaces, named functions and style switches: commands without arguments. */
export const symbols: ReadonlySet<string> = new Set(
  words(`
  alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi pi varpi rho
  varrho sigma varsigma tau upsilon phi varphi chi psi omega digamma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi
  Psi Omega varGamma varDelta varTheta varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega aleph beth
  gimel daleth hbar hslash ell imath jmath wp Re Im partial infty prime emptyset varnothing nabla surd top bot angle
  measuredangle sphericalangle triangle forall exists nexists neg lnot flat natural sharp clubsuit diamondsuit
  heartsuit spadesuit Box square blacksquare lozenge blacklozenge bigstar checkmark complement eth mho backprime
  blacktriangle blacktriangledown vartriangle triangledown circledS maltese backslash
  pm mp times div ast star circ bullet cdot cap cup uplus sqcap sqcup vee wedge lor land setminus smallsetminus wr
  diamond bigtriangleup bigtriangledown triangleleft triangleright oplus ominus otimes oslash odot bigcirc dagger
  ddagger amalg ltimes rtimes dotplus intercal boxplus boxminus boxtimes boxdot barwedge veebar curlyvee curlywedge
  circledast circledcirc circleddash centerdot Cap Cup divideontimes leftthreetimes rightthreetimes
  leq le geq ge neq ne equiv sim simeq approx cong doteq propto models perp mid parallel prec succ preceq succeq ll
  gg subset supset subseteq supseteq sqsubseteq sqsupseteq in ni owns notin vdash dashv asymp bowtie smile frown
  Join leqslant geqslant leqq geqq lessgtr gtrless lesssim gtrsim lessapprox gtrapprox nmid nparallel nless
  ngtr nleq ngeq nleqslant ngeqslant nsim ncong nsubseteq nsupseteq subsetneq supsetneq subsetneqq supsetneqq
  subseteqq supseteqq Subset Supset trianglelefteq trianglerighteq vartriangleleft vartriangleright ntriangleleft
  ntriangleright ntrianglelefteq ntrianglerighteq triangleq backsim backsimeq approxeq thicksim thickapprox eqcirc
  circeq bumpeq Bumpeq doteqdot preccurlyeq succcurlyeq precsim succsim precapprox succapprox lll ggg Vdash vDash
  Vvdash nvdash nvDash nVdash nVDash therefore because between pitchfork shortmid shortparallel nshortmid
  nshortparallel lneq gneq lneqq gneqq lnsim gnsim precneqq succneqq nprec nsucc npreceq nsucceq varpropto risingdotseq
  fallingdotseq smallsmile smallfrown eqsim sqsubset sqsupset
  leftarrow gets rightarrow to leftrightarrow Leftarrow Rightarrow Leftrightarrow longleftarrow longrightarrow
  longleftrightarrow Longleftarrow Longrightarrow Longleftrightarrow mapsto longmapsto iff implies impliedby uparrow
  downarrow updownarrow Uparrow Downarrow Updownarrow nearrow searrow swarrow nwarrow hookleftarrow hookrightarrow
  leftharpoonup leftharpoondown rightharpoonup rightharpoondown rightleftharpoons leftrightharpoons rightsquigarrow
  leadsto twoheadrightarrow twoheadleftarrow rightarrowtail leftarrowtail nrightarrow nleftarrow nRightarrow
  nLeftarrow nleftrightarrow nLeftrightarrow leftrightarrows rightleftarrows rightrightarrows leftleftarrows
  curvearrowright curvearrowleft circlearrowright circlearrowleft dashrightarrow dashleftarrow upuparrows
  downdownarrows upharpoonright restriction upharpoonleft Lleftarrow Rrightarrow leftrightsquigarrow multimap
  sum prod coprod int iint iiint oint bigcap bigcup bigsqcup bigvee bigwedge bigodot bigoplus bigotimes biguplus
  arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max min
  Pr sec sin sinh sup tan tanh injlim projlim varinjlim varprojlim varlimsup varliminf bmod mod
  ldots dots cdots vdots ddots dotsb dotsc dotsi dotsm dotso colon
  lfloor rfloor lceil rceil langle rangle lvert rvert lVert rVert vert Vert lbrace rbrace lbrack rbrack ulcorner
  urcorner llcorner lrcorner lgroup rgroup lmoustache rmoustache
  quad qquad enspace thinspace medspace thickspace negthinspace negmedspace negthickspace
  displaystyle textstyle scriptstyle scriptscriptstyle
  S P copyright pounds dag ddag`),
);

/** Commands whose name is one character: spaces, escapes, `\|`. */
export const controlSymbols: ReadonlySet<string> = new Set([..."{}%&#_$|,;:!> "]);

/** Big operators and functions, after which `\limits` and `\nolimits` may stand. */
export const limitOperators: ReadonlySet<string> = new Set(
  words(`sum prod coprod int iint iiint oint bigcap bigcup bigsqcup bigvee bigwedge bigodot bigoplus bigotimes biguplus
  lim liminf limsup max min sup inf det gcd Pr injlim projlim varinjlim varprojlim varlimsup varliminf`),
);

/** Commands with arguments, by their shape: `m` mathematics, `t` text, `o` optional, `d` delimiter, `x` to be dropped. */
export const shapes: ReadonlyMap<string, string> = new Map([
  ...words("frac dfrac tfrac binom dbinom tbinom stackrel overset underset cfrac").map((name) => [name, "mm"] as const),
  ...words(`mathbb mathbf mathrm mathit mathsf mathtt mathcal mathscr mathfrak mathnormal boldsymbol pmb hat widehat tilde
    widetilde bar overline underline vec dot ddot dddot acute grave check breve mathring overrightarrow overleftarrow
    overleftrightarrow underrightarrow underleftarrow underleftrightarrow overbrace underbrace boxed phantom hphantom
    vphantom smash operatorname mathop mathbin mathrel mathord mathopen mathclose mathpunct mathinner pmod pod
    substack`).map((name) => [name, "m"] as const),
  ...words("text textrm textbf textit textsf texttt textnormal textup emph mbox").map((name) => [name, "t"] as const),
  ["sqrt", "om"],
  ["xrightarrow", "om"],
  ["xleftarrow", "om"],
  ["sideset", "xxm"],
  ["cancel", "m"],
]);

/** What is written for commands of other packages, of KaTeX or of plain TeX. An empty string drops the command alone. */
export const renamed: ReadonlyMap<string, string> = new Map(
  Object.entries({
    coloneqq: ":=",
    coloneq: ":=",
    eqqcolon: "=:",
    vcentcolon: ":",
    mathbbm: "\\mathbb",
    mathds: "\\mathbb",
    Bbb: "\\mathbb",
    bm: "\\boldsymbol",
    boldmath: "",
    mathscr: "\\mathcal",
    mathnormal: "\\mathit",
    pmb: "\\boldsymbol",
    hbox: "\\text",
    mbox: "\\text",
    emph: "\\textit",
    textup: "\\text",
    textsc: "\\text",
    textsl: "\\textit",
    underleftrightarrow: "\\underline",
    injlim: "\\operatorname{inj\\,lim}",
    projlim: "\\operatorname{proj\\,lim}",
    lnot: "\\neg",
    abs: "\\operatorname{abs}",
    R: "\\mathbb{R}",
    N: "\\mathbb{N}",
    Z: "\\mathbb{Z}",
    Q: "\\mathbb{Q}",
    C: "\\mathbb{C}",
    F: "\\mathbb{F}",
    RR: "\\mathbb{R}",
    NN: "\\mathbb{N}",
    ZZ: "\\mathbb{Z}",
    QQ: "\\mathbb{Q}",
    CC: "\\mathbb{C}",
    dotsc: "\\ldots",
    hdots: "\\ldots",
    lt: "<",
    gt: ">",
    degree: "{}^{\\circ}",
    textdegree: "{}^{\\circ}",
    lbrack: "[",
    rbrack: "]",
    dag: "\\dagger",
    ddag: "\\ddagger",
    owns: "\\ni",
    leadsto: "\\rightsquigarrow",
    gets: "\\leftarrow",
    Mid: "\\mid",
    divides: "\\mid",
    ndivides: "\\nmid",
    bigtimes: "\\times",
    varheartsuit: "\\heartsuit",
    llbracket: "[\\![",
    rrbracket: "]\\!]",
    hfill: "\\quad",
    hfil: "\\quad",
    space: "\\ ",
    nobreakspace: "\\ ",
    par: " ",
    newline: "\\\\",
    cr: "\\\\",
    qed: "",
    qedhere: "",
    qedsymbol: "",
    noindent: "",
    centering: "",
    allowbreak: "",
    nobreak: "",
    relax: "",
    strut: "",
    mathstrut: "",
    protect: "",
    ensuremath: "",
    limits: "",
    nolimits: "",
    allowdisplaybreaks: "",
    displaylimits: "",
    hline: "",
    hdashline: "",
    toprule: "",
    midrule: "",
    bottomrule: "",
    Biggl: "",
    nonumber: "",
    notag: "",
    label: "",
  }),
);

/** How many braced arguments are dropped with a command of which only the last argument is worth keeping. */
export const dropped: ReadonlyMap<string, number> = new Map(
  Object.entries({
    color: 1,
    textcolor: 1,
    colorbox: 1,
    fcolorbox: 2,
    raisebox: 1,
    hspace: 1,
    vspace: 1,
    mspace: 1,
    cline: 1,
    multicolumn: 2,
    class: 1,
    cssId: 1,
    style: 1,
    rule: 2,
    setlength: 2,
    addtolength: 2,
    arraystretch: 0,
    vskip: 0,
  }),
);

/** Font switches of plain TeX and what each writes around the rest of its group. */
export const oldFonts: ReadonlyMap<string, string> = new Map(
  Object.entries({
    rm: "mathrm",
    bf: "mathbf",
    it: "mathit",
    cal: "mathcal",
    sf: "mathsf",
    tt: "mathtt",
    mit: "mathit",
    frak: "mathfrak",
    bfseries: "mathbf",
    itshape: "mathit",
    rmfamily: "mathrm",
  }),
);

/** `\big` and its kin: each must be followed by a delimiter. */
export const bigs: ReadonlySet<string> = new Set(
  words("big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm biggm Biggm"),
);

/** Commands that are delimiters (with `( ) [ ] / | . < >` and `\{ \} \|`). */
export const delimiters: ReadonlySet<string> = new Set(
  words(`lfloor rfloor lceil rceil langle rangle lvert rvert lVert rVert vert Vert lbrace rbrace lbrack rbrack lgroup rgroup lmoustache rmoustache uparrow downarrow updownarrow Uparrow Downarrow
  Updownarrow backslash`),
);
