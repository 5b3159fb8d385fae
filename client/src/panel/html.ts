/** What the page's HTML depends on. */
export interface PageParts {
  /** The webview's own source for a content security policy (`webview.cspSource`). */
  readonly cspSource: string;
  /** URIs of the bundle, as the webview reaches them. */
  readonly script: string;
  readonly style: string;
  /** For the script: a new one for each load, letters and digits. */
  readonly nonce: string;
  /** The same for styles. The page can read it, so it must not be the script's. */
  readonly styleNonce: string;
  /** BCP 47 tag of the editor's language. */
  readonly language: string;
}

/**
 * The content security policy of the page: nothing but the bundle's own script, style sheet and fonts. KaTeX places
 * its glyphs by style attributes, which no nonce covers: `style-src-attr` lets them through, and only them.
 */
export function contentSecurityPolicy(parts: Pick<PageParts, "cspSource" | "nonce" | "styleNonce">): string {
  const { cspSource, nonce, styleNonce } = parts;
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${styleNonce}'`,
    "style-src-attr 'unsafe-inline'",
    `font-src ${cspSource}`,
    `img-src ${cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/**
 * The page, without any content of a run: that comes by messages. `csp-nonce` is where the component toolkit looks for
 * the nonce of the one style element that it makes.
 */
export function pageHtml(parts: PageParts): string {
  return `<!DOCTYPE html>
<html lang="${attribute(parts.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(contentSecurityPolicy(parts))}">
<meta property="csp-nonce" content="${attribute(parts.styleNonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${attribute(parts.style)}">
<title>QED: Reasoning</title>
</head>
<body>
<div id="qed"></div>
<script nonce="${attribute(parts.nonce)}" type="module" src="${attribute(parts.script)}"></script>
</body>
</html>
`;
}

function attribute(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
