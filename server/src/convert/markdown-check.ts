import MarkdownIt, { type Token } from "markdown-it";
import { isSafeLink } from "./markdown.js";

/** A parser that believes everything: what it finds, a careless renderer would pass on. */
const credulous = new MarkdownIt({ html: true, linkify: false });
credulous.disable("code");
credulous.validateLink = () => true;

/** Whether the Markdown has no raw HTML, no image and no link other than http, https and mailto for any renderer. */
export function isSafeMarkdown(text: string): boolean {
  const safe = (token: Token): boolean => {
    if (token.type === "html_block" || token.type === "html_inline" || token.type === "image") return false;
    if (
      token.type === "link_open" &&
      !isSafeLink(decodeURI(String(token.attrGet("href") ?? "").replace(/%(?![0-9a-f]{2})/gi, "%25")))
    )
      return false;
    return (token.children ?? []).every(safe);
  };
  try {
    // Without the rule for footnotes, they look like links.
    return credulous.parse(text.replace(/\[\^[^\]\s]+\]:?/g, ""), {}).every(safe);
  } catch {
    return false;
  }
}
