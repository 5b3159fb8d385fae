/** Random and broken formulas, the same ones for the same seed. */
const PIECES: readonly string[] = [
  "x", "y", "n", "k", "a_1", "a_{n+1}", "f(x)", "\\alpha", "\\pi", "e", "i", "2", "17", "0.5", "10^{6}", "\\frac{1}{2}", "\\frac12", "\\sqrt{x}", "\\sqrt[3]{y}",
  "+", "-", "\\cdot", "\\times", "/", "^2", "^{n+1}", "^{-1}", "_k", "!", "!!", "(", ")", "[", "]", "\\{", "\\}", "|", "\\left(", "\\right)", "\\left|", "\\right|", "\\left.", "{", "}",
  "\\sum_{k=1}^{n}", "\\sum_{0\\le i<n}", "\\prod_{j=2}^{m} j", "\\binom{n}{k}", "\\sin", "\\cos^2", "\\log_2", "\\ln", "\\exp", "\\gcd(a,b)", "\\max\\{a,b\\}", "\\lfloor", "\\rfloor",
  "=", "<", "\\le", "\\ge", "\\equiv", "\\pmod{7}", "\\pmod", "\\mid", "\\neq", ":=", "\\iff", "\\implies", "\\quad", "\\text{if }", "\\text{", "&", "\\\\", "\\\\[2mm]", "\\cdots", "\\dots", ",", ".",
  "\\int_0^1", "\\lim", "\\vec{v}", "\\mathbb{Z}", "\\in", "\\begin{cases}", "\\end{cases}", "\\begin{aligned}", "\\end{aligned}", "\\label{a}", "\\tag{1}", "\\own{x}", "\\own", "\\loop", "\\overset{*}{=}", "\\underbrace{x}_{y}",
  "9999999999999999999999", "2^{2^{2^{n}}}", "(((((", ")))))", "\\frac", "\\frac{", "x^{y^{z^{w}}}", "100!", "n!!!", "\\sum", "%", "$", "\\", "'", "≤", "−", "∑", "\u0000", "𝔸", "\ud800",
]; // biome-ignore format: pieces

const OPENERS: readonly (readonly [string, string])[] = [
  ["\\[ ", " \\]"],
  ["$$ ", " $$"],
  ["$ ", " $"],
  ["\\( ", " \\)"],
  ["\\begin{align*} ", " \\end{align*}"],
  ["\\begin{equation} ", " \\end{equation}"],
  ["\\begin{gather} ", " \\end{gather}"],
  ["\\begin{multline} ", " \\end{multline}"],
];

/** A text with one formula: random pieces, or a part of a whole text cut anywhere. */
export function formula(random: (below: number) => number, whole: readonly string[]): string {
  if (whole.length > 0 && random(3) === 0) {
    const text = whole[random(whole.length)]!;
    const from = random(3) === 0 ? random(text.length) : 0;
    return text.slice(from, from + random(text.length - from + 1));
  }
  const [open, close] = OPENERS[random(OPENERS.length)]!;
  const pieces = Array.from({ length: 1 + random(random(10) === 0 ? 120 : 14) }, () => PIECES[random(PIECES.length)]!);
  const head =
    random(4) === 0
      ? "\\newcommand{\\own}[1]{#1^2 + \\own{#1}}\\def\\loop{\\loop\\loop} Let $n\\ge 2$ and $x = y+1$. "
      : "";
  return `${head}Then ${open}${pieces.join(random(2) === 0 ? " " : "")}${random(5) === 0 ? "" : close} holds.`;
}
