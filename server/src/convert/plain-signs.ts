import type { LatexPackages } from "./plain-latex.js";

const table = (list: string): ReadonlyMap<string, string> =>
  new Map(
    list
      .trim()
      .split(/\n\s*/)
      .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]),
  );

/** Signs of amsmath. */
const ofAmsmath = table(String.raw`
  implies \Longrightarrow
  impliedby \Longleftarrow
  varGamma \mathit{\Gamma}
  varDelta \mathit{\Delta}
  varTheta \mathit{\Theta}
  varLambda \mathit{\Lambda}
  varXi \mathit{\Xi}
  varPi \mathit{\Pi}
  varSigma \mathit{\Sigma}
  varUpsilon \mathit{\Upsilon}
  varPhi \mathit{\Phi}
  varPsi \mathit{\Psi}
  varOmega \mathit{\Omega}
  iint \int\!\!\!\int
  iiint \int\!\!\!\int\!\!\!\int
  varinjlim \mathop{\mathrm{inj\,lim}}
  varprojlim \mathop{\mathrm{proj\,lim}}
  varlimsup \limsup
  varliminf \liminf
  mod \;\mathrm{mod}\;
  dotsb \cdots
  dotsi \cdots
  dotsm \cdots
  dotsc \ldots
  dotso \ldots
  lvert |
  rvert |
  lVert \|
  rVert \|`);

