/**
 * The pages on both engines, asked for as a browser does. Figures: DfE, Children in need, reporting year 2022, files C1 and B1,
 * rows of Coventry (E08000026), as the sample prints them; the sample's own letters.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "cheerio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeSite, type TestSite } from "../../support/site.ts";
import { runCommand, WAREHOUSES } from "../../support/warehouses.ts";

const COVENTRY = "E08000026";
const REQUEST = `For 2019/20 to 2022/23, please tell me:
1. How many referrals to children's social care did you receive?
2. How many section 47 enquiries were started?
3. How many chairs are in the town hall?`;

describe.each(WAREHOUSES)("the pages on %s", (kind) => {
  let site: TestSite;
  beforeAll(async () => {
    site = await makeSite(kind);
  });
  afterAll(() => site.setting.dispose());

  const ask = (path: string, init?: RequestInit) =>
    fetch(new URL(path, site.server.url), { redirect: "manual", ...init });
  const read = async (path: string) => {
    const response = await ask(path);
    expect(response.status, path).toBe(200);
    return load(await response.text());
  };
  const send = (path: string, form: Record<string, string>) =>
    ask(path, { method: "POST", body: new URLSearchParams(form) });
  /** The letter of Coventry's in the sample. */
  const coventryLetter = async () => {
    const $ = await read(`/councils/${COVENTRY}`);
    const id = $("h2.govuk-heading-l:contains('FOI-S21-2')").attr("id");
    return String(id).replace("letter-", "");
  };

  test("a council's cells say who answers, and lead to the row or to the line", async () => {
    const $ = await read(`/councils/${COVENTRY}`);
    expect($("h1").text()).toBe("Coventry");
    const cells = $(`#answers-${await coventryLetter()}-1 td`);
    const cell = cells.filter((_, one) => $(one).find(".cell__value").text().startsWith("5,754"));
    expect(cell.length).toBe(1);
    expect(cell.find(".cell__word").text().trim()).toBe("DfE 2021");
    const row = await read(cell.find("a").attr("href") ?? "");
    const cited = row(".row-table__cited");
    expect([cited.find("th").text(), cited.find("mark").text()]).toEqual(["Referrals", "5754"]);
    expect(row(".row-table").text()).toContain("new_la_codeE08000026");
    expect(row(".origin a").attr("href")).toBe(
      "https://explore-education-statistics.service.gov.uk/find-statistics/children-in-need/2021",
    );
    expect(row(".origin").text()).toContain("c1_children_in_need_referrals_and_rereferrals_2013_to_2021.csv");
  });

  test("a letter's line is highlighted, and it is the one that the answer stands on", async () => {
    const sample = readFileSync(join(import.meta.dirname, "../../../sample/letters/leicester-2022.txt"), "utf8");
    const line = sample.split("\n").findIndex((text) => text.startsWith("2020/21: 3,434")) + 1;
    const $ = await read("/councils/E06000016");
    const link = $("a.cell__value").filter((_, one) => $(one).text().startsWith("3,434"));
    const href = link.attr("href") ?? "";
    expect(href).toMatch(new RegExp(`\\?line=${line}#line-${line}$`));
    const letter = await read(href);
    expect(letter("mark").text()).toBe("2020/21: 3,434");
    expect(letter(`#line-${line}`).hasClass("line--cited")).toBe(true);
    expect(letter(".line").length).toBe(sample.split("\n").length - Number(sample.endsWith("\n")));
  });

  test("a number that DfE has since suppressed is shown nowhere, nor what stands beside it", async () => {
    const [cell] = await site.rows(
      "select source_sha256, source_line, value from observation where release = '2021' and measure = 'referrals' and area_code = 'E08000026' and period_label = '2019/20'",
    );
    expect(cell?.value).toBe("5382");
    const path = `/rows/${cell?.source_sha256}/${cell?.source_line}?column=Referrals&measure=referrals&release=2021`;
    const $ = await read(path);
    expect($(".figure").text()).toBe("Suppressed");
    expect($("main").text()).not.toMatch(/5,?382/);
    expect($(".row-table").text()).toContain("Re_referralsnot shown");
    for (const page of [
      `/councils/${COVENTRY}`,
      "/measures/referrals",
      `/revisions?area=${COVENTRY}`,
      "/disagreements",
    ]) {
      expect((await (await ask(page)).text()).match(/\b5,?382\b/), page).toBeNull();
    }
  });

  test("every page answers with nothing that could run or be asked for elsewhere", async () => {
    const letter = await coventryLetter();
    const pages = [
      "/",
      "/councils",
      "/councils/not-identified",
      "/measures",
      `/measures/referrals?council=${COVENTRY}`,
    ];
    pages.push(
      "/disagreements",
      "/referrals",
      `/revisions?area=${COVENTRY}`,
      "/runs",
      "/search?q=referrals",
      "/directions",
    );
    pages.push(`/councils/${COVENTRY}`, `/letters/${letter}`, "/search?q=%22%3E%3Cscript%3E", "/nowhere");
    const [hostile] = await site.rows("select letter_id from letter where response_date = '2022-06-10'");
    pages.push(`/letters/${hostile?.letter_id}?line=18`);
    for (const page of pages) {
      const response = await ask(page);
      expect(response.status, page).toBe(page === "/nowhere" ? 404 : 200);
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy, page).toMatch(/^default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';/);
      expect([response.headers.get("x-content-type-options"), response.headers.get("referrer-policy")]).toEqual([
        "nosniff",
        "no-referrer",
      ]);
      const $ = load(await response.text());
      expect(
        $("script, iframe, object, embed, base, meta[http-equiv], [onerror], [onload], [onmouseover]").length,
        page,
      ).toBe(0);
      const addresses = $("[src], link[href], a[href], form[action]").map(
        (_, one) => $(one).attr("src") ?? $(one).attr("href") ?? $(one).attr("action"),
      );
      for (const address of addresses.get()) {
        expect(address, page).toMatch(/^(?:[/#](?!\/)|https:\/\/explore-education-statistics\.service\.gov\.uk\/)/);
      }
      expect($("svg").find("image, foreignObject").length).toBe(0);
      expect($.html(), page).not.toMatch(/[^\P{Cc}\n\t]|[\u202a-\u202e]/u);
    }
    expect(site.faults).toEqual([]);
  });

  test("search finds words of questions and answers, in any form of the word", async () => {
    const $ = await read("/search?q=referral+receive");
    expect($(".found li").length).toBe(3); // two letters of the sample, and the hostile one
    expect(
      $(".found mark")
        .map((_, one) => $(one).text())
        .get(),
    ).toContain("referrals");
    expect((await read("/search?q=zebra"))("main").text()).toContain("No question or answer has these words");
    expect((await read("/search?q=%22%3A%21%26%7C%28%00%22"))("h1").text()).toBe("Search letters");
  });

  test("CSV neutralises formulas and keeps real negative numbers", async () => {
    const answers = await (await ask(`/councils/${COVENTRY}/answers.csv`)).text();
    expect(answers).toContain(`"'=HYPERLINK(`);
    expect(answers).not.toMatch(/(?:^|,)"?[=@+]/m);
    const response = await ask("/disagreements.csv");
    expect(response.headers.get("content-disposition")).toBe("attachment");
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    // The hostile letter says 5,700 where DfE says 5,754.
    expect(await response.text()).toMatch(/,5700,5754,-54,-0\.9,/);
  });

  test("directions name page, file, rows and column, and what is not covered", async () => {
    const $ = load(await (await send("/directions", { council: COVENTRY, request: REQUEST })).text());
    expect($("#found").text()).toContain("3 questions found, 2 of them published by DfE for Coventry");
    const text = $("pre.copy").text();
    expect(text).toContain("https://explore-education-statistics.service.gov.uk/find-statistics/children-in-need/2022");
    expect(text).toContain("open c1_children_in_need_referrals_and_rereferrals_2013_to_2022.csv");
    expect(text).toContain("la_name is “Coventry” (new_la_code E08000026) and time_period is 2021 or 2022.");
    expect(text).toContain("Read the column Referrals.\nYou will find: 2020/21: 5,754; 2021/22: 4,987.");
    expect(text).toContain("2019/20 (suppressed)");
    expect(text).toContain("2022/23 (the newest that DfE has published is 2021/22)");
    const table = await (await send("/directions.csv", { council: COVENTRY, request: REQUEST })).text();
    expect(table).toContain(",2020/21,5754,reported,https://explore-education-statistics.service.gov.uk/");
  });

  test("a request is not stored, and one that is no request is refused", async () => {
    const sizes = () =>
      site.rows(
        "select (select count(*) from letter) as letters, (select count(*) from observation) as rows, (select count(*) from run) as runs",
      );
    const before = await sizes();
    await send("/directions", { council: COVENTRY, request: REQUEST });
    expect(await sizes()).toEqual(before);
    expect((await send("/directions", { council: COVENTRY, request: " " })).status).toBe(400);
    expect((await send("/directions", { council: "E99999999", request: REQUEST })).status).toBe(400);
    expect((await send("/directions", { council: COVENTRY, request: "x".repeat(20_001) })).status).toBe(400);
    expect((await send("/directions", { council: COVENTRY, request: "x".repeat(300_000) })).status).toBe(413);
  });

  test("addresses that are made up answer 404, and another name is not served", async () => {
    const paths = [
      "/councils/E99999999",
      "/letters/0123456789abcdef",
      `/rows/${"0".repeat(64)}/2?column=a&measure=b&release=c`,
    ];
    paths.push(
      "/measures/__proto__",
      "/measures/nothing.csv",
      "/citations?of=made-up",
      "/assets/../package.json",
      "/rows/x/y",
    );
    for (const path of paths) expect((await ask(path)).status, path).toBe(404);
    for (const sort of ["constructor", "__proto__", "2020/21", "change"])
      await read(`/measures/referrals?sort=${sort}&order=descending`);
    const { port } = new URL(site.server.url);
    const { request } = await import("node:http");
    const status = await new Promise((resolve) =>
      request({ port, host: "127.0.0.1", headers: { host: "evil.example" } }, (answer) =>
        resolve(answer.statusCode),
      ).end(),
    );
    expect(status).toBe(421);
  });

  test("sorts by link", async () => {
    const $ = await read("/measures/referrals?sort=2020/21&order=descending");
    expect($("th[aria-sort]").attr("aria-sort")).toBe("descending");
    const names = $("#across tbody th")
      .map((_, one) => $(one).text())
      .get();
    // 5,754 in Coventry; Leicester answered 2,297 fewer: DfE, C1 2022, 2020/21.
    expect(names.indexOf("Coventry")).toBeLessThan(names.indexOf("Leicester"));
    expect(names.slice(0, 1)).toEqual(["England"]);
  });

  test("a council without figures of a measure is told so", async () => {
    const $ = await read("/measures/referrals?council=E06000063");
    expect($(".govuk-inset-text").text()).toContain("Cumberland has no figures of this measure");
    expect($("#council option[selected]").text()).toBe("Cumberland");
  });

  test("a citation as the views write it leads to its page", async () => {
    const [row] = await site.rows("select citation, dfe_citation from answer where answered_by = 'dfe' limit 1");
    const response = await ask(`/citations?of=${encodeURIComponent(String(row?.dfe_citation))}`);
    expect(response.status).toBe(303);
    expect((await ask(response.headers.get("location") ?? "")).status).toBe(200);
  });

  test("the report is one file that asks for nothing; commands print what the pages show", async () => {
    await site.close();
    const out = join(site.setting.config.dataDir, "report.html");
    const words = ["report", "--council", "Coventry", "--out", out];
    const first = await runCommand(words, site.setting.env);
    expect([first.code, first.stderr]).toEqual([0, expect.stringContaining("took Coventry")]);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const text = readFileSync(out, "utf8");
    const $ = load(text);
    expect($("script, img, iframe, link, form, [src]").length).toBe(0);
    expect($("meta[http-equiv='Content-Security-Policy']").attr("content")).toMatch(
      /^default-src 'none'; style-src 'sha256-/,
    );
    expect(text).not.toMatch(/url\((?!none)|@import|@font-face/);
    const places = $("a[href^='#']")
      .map((_, one) => $(one).attr("href")?.slice(1))
      .get();
    const ids = new Set(
      $("[id]")
        .map((_, one) => $(one).attr("id"))
        .get(),
    );
    expect(ids.size).toBe($("[id]").length);
    expect(places.filter((place) => !ids.has(place))).toEqual([]);
    expect($("pre.copy").text()).toContain("request for an internal review");
    expect($("pre.copy").first().text()).toContain("first published these figures on 27 October 2022");
    expect($("main").text()).not.toMatch(/\b5,?382\b/);
    const again = await runCommand(words, site.setting.env);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("--force replaces it")]);
    expect((await runCommand([...words, "--force"], site.setting.env)).code).toBe(0);
    const request = join(site.setting.config.dataDir, "request.txt");
    writeFileSync(request, REQUEST);
    const told = await runCommand(["directions", request, "--council", "Coventry"], site.setting.env);
    expect([told.code, told.stdout]).toEqual([
      0,
      expect.stringContaining("You will find: 2020/21: 5,754; 2021/22: 4,987."),
    ]);
    // The hostile letter on a terminal: no escape code, nothing that turns the writing direction.
    const printed = await runCommand(["answers", "--council", "Coventry"], site.setting.env);
    expect(printed.stdout).toContain("=HYPERLINK");
    expect(printed.stdout + printed.stderr).not.toMatch(/[^\P{Cc}\n\t]|[\u202a-\u202e]/u);
  }, 60_000);
});
