/** The request as an earlier message under the reply: `From: … Sent: …`, `-----Original Message-----`, `On 3 May … wrote:`. */
import type { TextLine } from "./lines.ts";
import { readMarkers } from "./markers.ts";
import { looksAsked, readsAsRequest } from "./wording.ts";

const ORIGINAL = /^[-_\s]*(?:original message|forwarded message|original request)[-_\s]*:?$|^on .{6,120} wrote:$/i;
const SENDER = /^from\s*:/i;
const MAIL_HEAD = /^(?:sent|date|to|subject|cc)\s*:/i;
/** Lines of a reply before an earlier message can stand under it. */
const FEWEST = 3;

/** The request that stands under the reply, put before it; left out where the reply asks everything once more itself. */
export function moveQuotedRequest(lines: readonly TextLine[]): TextLine[] {
  const start = lines.findIndex((_, index) => index >= FEWEST && opensEarlierMessage(lines, index));
  if (start < 0) return [...lines];
  const [reply, request] = [lines.slice(0, start), lines.slice(start)];
  const asking = request.filter((line) => asks(line.text));
  const first = reply[0];
  if (asking.length === 0 || first === undefined) return [...lines];
  const again = reply.filter((line) => looksAsked(readMarkers(line.text).rest) && /\?/.test(line.text)).length;
  if (again >= asking.length / 2) return reply;
  const numbered = reply.filter((line) => readMarkers(line.text).markers.length > 0).length;
  if (numbered === 0) return [...lines];
  return [...request, { ...first, text: "Response:", cells: null, afterBlank: true, bold: false }, ...reply];
}

function opensEarlierMessage(lines: readonly TextLine[], index: number): boolean {
  const text = lines[index]?.text ?? "";
  if (ORIGINAL.test(text)) return true;
  return SENDER.test(text) && lines.slice(index + 1, index + 4).filter((line) => MAIL_HEAD.test(line.text)).length > 1;
}

function asks(text: string): boolean {
  const { markers, rest } = readMarkers(text);
  return /\?\W*$/.test(text) || (markers.length > 0 && readsAsRequest(rest));
}
