/** Takes marks of Markdown, HTML and converters off a line of text. */

const ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  pound: "£",
  ndash: "–",
  mdash: "—",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  hellip: "…",
  bull: "•",
  le: "≤",
};

const TAG =
  /<\/?(?:a|b|i|u|p|br|em|strong|span|div|li|ul|ol|td|tr|th|table|tbody|thead|font|sup|sub|h[1-6]|o:p)(?:\s[^<>]{0,300})?\/?>/gi;
const LINK = /\[([^[\]]{1,300})\]\(<?([^()<>\s]{0,2000})>?\)/g;
const ESCAPE = /\\([\\`*_{}[\]()#+\-.!|>~<&$])/g;
// Control characters, zero-width and bidirectional marks: they change what a person sees, never what a letter says.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to remove
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Whether a raw line was set in bold, or was a heading, as a whole. */
export function hasBold(raw: string): boolean {
  const text = raw.trim().replace(/^[-*•]\s+/, "");
  if (/^#{1,6}\s/.test(text)) return true;
  return /^(?:\*\*|__|<b>|<strong>)/i.test(text) || /(?:\*\*|__|<\/b>|<\/strong>)$/i.test(text);
}

/** The line's text as a person reads it; tabs stay, since they divide cells. */
export function cleanMarkup(raw: string): string {
  const text = raw
    .replace(UNSEEN, "")
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, " ")
    .replace(/^(\s*)#{1,6}\s+/, "$1")
    .replace(TAG, (tag) => (/^<br/i.test(tag) ? " " : ""))
    .replace(LINK, (_, words: string, url: string) => unfoldLink(words, url))
    .replace(ESCAPED_STAR, ESCAPE_PLACE)
    .replace(/\*\*|__/g, "")
    .replace(ITALIC, "$1$2")
    .replace(ESCAPE, "$1")
    .replaceAll(ESCAPE_PLACE, "*");
  return decodeEntities(text).replace(/\u00a0/g, " ");
}

/** A whole line between single stars or underscores. */
const ITALIC = /^(\s*)[*_](?=[^\s*_])([^*_]{0,1000}[^\s*_]|[^\s*_])[*_](?=\s*$)/;
const ESCAPED_STAR = /\\\*/g;
/** Stands for an escaped star while bold marks are taken off. */
const ESCAPE_PLACE = "\ue000";

function unfoldLink(words: string, url: string): string {
  if (url === "" || url.startsWith("#") || url.startsWith("mailto:")) return words;
  const bare = (text: string) =>
    text
      .replace(/^https?:\/\//i, "")
      .replace(/\/$/, "")
      .toLowerCase();
  return bare(words) === bare(url) ? url : `${words} <${url}>`;
}

function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    const printable = (code >= 32 && code < 0xd800) || (code > 0xdfff && code <= 0x10ffff);
    return printable ? String.fromCodePoint(code) : " ";
  });
}
