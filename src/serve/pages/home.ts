/** `/`: what this is, how much there is, and where to go. */
import type { CouncilCoverage } from "./councils-rows.ts";
import { html, link } from "./html.ts";
import type { Page } from "./layout.ts";
import type { Places } from "./places.ts";
import type { RunFacts } from "./runs.ts";
import { renderFreshness } from "./runs.ts";
import { renderSearchForm } from "./search.ts";
import { formatCount } from "./words.ts";

export function renderHome(coverage: readonly CouncilCoverage[], { freshness }: RunFacts, places: Places): Page {
  const sum = (of: (row: CouncilCoverage) => number) => coverage.reduce((total, row) => total + of(row), 0);
  const tally: [number, string][] = [
    [sum((row) => row.letters), "letters from councils"],
    [sum((row) => row.cells), "answers asked for"],
    [sum((row) => row.answered_by_council), "given by councils"],
    [sum((row) => row.answered_by_dfe), "filled from DfE’s files"],
    [sum((row) => row.failing), "referrals that fail"],
  ];
  return {
    title: "What councils and DfE say",
    content: html`<p class="govuk-body-l">Councils answer Freedom of Information requests about children’s social care, or point to what the
Department for Education publishes. Here both stand side by side, and every number leads to the line or row that it was read from.</p>
<ul class="govuk-list tally tally--large">${tally.map(([count, what]) => html`<li><strong>${formatCount(count)}</strong> ${what}</li>`)}</ul>
<form class="chooser" action="/councils/find" method="get"><div class="govuk-form-group">
<label class="govuk-label" for="council">Council</label>
<select class="govuk-select" id="council" name="council">${coverage.map((row) => (row.area_code === null ? "" : html`<option value="${row.area_code}">${row.name}</option>`))}</select>
<button class="govuk-button" type="submit">Show this council</button></div></form>
${renderSearchForm("")}
<h2 class="govuk-heading-m">What there is</h2>
<dl class="govuk-summary-list govuk-summary-list--no-border ways">${WAYS.map(
      ([path, name, what]) =>
        html`<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">${link(places.home() === null ? null : path, name)}</dt><dd class="govuk-summary-list__value">${what}</dd></div>`,
    )}</dl>
<h2 class="govuk-heading-m">How fresh it is</h2>
${freshness.length === 0 ? html`<p class="govuk-body">No release has been loaded yet.</p>` : freshness.map(renderFreshness)}`,
  };
}

const WAYS: readonly [path: string, name: string, what: string][] = [
  ["/councils", "Councils", "who answers what, council by council"],
  ["/measures", "Measures", "one measure across councils, with the trend beside region and England"],
  ["/referrals", "Referrals", "was the figure where the letter points, on its date? With the request for a review"],
  ["/disagreements", "Disagreements", "where a council and DfE report different numbers, and the likely cause"],
  ["/revisions", "Revisions", "what DfE changed from one release to the next"],
  ["/runs", "Runs and freshness", "what was loaded when, and what waits for a person"],
  [
    "/directions",
    "For FOI officers",
    "paste a request: what DfE already answers, and directions that section 21 asks for",
  ],
];
