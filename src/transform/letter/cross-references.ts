/** Cross references between answers, once every question has its own. */
import type { Referral } from "../../letter.ts";
import type { Assembled } from "./assembly.ts";
import { readOwnCodes } from "./blocks.ts";
import { entriesIn } from "./entries.ts";
import { findFileCodes } from "./referrals.ts";

/** `As above`, `See Q3`: a refusal or referral is copied; where the words lead to figures they stay words. */
export function resolveReferences(answers: Assembled[]): void {
  answers.forEach((assembled, place) => {
    const [first] = assembled.drafts;
    const reference = first?.reference;
    if (first === undefined || reference == null) {
      resolveWithin(assembled);
      return;
    }
    const target =
      reference.kind === "above"
        ? answers[place - 1]
        : entriesIn(
            [{ kind: "list", names: [reference.name] }],
            answers.map((one) => one.entry),
          ).map((entry) => answers.find((one) => one.entry === entry))[0];
    const source = target?.drafts.find((draft) => draft.status !== "unanswered");
    if (target === undefined || source === undefined || source.status === "reported" || source.status === "suppressed")
      return;
    const periods = assembled.drafts.map((draft) => draft.period);
    assembled.drafts = [...new Map(periods.map((period) => [period?.label, period])).values()].map((period) => ({
      ...source,
      ...(source.referral === undefined ? {} : { referral: withOwnFiles(source.referral, first.text) }),
      period,
      breakdown: "",
      line: first.line,
      page: first.page,
      text: first.text,
      reference: null,
    }));
  });
}

/** Where one paragraph refers several questions to several files and says which is whose, each keeps its own. */
export function narrowFiles(answers: readonly Assembled[]): void {
  const entries = answers.map((one) => one.entry);
  const known = new Map<string, ReturnType<typeof readOwnCodes>>();
  for (const { entry, drafts } of answers) {
    for (const draft of drafts) {
      const { referral } = draft;
      if (referral === undefined || referral.file_codes.length < 2) continue;
      const key = `${entry.ref} ${referral.words}`;
      const own = known.get(key) ?? readOwnCodes([{ text: referral.words }], entries, entry.ref);
      known.set(key, own);
      const codes = own.get(entry);
      if (codes !== undefined) draft.referral = { ...referral, file_codes: codes };
    }
  }
}

/** `As above, file D1`: the same place, another file. */
function withOwnFiles(referral: Referral, words: string): Referral {
  const codes = findFileCodes(words, true);
  return codes.length === 0 ? referral : { ...referral, file_codes: codes };
}

/** `As above` under one year of several: the year before it. */
function resolveWithin(assembled: Assembled): void {
  assembled.drafts = assembled.drafts.map((draft, place) => {
    const before = assembled.drafts[place - 1];
    if (
      draft.reference?.kind !== "above" ||
      before === undefined ||
      before.status === "reported" ||
      before.status === "unanswered"
    )
      return draft;
    return { ...before, period: draft.period, line: draft.line, page: draft.page };
  });
}