/** Signs of amssymb, and those that LaTeX 2.09 had. */
const ofAmssymb = table(String.raw`
  varkappa \kappa
  digamma \mathrm{F}
  hslash \hbar
  varnothing \emptyset
  measuredangle \angle
  sphericalangle \angle
  nexists \not\exists
  square {\fboxsep2pt\fbox{\rule{2pt}{0pt}\rule{0pt}{2pt}}}
  Box {\fboxsep2pt\fbox{\rule{2pt}{0pt}\rule{0pt}{2pt}}}
  blacksquare \rule{1ex}{1ex}
  lozenge \diamond
  blacklozenge \diamond
  bigstar \star
  checkmark \surd
  complement \mathrm{C}
  backprime {}'
  blacktriangle \bigtriangleup
  blacktriangledown \bigtriangledown
  vartriangle \triangle
  triangledown \bigtriangledown
  circledS \mathrm{S}
  smallsetminus \setminus
  ltimes \mathbin{|\!\times}
  rtimes \mathbin{\times\!|}
  dotplus \mathbin{\dot{+}}
  intercal \mathbin{\top}
  boxplus \mathbin{\fboxsep1pt\fbox{$\scriptstyle +$}}
  boxminus \mathbin{\fboxsep1pt\fbox{$\scriptstyle -$}}
  boxtimes \mathbin{\fboxsep1pt\fbox{$\scriptstyle\times$}}
  boxdot \mathbin{\fboxsep1pt\fbox{$\scriptstyle\cdot$}}
  barwedge \mathbin{\bar{\wedge}}
  veebar \mathbin{\underline{\vee}}
  curlyvee \vee
  curlywedge \wedge
  circledast \mathbin{\ast}
  circledcirc \odot
  circleddash \ominus
  centerdot \cdot
  Cap \mathbin{\cap\!\!\!\cap}
  Cup \mathbin{\cup\!\!\!\cup}
  leqslant \le
  geqslant \ge
  leqq \le
  geqq \ge
  lessgtr \stackrel{<}{>}
  gtrless \stackrel{>}{<}
  lesssim \stackrel{<}{\sim}
  gtrsim \stackrel{>}{\sim}
  lessapprox \stackrel{<}{\approx}
  gtrapprox \stackrel{>}{\approx}
  nmid \not\mid
  nparallel \not\parallel
  nless \not<
  ngtr \not>
  nleq \not\le
  ngeq \not\ge
  nleqslant \not\le
  ngeqslant \not\ge
  nsim \not\sim
  ncong \not\cong
  nsubseteq \not\subseteq
  nsupseteq \not\supseteq
  subsetneq \mathrel{\mathop{\subset}\limits_{\neq}}
  supsetneq \mathrel{\mathop{\supset}\limits_{\neq}}
  subsetneqq \mathrel{\mathop{\subset}\limits_{\neq}}
  supsetneqq \mathrel{\mathop{\supset}\limits_{\neq}}
  subseteqq \subseteq
  supseteqq \supseteq
  Subset \mathrel{\subset\!\subset}
  Supset \mathrel{\supset\!\supset}
  trianglelefteq \mathrel{\underline{\triangleleft}}
  trianglerighteq \mathrel{\underline{\triangleright}}
  vartriangleleft \mathrel{\triangleleft}
  vartriangleright \mathrel{\triangleright}
  ntriangleleft \not\mathrel{\triangleleft}
  ntriangleright \not\mathrel{\triangleright}
  ntrianglelefteq \not\mathrel{\underline{\triangleleft}}
  ntrianglerighteq \not\mathrel{\underline{\triangleright}}
  triangleq \stackrel{\triangle}{=}
  thicksim \sim
  thickapprox \approx
  eqcirc \stackrel{\circ}{=}
  circeq \stackrel{\circ}{=}
  doteqdot \doteq
  risingdotseq \doteq
  fallingdotseq \doteq
  preccurlyeq \preceq
  succcurlyeq \succeq
  precsim \stackrel{\prec}{\sim}
  succsim \stackrel{\succ}{\sim}
  precapprox \stackrel{\prec}{\approx}
  succapprox \stackrel{\succ}{\approx}
  lll \mathrel{<\!\!<\!\!<}
  ggg \mathrel{>\!\!>\!\!>}
  Vdash \mathrel{|\!\vdash}
  vDash \models
  nvdash \not\vdash
  nvDash \not\models
  nVdash \not\mathrel{|\!\vdash}
  nVDash \not\mathrel{|\!\models}
  therefore \mbox{therefore }
  because \mbox{because }
  shortmid \mid
  shortparallel \parallel
  nshortmid \not\mid
  nshortparallel \not\parallel
  lneq \mathrel{\mathop{<}\limits_{\neq}}
  gneq \mathrel{\mathop{>}\limits_{\neq}}
  lneqq \mathrel{\mathop{<}\limits_{\neq}}
  gneqq \mathrel{\mathop{>}\limits_{\neq}}
  lnsim \mathrel{\mathop{<}\limits_{\not\sim}}
  gnsim \mathrel{\mathop{>}\limits_{\not\sim}}
  precneqq \mathrel{\mathop{\prec}\limits_{\neq}}
  succneqq \mathrel{\mathop{\succ}\limits_{\neq}}
  nprec \not\prec
  nsucc \not\succ
  npreceq \not\preceq
  nsucceq \not\succeq
  varpropto \propto
  smallsmile \smile
  smallfrown \frown
  eqsim \stackrel{-}{\sim}
  Join \bowtie
  mho \mathrm{mho}
  sqsubset \mathrel{\mathrm{sqsubset}}
  sqsupset \mathrel{\mathrm{sqsupset}}
  leftrightharpoons \rightleftharpoons
  rightsquigarrow \mathrel{\sim\!>}
  twoheadrightarrow \mathrel{\to\!\!\!\!\to}
  twoheadleftarrow \mathrel{\leftarrow\!\!\!\!\leftarrow}
  rightarrowtail \mathrel{>\!\!\to}
  leftarrowtail \mathrel{\leftarrow\!\!<}
  nrightarrow \not\to
  nleftarrow \not\leftarrow
  nRightarrow \not\Rightarrow
  nLeftarrow \not\Leftarrow
  nleftrightarrow \not\leftrightarrow
  nLeftrightarrow \not\Leftrightarrow
  leftrightarrows \stackrel{\leftarrow}{\to}
  rightleftarrows \stackrel{\to}{\leftarrow}
  rightrightarrows \stackrel{\to}{\to}
  leftleftarrows \stackrel{\leftarrow}{\leftarrow}
  dashrightarrow \mathrel{-\,\to}
  dashleftarrow \mathrel{\leftarrow\,-}
  upuparrows \mathrel{\uparrow\!\uparrow}
  downdownarrows \mathrel{\downarrow\!\downarrow}
  upharpoonright |
  restriction |
  upharpoonleft |
  Lleftarrow \Leftarrow
  Rrightarrow \Rightarrow
  multimap \mathrel{-\!\circ}
  ulcorner \lceil
  urcorner \rceil
  llcorner \lfloor
  lrcorner \rfloor
  beth \mathrm{beth}
  gimel \mathrm{gimel}
  daleth \mathrm{daleth}
  eth \mathrm{eth}
  maltese \dagger`);

/** Signs of amssymb that nothing else resembles. */
const named = new Set(
  `divideontimes leftthreetimes rightthreetimes backsim backsimeq approxeq bumpeq Bumpeq Vvdash between pitchfork
  curvearrowright curvearrowleft circlearrowright circlearrowleft leftrightsquigarrow`.split(/\s+/),
);

/** What a command without arguments is in a document with those packages; null if it can stay as it is. */
export function plainSymbol(name: string, { amsmath, amssymb }: LatexPackages): string | null {
  if (!amsmath && ofAmsmath.has(name)) return ofAmsmath.get(name)!;
  if (amssymb) return null;
  return ofAmssymb.get(name) ?? (named.has(name) ? `\\mathrel{\\mathrm{${name}}}` : null);
}
