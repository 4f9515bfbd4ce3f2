/** Sentences that each speak of other years: `2018/19 is not held. In 2019/20 there were 1,204.` */
import type { Period } from "../../observation.ts";
import type { Draft, DraftMaker } from "./drafts.ts";
import { readPairs } from "./figures.ts";
import { findAskedPeriods } from "./periods.ts";
import { type JoinedText, splitSentences } from "./prose.ts";
import { readRefusal } from "./refusals.ts";
import { NOT_YET } from "./values.ts";

/** Years that are named only by not being those before: `the earlier years`, `all other years`. */
const THE_OTHERS =
  /\b(?:(?:the |all |any )?(?:other|remaining|earlier|previous|later|subsequent) (?:\w+ )?(?:years?|periods?|figures?)|before (?:that|then)|the rest)\b/i;

interface Stretch {
  text: string;
  at: number;
  periods: Period[];
}

/** The cells of prose that goes through the periods asked for and refuses some of them; null where it does not. */
export function readByPeriod(joined: JoinedText, asked: readonly (Period | null)[], maker: DraftMaker): Draft[] | null {
  const known = asked.filter((period) => period !== null);
  if (known.length < 2) return null;
  const stretches = divide(joined.text, known, [], maker);
  if (stretches.length < 2) return null;
  const drafts = stretches.map((stretch) => readStretch(stretch, joined, maker));
  const all = drafts.flatMap((one) => one ?? []);
  const labels = all.map((draft) => draft.period?.label);
  const refuses = all.some((draft) => draft.status !== "reported" && draft.status !== "suppressed");
  return drafts.includes(null) || !refuses || new Set(labels).size < labels.length ? null : all;
}

/** Beside figures for some of the periods asked for, the sentences that refuse others: `We hold no figure for 2011/12.` */
export function readRefusedPeriods(
  joined: JoinedText | null,
  asked: readonly Period[],
  taken: readonly Period[],
  maker: DraftMaker,
): Draft[] {
  if (joined === null || asked.length < 2) return [];
  const open = asked.filter((period) => !taken.some((one) => one.kind === period.kind && one.label === period.label));
  return divide(joined.text, open, taken, maker).flatMap((stretch) => {
    const drafts = readStretch(stretch, joined, maker) ?? [];
    return drafts.some(({ status }) => status === "reported" || status === "suppressed") ? [] : drafts;
  });
}

/** Far beyond any answer in prose; what comes after goes through no periods. */
const LONGEST = 10_000;

/** Sentences with the periods that they name; one that names none goes on with the one before. */
function divide(text: string, asked: readonly Period[], before: readonly Period[], maker: DraftMaker): Stretch[] {
  const stretches: Stretch[] = [];
  for (const sentence of splitSentences(text.slice(0, LONGEST)).flatMap(splitContrast)) {
    const named = findAskedPeriods(sentence.text, maker.context.hint);
    const own = asked.filter((period) => named.some((one) => one.kind === period.kind && one.label === period.label));
    const last = stretches.at(-1);
    const rest = own.length === 0 && THE_OTHERS.test(sentence.text);
    const taken = new Set(rest ? [...before, ...stretches.flatMap((stretch) => stretch.periods)] : []);
    const others = taken.size > 0 ? asked.filter((period) => !taken.has(period)) : own;
    if (others.length > 0) stretches.push({ ...sentence, periods: others });
    else if (last !== undefined) last.text = `${last.text} ${sentence.text}`;
  }
  return stretches;
}

/** `… is not held, but in 2019/20 there were 12`: two statements in one sentence. */
function splitContrast(sentence: { text: string; at: number }): { text: string; at: number }[] {
  const joint = /(?:;\s+|,?\s+(?:but|while|whereas|however,?)\s+)/i.exec(sentence.text);
  if (joint === null) return [sentence];
  const second = joint.index + joint[0].length;
  return [
    { text: sentence.text.slice(0, joint.index), at: sentence.at },
    { text: sentence.text.slice(second), at: sentence.at + second },
  ];
}

function readStretch({ text, at, periods }: Stretch, joined: JoinedText, maker: DraftMaker): Draft[] | null {
  const line = joined.lineAt(at);
  const place = { text, line: line.number, page: line.page };
  const refusal = readRefusal(text, maker.context.law);
  if (refusal !== null)
    return periods.map((period) => ({
      ...maker.blank(period, line),
      status: refusal.status,
      exemption: refusal.exemption,
      text: refusal.status === "referred" ? "" : text,
      words: text,
    }));
  const pairs = readPairs(text, maker.context.hint);
  if (pairs !== null && pairs.length === periods.length)
    return pairs.map((pair) => ({
      ...maker.valueDraft(pair.value, { ...place, text: pair.value.text }),
      period: pair.period,
    }));
  if (!NOT_YET.test(text)) return null;
  return periods.map((period) => ({ ...maker.blank(period, line), text, status: "not_available" as const }));
}
