/** Paragraphs that answer several questions, a sentence for each: `For 1, the number was 3,204. For 2, it was 611.` */
import type { TextLine } from "./lines.ts";
import { readMarkers } from "./markers.ts";
import { joinAll, splitSentences } from "./prose.ts";
import { readRefusal } from "./refusals.ts";
import { looksAsked } from "./wording.ts";

const NAMES =
  /^(?:(?:and|but|while|however),? )?(?:(?:for|on|to|as (?:to|for|regards)|in (?:respect|response|relation|answer|regard|reply) (?:of|to)|regarding|with (?:regard|respect|reference) to|concerning|turning to|the (?:answer|figure|number|response|reply|total) (?:to|for|in))\s+)?(?:your )?(?:(?:(?:questions?|qs?|points?|items?)\.?\s?(?:nos?\.?\s?|numbers?\s)?)\(?\d{1,2}\)?|(?<=\b(?:for|to|on) )\(?\d{1,2}\)?(?=[,:]))(?![\d/])/i;

/** Lines cut before such sentences; every other line stays as it is. */
export function cutNamedSentences(lines: readonly TextLine[]): TextLine[] {
  const cut: TextLine[] = [];
  for (let from = 0; from < lines.length; ) {
    const paragraph = readParagraph(lines, from);
    cut.push(...cutParagraph(paragraph));
    from += paragraph.length;
  }
  return cut;
}

function readParagraph(lines: readonly TextLine[], from: number): TextLine[] {
  const first = lines[from];
  const plain = (line: TextLine | undefined) =>
    line !== undefined && line.cells === null && readMarkers(line.text).markers.length === 0;
  let to = from + 1;
  while (plain(first) && plain(lines[to]) && lines[to]?.afterBlank === false && to - from < MOST_LINES) to += 1;
  return lines.slice(from, to);
}

/** Longest paragraph that is looked through, in lines. */
const MOST_LINES = 40;

function cutParagraph(paragraph: readonly TextLine[]): readonly TextLine[] {
  const joined = joinAll(paragraph.map((line) => ({ text: line.text, line })));
  if (joined === null || !/\d[.,:)\s]/.test(joined.text) || !/[.;]\s/.test(joined.text)) return paragraph;
  const sentences = splitSentences(joined.text.slice(0, 20_000));
  const named = sentences.filter(({ text }) => NAMES.test(text) && !looksAsked(text));
  if (named.length < 2 || (named[0]?.at !== 0 && !standsAlone(joined.text, named[0]?.at ?? 0))) return paragraph;
  const starts = named.map(({ at }) => at);
  let end = 0;
  return paragraph.flatMap((line, place) => {
    const begin = end;
    end = begin + line.text.length + (place < paragraph.length - 1 ? 1 : 0);
    const own = [begin, ...starts.filter((at) => at > begin && at < end), end];
    return own.slice(0, -1).flatMap((at, index) => {
      const text = line.text.slice(at - begin, (own[index + 1] ?? end) - begin).trim();
      return text === ""
        ? []
        : [{ ...line, text, afterBlank: starts.includes(at) || (index === 0 && line.afterBlank) }];
    });
  });
}

/** Whether what stands before the first name says nothing that the names go on with. */
function standsAlone(text: string, before: number): boolean {
  return readRefusal(text.slice(0, before)) === null;
}
