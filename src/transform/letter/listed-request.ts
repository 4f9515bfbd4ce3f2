/** Bullets of a request that the reply answers by number: `Please tell me`, five bullets, then `1)` to `5)` under a heading. */
import type { TextLine } from "./lines.ts";
import type { Opening } from "./outline.ts";
import { isReplyHeading, readsAsRequest } from "./wording.ts";

/** Puts the bullets before the numbers of the reply, where there are as many and a heading over answers parts them. */
export function addListedRequest(lines: readonly TextLine[], openings: Map<number, Opening>): Map<number, Opening> {
  const replies = [...openings].filter(([, opening]) => opening.candidate.part === 0);
  const [first] = replies;
  const refs = new Set(replies.map(([, opening]) => opening.ref));
  if (first === undefined || refs.size !== replies.length || replies.some(([, one]) => one.role === "asked"))
    return openings;
  const heading = lines.findIndex((line, index) => index < first[0] && isReplyHeading(line.text));
  if (heading < 0) return openings;
  const bullets = [...lines.keys()].slice(0, heading).filter((index) => lines[index]?.bullet === true);
  const asking = bullets.filter((index) => readsAsRequest(lines[index]?.text ?? ""));
  if (bullets.length < 2 || bullets.length !== replies.length || asking.length * 2 < bullets.length) return openings;
  const asked = bullets.map((index, place): [number, Opening] => {
    const line = lines[index] as TextLine;
    const ref = replies[place]?.[1].ref ?? String(place + 1);
    const candidate = {
      index,
      number: place + 1,
      part: 0,
      style: "",
      bold: line.bold,
      quoted: line.quoted,
      rest: line.text,
    };
    return [index, { candidate, ref, role: "asked" }];
  });
  const answering = [...openings].map(([index, opening]): [number, Opening] => [index, { ...opening, role: "reply" }]);
  return new Map([...asked, ...answering]);
}
