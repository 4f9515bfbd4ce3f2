/** Which DfE column answers a question: by evidence from councils that answered it, by its own words, or by default. */
import { COUNTED_WORDS } from "../catalogue/counted-words.ts";
import { candidatesOf } from "../catalogue/measure-families.ts";
import { measureByCode } from "../catalogue/measures.ts";

/** How well one column fits the figures that councils gave to one wording. */
export interface ColumnFit {
  measure: string;
  /** Figures compared. */
  cells: number;
  /** Figures that agree exactly. */
  exact: number;
  /** Mean of the differences, in percent of DfE's figure. */
  meanPercent: number;
  /** Councils that gave the figures. */
  councils: number;
}

export type ColumnBasis = "same_wording" | "own_words" | "catalogue";

export interface ColumnChoice {
  measure: string;
  basis: ColumnBasis;
  /** For people: why this column. */
  because: string;
  /** The column that might have been meant instead; null where there is only one. */
  other: string | null;
}

/** Fewer figures may agree by chance. */
const LEAST_CELLS = 3;
/** A column that is further off than this, on average, is not what was counted. Plans and children differ by 0.1 to 0.7 %. */
const MOST_PERCENT = 1;

/**
 * @param asked the measure that the question's wording has in the catalogue; null where it has none.
 * @param fits of any columns; those that do not count what was asked are passed over.
 * @returns null where no DfE column can be meant.
 */
export function chooseColumn(asked: string | null, question: string, fits: readonly ColumnFit[]): ColumnChoice | null {
  if (asked === null || measureByCode(asked).dfe === null) return null;
  const candidates = candidatesOf(asked);
  const best = chooseByEvidence(candidates, fits);
  if (best !== null) return choice(best.measure, "same_wording", describeEvidence(best, fits), candidates);
  const words = chooseByWords(candidates, question);
  if (words !== null) return choice(words.measure, "own_words", `the question says ${words.said}`, candidates);
  const reason = candidates.length > 1 ? "the question could mean either" : "DfE counts it in one way only";
  return choice(asked, "catalogue", `${reason}; the catalogue's default`, candidates);
}

function choice(measure: string, basis: ColumnBasis, because: string, candidates: string[]): ColumnChoice {
  return { measure, basis, because, other: candidates.find((one) => one !== measure) ?? null };
}

/** Null where there is too little evidence, where it fits nothing well, or where two columns fit equally. */
function chooseByEvidence(candidates: string[], fits: readonly ColumnFit[]): ColumnFit | null {
  const [best, second] = fits
    .filter((fit) => candidates.includes(fit.measure) && fit.cells >= LEAST_CELLS)
    .sort((a, b) => a.meanPercent - b.meanPercent || b.exact / b.cells - a.exact / a.cells);
  if (best === undefined || best.meanPercent > MOST_PERCENT) return null;
  if (second !== undefined && second.meanPercent === best.meanPercent) return null;
  return best;
}

function describeEvidence(best: ColumnFit, fits: readonly ColumnFit[]): string {
  const councils = best.councils === 1 ? "1 council" : `${best.councils} councils`;
  const rival = fits.find((fit) => fit !== best && candidatesOf(best.measure).includes(fit.measure));
  const against =
    rival === undefined ? "" : `, against ${percent(rival.meanPercent)} for ${measureByCode(rival.measure).population}`;
  const exact = `${best.exact} of ${best.cells} figures of ${councils} that answered the same words are exact`;
  return `${exact}, on average ${percent(best.meanPercent)} off${against}`;
}

function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}

/** The one population that the question's words name; null where they name none, or several. */
function chooseByWords(candidates: string[], question: string): { measure: string; said: string } | null {
  const text = question.slice(0, 2_000);
  const named = COUNTED_WORDS.flatMap(({ population, words }) => {
    const found = words.exec(text);
    const measure = candidates.find((one) => measureByCode(one).population === population);
    return found === null || measure === undefined ? [] : [{ measure, said: quoteWords(question, found) }];
  });
  const [first, ...others] = named;
  return first !== undefined && others.every((one) => one.measure === first.measure) ? first : null;
}

/** The words that were found, the last of them whole: what tells it apart may be only its beginning. */
function quoteWords(question: string, { 0: found, index }: RegExpExecArray): string {
  const [rest = ""] = /^[\p{L}\p{N}]{0,40}/u.exec(question.slice(index + found.length)) ?? [];
  return JSON.stringify(`${found}${rest}`);
}
