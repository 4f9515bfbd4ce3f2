import { describe, expect, it } from "vitest";
import { readAssets, withoutRestricted } from "../../../src/serve/pages/assets.ts";

describe("the style sheets", () => {
  const css = readAssets()
    .styles.map(({ content }) => content)
    .join("\n");

  it("are GOV.UK Frontend's without its font and crest, and ask for nothing", () => {
    expect(css).toContain(".govuk-table__cell");
    expect(css).toContain("font-family:arial,helvetica,sans-serif");
    expect(css).not.toMatch(/GDS Transport|@font-face|@import|crest|sourceMappingURL/i);
    expect(css.match(/url\([^)]*\)/g)).toBeNull();
  });
  it("can stand in a document: nothing ends their element", () => expect(css).not.toMatch(/<\/?style/i));
});

it("every spelling of the font goes", () => {
  const css = '@font-face{font-family:GDS Transport;src:url(x)}a{font-family:"GDS Transport",arial,sans-serif}';
  expect(withoutRestricted(css)).toBe("a{font-family:arial,helvetica,sans-serif}");
});
