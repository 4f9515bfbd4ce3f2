/** The address of a link as a letter would print it; null for scripts, anchors and addresses relative to a site. */
export function printableAddress(href: string): string | null {
  const address = href.trim();
  if (/^mailto:/i.test(address)) return address.slice(7).split("?")[0] || null;
  return /^https?:\/\/[^\s<>]+$/i.test(address) ? address : null;
}
