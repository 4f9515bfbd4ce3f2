/** The frame of every page: GOV.UK Frontend's look, without its crown, wordmark and font, and without any script. */
import { type Html, html } from "./html.ts";
import { drawMarkSheet } from "./marks.ts";

export interface Page {
  /** Of the window and of the page's first heading, unless `heading` says otherwise. */
  title: string;
  heading?: Html;
  /** Over the heading: what the page belongs to. */
  caption?: string;
  /** Path of the section that the page belongs to. */
  section?: string;
  content: Html;
}

const SECTIONS: readonly [path: string, name: string][] = [
  ["/councils", "Councils"],
  ["/measures", "Measures"],
  ["/referrals", "Referrals"],
  ["/disagreements", "Disagreements"],
  ["/revisions", "Revisions"],
  ["/runs", "Runs"],
  ["/search", "Search"],
  ["/directions", "For FOI officers"],
];

/** A page of the site. @param style addresses of the style sheets. */
export function renderPage(page: Page, style: readonly string[]): Html {
  const sheets = html`${style.map((href) => html`<link rel="stylesheet" href="${href}">`)}<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">`;
  return renderDocument(page.title, sheets, html`${renderNavigation(page.section)}${renderMain(page)}`);
}

/** @param head besides what every document has. */
export function renderDocument(title: string, head: Html, body: Html): Html {
  return html`<!doctype html>
<html lang="en-GB" class="govuk-template">
<head>
<meta charset="utf-8">
<title>${title} – s21</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light">
${head}
</head>
<body class="govuk-template__body">
<a href="#main" class="govuk-skip-link">Skip to main content</a>
${drawMarkSheet()}
${body}
${renderFooter()}
</body>
</html>
`;
}

function renderNavigation(section: string | undefined): Html {
  return html`<header class="govuk-service-navigation site-header"><div class="govuk-width-container">
<div class="govuk-service-navigation__container">
<span class="govuk-service-navigation__service-name"><a href="/" class="govuk-service-navigation__link">s21</a></span>
<nav aria-label="Main" class="govuk-service-navigation__wrapper"><ul class="govuk-service-navigation__list">
${SECTIONS.map(([path, name]) => renderSection(path, name, path === section))}
</ul></nav></div></div></header>`;
}

function renderSection(path: string, name: string, active: boolean): Html {
  const text = active ? html`<strong class="govuk-service-navigation__active-fallback">${name}</strong>` : name;
  return html`<li class="govuk-service-navigation__item${active ? " govuk-service-navigation__item--active" : ""}"><a class="govuk-service-navigation__link" href="${path}"${active ? html` aria-current="true"` : ""}>${text}</a></li>`;
}

export function renderMain({ title, heading, caption, content }: Page): Html {
  return html`<div class="govuk-width-container"><main class="govuk-main-wrapper" id="main" tabindex="-1">
${caption === undefined ? "" : html`<span class="govuk-caption-xl">${caption}</span>`}
<h1 class="govuk-heading-xl">${heading ?? title}</h1>
${content}
</main></div>`;
}

function renderFooter(): Html {
  return html`<footer class="govuk-footer site-footer"><div class="govuk-width-container">
<p class="govuk-body-s">DfE’s figures: Department for Education, Explore Education Statistics, under the
Open Government Licence v3.0. Letters: the councils’ own words; where a letter says nothing of re-use, ask before you publish them.</p>
<p class="govuk-body-s">s21 is not a government service.</p>
</div></footer>`;
}
