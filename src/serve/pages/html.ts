/** HTML as tagged templates: whatever is put into one is escaped, unless it is a template itself. */
import { html } from "hono/html";
import { formatCount } from "./words.ts";

export { html };

/** A piece of HTML. Strings and numbers put into `html` become text; arrays become their pieces one after the other. */
export type Html = ReturnType<typeof html>;

/** Nothing to show. */
export const NOTHING: Html = html``;

/** Text for people who listen to a page instead of looking at it. */
export function spoken(text: string): Html {
  return html`<span class="govuk-visually-hidden">${text}</span>`;
}

/** A link inside these pages, or to a place of the same page. */
export function link(href: string | null, text: Html | string, className = "govuk-link"): Html {
  return href === null ? html`${text}` : html`<a class="${className}" href="${href}">${text}</a>`;
}

/** `1 letter`, `2 letters`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
