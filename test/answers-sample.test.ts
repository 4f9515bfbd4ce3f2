/**
 * The whole road on the bundled sample, on both engines. Figures: DfE, Children in need, reporting year 2022, files C1, C4,
 * D1 and B1, rows of Coventry (E08000026) and Leicester (E06000016).
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Proof, Refutation } from "../src/citation-proof.ts";
import { EXIT } from "../src/errors.ts";
import { openArchive } from "../src/extract/archive.ts";
import { openForWriting } from "../src/load/warehouse.ts";
import { verifyCitations } from "../src/verify.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { addRealLetters, backfillInto, readAnswers } from "./support/answering.ts";
import { refreshInto } from "./support/refreshing.ts";
import { SAMPLE, SAMPLE_BUNDLE } from "./support/sample-release.ts";
import { makeWarehouse, query, runCommand, type TestSetting, useWarehouse, WAREHOUSES } from "./support/warehouses.ts";

const LETTERS = [join(SAMPLE, "letters")];
const COVENTRY = [
  "1 2018/19: 5660",
  "1 2019/20: 5382",
  "1 2020/21: 5754",
  "1 2021/22: 4987",
  "2 2018/19: 2267",
  "2 2019/20: 1983",
  "2 2020/21: 2247",
  "2 2021/22: 2099",
  "3a 2018/19: 951",
  "3a 2019/20: 868",
  "3a 2020/21: 1003",
  "3a 2021/22: 1050",
  "3b 2018/19: 493",
  "3b 2019/20: 515",
  "3b 2020/21: 609",
  "3b 2021/22: 594",
  "4 2018/19: 6266",
  "4 2019/20: 6173",
  "4 2020/21: 6419",
  "4 2021/22: 6376",
];

let ees: StandInEes;
beforeAll(async () => {
  ees = await startStandInEes({ root: SAMPLE });
});
afterAll(() => ees.close());

describe.each(WAREHOUSES)("two letters and release 2022 on %s", (kind) => {
  let setting: TestSetting;
  let first: Awaited<ReturnType<typeof backfillInto>>;
  beforeAll(async () => {
    setting = await makeWarehouse(kind, { S21_EES_API: ees.url });
    await addRealLetters(setting, LETTERS);
    first = await backfillInto(setting);
  });
  afterAll(() => setting.dispose());
  const rows = (text: string) => query(setting.config, text);

  test("every referred answer is DfE's, from the first release that has it, and the rest the council's", async () => {
    expect(await readAnswers(setting, "Coventry")).toEqual([
      ...COVENTRY.map((said) => `${said} dfe earliest`),
      "5 2011/12: not_held",
      "5 2020/21: 5491674 council",
      "5 2021/22: 5234079 council",
    ]);
    expect(first).toMatchObject({ status: "done", exitCode: EXIT.done, answers: { filled: 20, open: 2 } });
  });

  test("the council's own status stays beside DfE's answer", async () => {
    expect(
      await rows("select distinct council_status, council_value, status, unit from answer where answered_by = 'dfe'"),
    ).toEqual([{ council_status: "referred", council_value: null, status: "reported", unit: "count" }]);
  });

  test("what the council gave is not overwritten, and the largest disagreement comes first", async () => {
    const found = await rows(
      "select question || part as cell, period_label, council_value, dfe_value, difference, percent, likely_cause from disagreement",
    );
    expect(found[0]).toEqual({
      cell: "4",
      period_label: "2021/22",
      council_value: "3991",
      dfe_value: "3223",
      difference: "768",
      percent: "23.8",
      likely_cause: "provisional",
    });
    expect(found.filter((row) => row.period_label === "2021/22")).toHaveLength(5);
    expect(
      found.filter((row) => row.period_label !== "2021/22").every((row) => Math.abs(Number(row.difference)) <= 2),
    ).toBe(true);
    expect(await rows("select value, answered_by from answer where area_name = 'Leicester' and value = 3991")).toEqual([
      { value: "3991", answered_by: "council" },
    ]);
  });

  test("the truth test: three years were in the release cited, the last came out on 27 October 2022", async () => {
    expect(
      await rows(`select verdict, period_label = '2021/22' as is_last, available_from, available_in, count(*) as cells
        from referral group by 1, 2, 3, 4 order by 1`),
    ).toEqual([
      { verdict: "covered", is_last: false, available_from: null, available_in: null, cells: 15 },
      { verdict: "published_later", is_last: true, available_from: "2022-10-27", available_in: "2022", cells: 5 },
    ]);
  });

  test("the column is chosen by the council that answered the same words, and the other one's figure is told", async () => {
    expect(
      await rows(`select dfe_measure, measure_basis, other_measure, other_value from answer
        where area_name = 'Coventry' and question = '3' and part = 'a' and period_label = '2018/19'`),
    ).toEqual([
      {
        dfe_measure: "cpp_any_point",
        measure_basis: "same_wording",
        other_measure: "cpp_children_any_point",
        other_value: "925",
      },
    ]);
    expect(
      await rows(`select exact, cells, residuals from calibrated_column
        where is_used and used_measure = 'cpp_any_point'`),
    ).toEqual([{ exact: 1, cells: 3, residuals: "2, 0, 2" }]);
  });

  test("the cited release is asked for once, and its absence is remembered", async () => {
    expect(first.releases.map(({ release, status }) => `${release} ${status}`)).toEqual(["2021 failed", "2022 loaded"]);
    expect(await rows("select release, code from missing_release")).toEqual([{ release: "2021", code: "http-404" }]);
  });

  test("again: unchanged, one request, and not a row is written", async () => {
    const tables = ["question_plan", "referral_plan", "calibration", "measure_kin", "missing_release", "observation"];
    // Each row with the version that any writing would change.
    const exportAll = () =>
      rows(
        tables
          .map((table) => `select '${table}' as name, xmin::text as version, to_jsonb(t)::text as line from ${table} t`)
          .join(" union all ")
          .concat(" order by 1, 3"),
      );
    const before = await exportAll();
    const asked = ees.requests.length;
    expect(await backfillInto(setting)).toMatchObject({ status: "unchanged", exitCode: EXIT.done, releases: [] });
    expect(ees.requests.slice(asked).map(({ path }) => path.split("?")[0])).toEqual([
      "/api/publications/children-in-need/releases",
    ]);
    expect(await exportAll()).toEqual(before);
  });

  test("every answer names a source that can be read again without a network", { timeout: 120_000 }, async () => {
    const offline = { ...setting.config, eesApi: "http://127.0.0.1:9/api" };
    const cited = (await rows("select citation, value from answer order by citation")) as {
      citation: string;
      value: string | null;
    }[];
    const proofs: (Proof | Refutation)[] = [];
    for await (const proof of verifyCitations(
      offline,
      cited.map((one) => one.citation),
    ))
      proofs.push(proof);
    expect(proofs.map((proof) => [proof.citation, proof.holds, proof.holds ? proof.value : ""])).toEqual(
      cited.map(({ citation, value }) => [citation, true, value]),
    );
  });
});

describe.each(WAREHOUSES)("a citation that does not hold, on %s", (kind) => {
  let setting: TestSetting;
  let citation: string;
  let letterCitation: string;
  beforeAll(async () => {
    setting = await makeWarehouse(kind);
    await addRealLetters(setting, LETTERS);
    await refreshInto(setting, { from: SAMPLE_BUNDLE, publishedAt: "2022-10-27T08:30:00.000Z" });
    const found = await query(
      setting.config,
      `select citation, answered_by from answer where area_name = 'Coventry' and period_label = '2020/21'
        and question in ('1', '5') order by question`,
    );
    [citation, letterCitation] = found.map((row) => String(row.citation)) as [string, string];
  });
  afterAll(() => setting.dispose());

  async function verify(text: string): Promise<Proof | Refutation> {
    for await (const result of verifyCitations(setting.config, [text])) return result;
    throw new Error("no result");
  }
  const codeOf = async (text: string) => {
    const result = await verify(text);
    return result.holds ? `holds ${result.value}` : result.error.code;
  };
  async function change(statement: string) {
    const warehouse = await openForWriting(setting.config);
    await warehouse.transaction(async ({ db }) => void (await sql.raw(statement).execute(db)));
    await warehouse.close();
  }

  test("holds as long as nothing was touched", async () => {
    expect(await codeOf(citation)).toBe("holds 5754");
    expect(await codeOf(letterCitation)).toBe("holds 5491674");
  });

  test.each([
    ["another line", (text: string) => text.replace(/:(\d+):/, ":1:"), "no-such-cell"],
    ["another column", (text: string) => text.replace(":Referrals:", ":Re_referrals:"), "no-such-cell"],
    ["another rule", (text: string) => text.replace(":referrals@", ":children_referred@"), "no-such-cell"],
    ["another release", (text: string) => text.replace("@2022", "@2021"), "no-such-source"],
    ["another file", (text: string) => text.replace(/[0-9a-f]{64}/, "0".repeat(64)), "no-such-source"],
    ["a letter's", (text: string) => text.replace(/^dfe(.*?):(\d+):.*/, "letter$1:$2:1@2020/21"), "no-such-source"],
    ["no citation", () => "Coventry, referrals, 2020/21", "not-a-citation"],
  ])("made up: %s", async (_, forge, code) => {
    expect(await codeOf(forge(citation))).toBe(code);
  });

  test("a row that was changed, and one that was removed", async () => {
    await change(
      "update observation set value = 5755 where measure = 'referrals' and value = 5754 and area_name = 'Coventry'",
    );
    const changed = await verify(citation);
    expect(changed.holds ? "" : changed.error.message).toContain('value is "5755", expected "5754"');
    expect(await codeOf(citation)).toBe("row-changed");
    await change("update observation set value = 1 where letter_id is not null and value = 5491674");
    expect(await codeOf(letterCitation)).toBe("row-changed");
    await change("delete from observation where measure = 'referrals' and value = 5755");
    expect(await codeOf(citation)).toBe("row-missing");
  });

  test("an archived file that was changed, and one that is gone; told as a command with its exit code", async () => {
    const path = openArchive(setting.config.dataDir).find(citation.slice(4, 68)) as string;
    const bytes = readFileSync(path);
    appendFileSync(path, " ");
    const result = await runCommand(["verify", citation], setting.env);
    expect(result.code).toBe(EXIT.sourceNotTrusted);
    expect(result.stderr).toContain("archive-tampered");
    const { rmSync } = await import("node:fs");
    rmSync(path);
    expect(await codeOf(citation)).toBe("archive-missing");
    writeFileSync(path, bytes);
    expect(await codeOf(citation)).toBe("row-missing");
  });
});

