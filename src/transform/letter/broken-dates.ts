/** Dates that were broken over two lines: put back onto the line that holds the rest of the answer. */
import type { TextLine } from "./lines.ts";

const MONTH =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const DAY = "\\d{1,2}(?:st|nd|rd|th)?";
/** A date goes on after these words, and not a figure that ends a line. */
const LEADS = "(?:and|to|on|from|between|until|till|at|by|of|in|the|since|before|after|ending|ended)";
const BROKEN: { end: RegExp; rest: RegExp }[] = [
  { end: new RegExp(`\\s((?:${DAY}(?: of)? )?${MONTH})$`, "i"), rest: /^(?:19|20)\d\d\b(?![/\d])/ },
  {
    end: new RegExp(`\\b${LEADS} (${DAY}(?: of)?)$`, "i"),
    rest: new RegExp(`^${MONTH}\\b(?:,? (?:19|20)\\d\\d\\b)?`, "i"),
  },
];
/** Only a line that is full breaks a date. */
const FULL = 50;

/** Lines with every date on one line; the others stay as they are. */
export function joinBrokenDates(lines: readonly TextLine[]): TextLine[] {
  const joined: TextLine[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    const open = last !== undefined && last.cells === null && last.text.length > FULL;
    const broken = open && !line.afterBlank && line.cells === null ? findBroken(last.text, line.text) : null;
    if (last === undefined || broken === null) {
      joined.push(line);
      continue;
    }
    const { head, rest } = broken;
    // What is left of the second line holds an answer, or nothing.
    if (/[A-Za-z\d]/.test(line.text.slice(rest.length))) {
      joined[joined.length - 1] = { ...last, text: last.text.slice(0, -head.length).trimEnd() };
      joined.push({ ...line, text: `${head} ${line.text}` });
    } else joined[joined.length - 1] = { ...last, text: `${last.text} ${line.text}` };
  }
  return joined;
}

function findBroken(before: string, after: string): { head: string; rest: string } | null {
  const tail = before.slice(-30);
  for (const { end, rest } of BROKEN) {
    const [head, follows] = [end.exec(tail)?.[1], rest.exec(after)?.[0]];
    if (head !== undefined && follows !== undefined) return { head, rest: follows };
  }
  return null;
}
