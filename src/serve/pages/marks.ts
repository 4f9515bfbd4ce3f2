/** Who says what a cell holds: told by a word, a shape and a colour, in that order of trust. */
import { type Html, html } from "./html.ts";
import { STATUS_WORDS } from "./words.ts";

export type Mark =
  | "council"
  | "differs"
  | "dfe"
  | "dfe_other"
  | "suppressed"
  | "not_held"
  | "referred"
  | "refused"
  | "blank"
  | "missing";

interface MarkSign {
  /** Under a number, or in its place. */
  word: string;
  meaning: string;
  /** Inside a square of 16 by 16. Black and white print keeps it apart. */
  shape: Html;
}

const filled = (path: string) => html`<path d="${path}" fill="currentColor"/>`;
const drawn = (path: string) => html`<path d="${path}" fill="none" stroke="currentColor" stroke-width="2"/>`;

export const MARKS: Readonly<Record<Mark, MarkSign>> = {
  council: {
    word: "Council",
    meaning: "the council’s own answer, in its letter",
    shape: filled("M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z"),
  },
  differs: {
    word: "Council, DfE differs",
    meaning: "the council’s own answer; DfE’s newest figure is another",
    shape: filled("M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM4 5h8v2H4zm0 4h8v2H4z"),
  },
  dfe: {
    word: "DfE",
    meaning: "the Department for Education, in the release that the letter cites",
    shape: filled("M8 0l8 8-8 8-8-8z"),
  },
  dfe_other: {
    word: "DfE, other release",
    meaning: "the Department for Education, in the first release here that has the figure",
    shape: drawn("M8 2l6 6-6 6-6-6z"),
  },
  suppressed: {
    word: "Suppressed",
    meaning: "a small number that is kept back to protect people",
    shape: filled("M1 1h14v14H1zM3 3v3l3-3zm0 7v3L13 3h-3zm7 3l3-3v3z"),
  },
  not_held: {
    word: "Not held",
    meaning: "the council says that it does not hold it",
    shape: drawn("M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM4 12l8-8"),
  },
  referred: {
    word: "Referred, not found",
    meaning: "the council points elsewhere, and no figure was found there",
    shape: drawn("M2 14L13 3M6 3h7v7"),
  },
  refused: {
    word: "Refused",
    meaning: "refused: for its cost, or under an exemption",
    shape: drawn("M3 3l10 10M13 3L3 13"),
  },
  blank: {
    word: "No answer",
    meaning: "the letter leaves it blank, which is not zero",
    shape: drawn("M2 2h12v12H2z"),
  },
  missing: {
    word: "No figure",
    meaning: "there is no figure: not applicable, not available, or too uncertain",
    shape: drawn("M2 8h12"),
  },
};

const OF_STATUS: Readonly<Record<string, Mark>> = {
  suppressed: "suppressed",
  not_held: "not_held",
  referred: "referred",
  cost_limit: "refused",
  withheld: "refused",
  refused: "refused",
  unanswered: "blank",
};

/** The mark of a cell that has no number. */
export function markOfStatus(status: string): Mark {
  return OF_STATUS[status] ?? "missing";
}

/** The word for a cell without a number: the status's own where that says more than the mark. */
export function wordOfStatus(status: string): string {
  const mark = markOfStatus(status);
  if (mark === "missing" || mark === "refused") return STATUS_WORDS[status as keyof typeof STATUS_WORDS] ?? status;
  return MARKS[mark].word;
}

/** The shape alone; the word beside it says the same to those who listen. */
export function drawMark(mark: Mark): Html {
  return html`<svg class="mark mark--${mark}" width="12" height="12" aria-hidden="true" focusable="false"><use href="#mark-${mark}"/></svg>`;
}

/** Once on every page that draws marks. */
export function drawMarkSheet(): Html {
  return html`<svg class="mark-sheet" width="0" height="0" aria-hidden="true" focusable="false">${Object.entries(
    MARKS,
  ).map(
    ([mark, { shape }]) =>
      html`<symbol id="mark-${mark}" viewBox="0 0 16 16"><g fill-rule="evenodd">${shape}</g></symbol>`,
  )}</svg>`;
}

/** What the marks mean, of those that a page uses. */
export function renderLegend(used: ReadonlySet<Mark>): Html {
  const shown = (Object.keys(MARKS) as Mark[]).filter((mark) => used.has(mark));
  return html`<ul class="govuk-list legend">${shown.map(
    (mark) =>
      html`<li><span class="legend__sign word--${mark}">${drawMark(mark)} ${MARKS[mark].word}</span> – ${MARKS[mark].meaning}</li>`,
  )}</ul>`;
}