test("a letter that comes after its release is answered, and both orders give the same", async () => {
  const said = [];
  for (const late of [false, true]) {
    const setting = await useWarehouse("postgres", { S21_EES_API: ees.url });
    if (late) await refreshInto(setting, { release: ["2022"], las: ["Leicester"] });
    await addRealLetters(setting, LETTERS);
    if (late) expect(await readAnswers(setting, "Coventry")).toContain("1 2018/19: referred");
    await backfillInto(setting);
    said.push(await readAnswers(setting, "Coventry"));
  }
  expect(said[1]).toEqual(said[0]);
});

test("without EES the answers stay open, and the exit code says why", async () => {
  const setting = await useWarehouse("postgres", { S21_ATTEMPTS: "1" });
  await addRealLetters(setting, LETTERS);
  expect(await backfillInto(setting)).toMatchObject({
    exitCode: EXIT.sourceUnreachable,
    answers: { filled: 0, open: 22 },
  });
});

describe("as commands", () => {
  let setting: TestSetting;
  beforeAll(async () => {
    setting = await makeWarehouse("postgres");
    await addRealLetters(setting, LETTERS);
    await refreshInto(setting, { from: SAMPLE_BUNDLE, publishedAt: "2022-10-27T08:30:00.000Z" });
  });
  afterAll(() => setting.dispose());

  test("refresh ends with the answers, offline too", async () => {
    const said = await readAnswers(setting, "Coventry");
    expect(said.filter((one) => one.endsWith("dfe earliest"))).toHaveLength(20);
  });

  test("answers: questions down, years across, marks with a legend", async () => {
    const { stdout, code } = await runCommand(["answers", "--council", "Coventry"], setting.env);
    expect(code).toBe(EXIT.done);
    expect(stdout).toMatch(/│ question\s+│ 2011\/12 │ 2018\/19\s+│ 2019\/20\s+│ 2020\/21\s+│ 2021\/22\s+│/);
    expect(stdout).toMatch(/│ 1 referrals\s+│\s+│ 5,660 \[D\+\] │ 5,382 \[D\+\] │ 5,754 \[D\+\]\s+│ 4,987 \[D\+\]\s+│/);
    expect(stdout).toMatch(/^\[D\+\]\s+DfE/m);
    expect(stdout).toMatch(/^\(n\/h\)\s+not held/m);
    expect(stdout).not.toContain("Leicester");
  });

  test("answers --json and --csv have the view's columns", async () => {
    const { stdout } = await runCommand(["answers", "--council", "E08000026", "--json"], setting.env);
    const [row] = JSON.parse(stdout);
    const promised =
      "letter_id question part question_text measure area_code area_name period_kind period_label period_start period_end " +
      "value value_text unit status answered_by citation council_value council_status dfe_value dfe_status difference " +
      "cited_value at_letter_value latest_value";
    expect(Object.keys(row)).toEqual(expect.arrayContaining(promised.split(" ")));
    expect(row).toMatchObject({ value: 5660, period_start: "2018-04-01", answered_by: "dfe" });
    const { stdout: csv } = await runCommand(["answers", "--csv"], setting.env);
    expect(csv.split("\n")[0]).toBe(Object.keys(row).join(","));
    expect(csv.split("\n").filter((line) => line !== "")).toHaveLength(1 + 46);
  });

  test("referrals --review quotes the letter and asks about the failing answers only", async () => {
    const { stdout } = await runCommand(["referrals", "--council", "Coventry", "--review"], setting.env);
    expect(stdout).toContain("Questions 1, 2, 3a, 3b, 4 for 2021/22:");
    expect(stdout).toContain("you can get this information by other means");
    expect(stdout).toContain("27 October 2022");
    const [asked, there] = stdout.split("The release that you cite (children-in-need, 2021) should hold");
    expect(asked).not.toContain("2020/21");
    expect(there).toContain("2018/19, 2019/20, 2020/21. I do not ask about the other 15 answers");
  });

  test.each(["referrals", "disagreements", "gaps", "calibrate", "revisions"])(
    "%s --json is an array of rows",
    async (name) => {
      const { stdout, code } = await runCommand([name, "--json"], setting.env);
      expect(code).toBe(EXIT.done);
      expect(Array.isArray(JSON.parse(stdout))).toBe(true);
    },
  );

  test("a council that is not one is refused", async () => {
    const { code, stderr } = await runCommand(["answers", "--council", "Coventree"], setting.env);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain("did you mean Coventry");
  });
});
