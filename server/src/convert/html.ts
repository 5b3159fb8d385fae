/** HTML in the model's Markdown: it is no part of what a proof needs, and Markdown would pass it on to the reader's page. */

const elements = new Set(
  `a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption center cite code col
  colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer form frame
  frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark
  math menu meta meter nav noscript object ol optgroup option output p param picture pre progress q rp rt ruby s samp
  script search section select slot small source span strike strong style sub summary sup svg table tbody td template
  textarea tfoot th thead time title tr track tt u ul var video wbr applet bgsound blink marquee nobr plaintext xmp
  image annotation semantics use animate set`.split(/\s+/),
);

const pattern =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<![A-Za-z][^>]*>|<(script|style|iframe|object|template|svg|noscript|textarea|title|xmp)\b[^>]*>[\s\S]*?<\/\1\s*>|<(su[pb])>([\w+\-*,= ]{1,12})<\/\2>|<\/?([A-Za-z][A-Za-z0-9-]*)(?:[\s/](?:[^<>"']|"[^"]*"|'[^']*')*)?>|<([A-Za-z][A-Za-z0-9+.-]{1,31}):([^\s<>]*)>/gi;

/**
 * Takes HTML out of prose (a text whose code and formulas are hidden). Raised and lowered text becomes mathematics,
 * line breaks become spaces, and what only looks like a tag (`i <j and k> 0`) is escaped so that it stays text.
 * @param formula makes a riddle for a formula
 */
export function withoutHtml(
  text: string,
  removed: string[],
  formula: (tex: string) => string,
  isSafeLink: (destination: string) => boolean,
): string {
  const stripped = text.replace(
    pattern,
    (
      whole: string,
      _block: string | undefined,
      script: string | undefined,
      raised: string | undefined,
      name: string | undefined,
      scheme: string | undefined,
      rest: string | undefined,
      at: number,
    ) => {
      if (script !== undefined) return formula(`{}${script.toLowerCase() === "sup" ? "^" : "_"}{${raised!}}`);
      if (scheme !== undefined) {
        if (isSafeLink(`${scheme}:${rest}`)) return whole;
        removed.push(whole);
        return "";
      }
      if (name !== undefined) {
        const known = elements.has(name.toLowerCase()) || name.includes("-") || /[\s/]on\w+\s*=|=\s*["']/i.test(whole);
        // "if a<b and c>d": a comparison that has the look of a tag.
        const compares =
          /[\p{L}\d)\]}]$/u.test(text.slice(Math.max(0, at - 2), at)) &&
          /^<[a-z]\s[^=/]*>$/i.test(whole) &&
          !text.toLowerCase().includes(`</${name.toLowerCase()}`);
        if (!known || compares) return `&lt;${whole.slice(1)}`;
        if (/^<br[\s/]*>$/i.test(whole)) return " ";
        const paired = text.split(`<${name}>`).length === text.split(`</${name}>`).length;
        if (paired && /^<\/?(?:b|strong)>$/i.test(whole)) return "**";
        if (paired && /^<\/?(?:i|em)>$/i.test(whole)) return "*";
      }
      removed.push(whole);
      return "";
    },
  );
  // Whatever still begins like a tag is half of one, or a comparison: never let it join what comes later.
  return stripped.replace(/<(?=[A-Za-z/!?])(?!(?:https?:\/\/|mailto:)[^\s<>]+>)/gi, "&lt;");
}
