/** The letters road on both engines, with letters that say by themselves how they read. */
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LockedError, UsageError, WarehouseError } from "../src/errors.ts";
import { openArchive } from "../src/extract/archive.ts";
import { correctLetters } from "../src/letter-corrections.ts";
import { type AddRequest, addLetters } from "../src/letters.ts";
import { saveSetAside } from "../src/load/letter-issues.ts";
import { openForWriting } from "../src/load/warehouse.ts";
import { makeEml } from "./support/make-documents.ts";
import {
  makeAnswer,
  makeLetter,
  makeQuestion,
  readMadeLetter,
  writeLetter,
  YEAR_2019,
} from "./support/make-letters.ts";
import { query, type TestSetting, useWarehouse, WAREHOUSES } from "./support/warehouses.ts";

const referral = {
  url: "https://example.gov.uk/statistics",
  publication_slug: null,
  release_slug: null,
  file_codes: ["C1"],
  la_filter: "Leicester",
  words: "see our website",
};
const referred = { status: "referred" as const, value: null, value_text: "", exemption: "s21", referral };
/** Four cells: 27, fewer than five, a referral, and words. */
const LETTER = makeLetter({
  questions: [
    makeQuestion({
      answers: [
        makeAnswer(),
        makeAnswer({ period: YEAR_2019, status: "suppressed", value: null, value_text: "<5", line: 13 }),
      ],
    }),
    makeQuestion({ ref: "4", measure: "s47_enquiries", answers: [makeAnswer({ ...referred, line: 14 })] }),
    makeQuestion({
      ref: "5",
      part: "b",
      measure: null,
      answers: [makeAnswer({ period: null, value: null, value_text: "16 – 20", unit: "text", line: 15 })],
    }),
  ],
});

/** A session that was closed keeps its lock until its server process has ended, which a busy machine may take a while over. */
async function whenUnlocked<T>(run: () => Promise<T>, attempts = 50): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof LockedError) || attempts === 0) throw error;
    await setTimeout(100);
    return whenUnlocked(run, attempts - 1);
  }
}

describe.each(WAREHOUSES)("letters on %s", (kind) => {
  let setting: TestSetting;
  let folder: string;
  beforeEach(async () => {
    setting = await useWarehouse(kind);
    folder = mkdtempSync(join(tmpdir(), "s21-letters-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const add = (paths: string[], more: Partial<AddRequest> = {}) =>
    whenUnlocked(() =>
      addLetters(setting.config, { paths, read: readMadeLetter, ...more }, ["letters", "add"], () => undefined),
    );
  const rows = (sql: string) => query(setting.config, sql);
  const cells = (columns = "question, period_label, status, value, value_text") =>
    rows(`select ${columns} from observation where source = 'council' order by letter_id, source_line`);
  const correct = (...lines: string[]) => {
    const path = join(folder, "corrections.csv");
    writeFileSync(path, ["letter,question,part,period,printed,meant,because,who", ...lines, ""].join("\n"));
    return whenUnlocked(() => correctLetters(setting.config, path, ["letters", "correct"]));
  };

  it("keeps the letters before one that the warehouse refuses, though they are loaded together", async () => {
    const paths = ["a.txt", "b.txt", "c.txt"].map((name) => writeLetter(folder, name, { ...LETTER, notes: [name] }));
    const read: AddRequest["read"] = (text) => {
      const letter = readMadeLetter(text);
      const [answer] = letter.questions.flatMap(({ answers }) => answers);
      if (answer !== undefined && text.file.endsWith("b.txt")) answer.value_text = "\0";
      return letter;
    };
    await expect(add(paths, { read })).rejects.toThrow(WarehouseError);
    expect(await rows("select file_name from letter")).toEqual([{ file_name: "a.txt" }]);
    await add(paths);
    expect(await rows("select file_name from letter order by 1")).toHaveLength(3);
  });

  it("loads every cell with its status, its line and its words, and where it refers to", async () => {
    const report = await add([writeLetter(folder, "reply.txt", LETTER)]);
    expect(report).toMatchObject({
      status: "done",
      exitCode: 0,
      problems: [],
      letters: [
        { status: "loaded", council: "Leicester", questions: 3, cells: { reported: 2, suppressed: 1, referred: 1 } },
      ],
    });
    expect(await cells("question, part, period_label, status, value, value_text, source_line")).toEqual([
      {
        question: "3",
        part: "",
        period_label: "2017/18",
        status: "reported",
        value: "27",
        value_text: "27",
        source_line: 12,
      },
      {
        question: "3",
        part: "",
        period_label: "2018/19",
        status: "suppressed",
        value: null,
        value_text: "<5",
        source_line: 13,
      },
      {
        question: "4",
        part: "",
        period_label: "2017/18",
        status: "referred",
        value: null,
        value_text: "",
        source_line: 14,
      },
      {
        question: "5",
        part: "b",
        period_label: null,
        status: "reported",
        value: null,
        value_text: "16 – 20",
        source_line: 15,
      },
    ]);
    expect(await rows("select * from referred_cell")).toMatchObject([
      { question: "4", period_label: "2017/18", period_start: "2017-04-01", ...referral, source_line: 14 },
    ]);
    const [letter] = await rows("select * from letter");
    expect(letter).toMatchObject({
      file_name: "reply.txt",
      area_code: "E06000016",
      response_date: "2022-06-15",
      cells: 4,
    });
    expect(openArchive(setting.config.dataDir).find(String(letter?.sha256))).not.toBeNull();
  });

  it("adds nothing the second time, nor for the same text under another name or with other line ends", async () => {
    const path = writeLetter(folder, "reply.txt", LETTER);
    await add([path]);
    const before = await rows("select * from observation order by source_line");
    expect(await add([path])).toMatchObject({ status: "unchanged", exitCode: 0, letters: [{ status: "unchanged" }] });
    copyFileSync(path, join(folder, "renamed.txt"));
    writeLetter(folder, "windows.txt", LETTER, "", "\r\n");
    const again = await add([folder]);
    expect(again.letters.map((letter) => letter.status)).toEqual(["unchanged", "unchanged", "unchanged"]);
    expect(new Set(again.letters.map((letter) => letter.letter_id)).size).toBe(1);
    expect(await rows("select * from observation order by source_line")).toEqual(before);
    expect(await rows("select count(*) as n from letter")).toEqual([{ n: 1 }]);
  });

  it("reads a letter again when the reader has changed, and leaves other letters' rows alone", async () => {
    const path = writeLetter(folder, "reply.txt", LETTER);
    const other = writeLetter(folder, "other.txt", makeLetter({ request_reference: "FOI 77" }));
    await add([path, other]);
    const newer = makeLetter({ questions: [makeQuestion({ answers: [makeAnswer({ value: 72, value_text: "72" })] })] });
    const report = await add([path], { reader: "newer", read: (text) => ({ ...newer, file: text.file }) });
    expect(report.letters).toMatchObject([{ status: "loaded", cells: { reported: 1 } }]);
    expect((await rows("select value from observation order by value")).map((row) => row.value)).toEqual(["27", "72"]);
    expect(await rows("select * from referred_cell")).toEqual([]);
    expect(await rows("select observations from source_file order by file_name")).toEqual([
      { observations: 1 },
      { observations: 1 },
    ]);
  });

  it("opens an issue for what is in doubt, naming file, line, found and expected, and ends with exit 3", async () => {
    const doubtful = makeLetter({
      problems: [
        { code: "several-figures", message: "several figures", line: 2 },
        { code: "encoding", message: "read as Windows-1252", line: null },
      ],
    });
    const path = writeLetter(folder, "reply.txt", doubtful, "a first line\n15.5, or 25 without the new ones");
    const report = await add([path]);
    expect(report).toMatchObject({ status: "partial", exitCode: 3, letters: [{ status: "loaded", in_doubt: 1 }] });
    expect(report.problems).toEqual([
      {
        code: "several-figures",
        message: `${path}, line 2: several figures; expected one figure`,
        file: path,
        line: 2,
        found: "15.5, or 25 without the new ones",
        expected: "one figure",
      },
    ]);
    expect(await rows("select code, source_file, source_line, found, expected, letter_id from issue")).toEqual([
      {
        code: "several-figures",
        source_file: "reply.txt",
        source_line: 2,
        found: "15.5, or 25 without the new ones",
        expected: "one figure",
        letter_id: report.letters[0]?.letter_id,
      },
    ]);
    await add([path], { reader: "newer" });
    expect(await rows("select count(*) as n from issue")).toEqual([{ n: 1 }]);
  });

  it("sets aside what is not a reply, and what cannot be read, once; the rest is in", async () => {
    const problems = [{ code: "not-a-reply", message: "a leaflet", line: null }];
    writeLetter(folder, "leaflet.txt", makeLetter({ readable: false, problems, questions: LETTER.questions }));
    writeLetter(folder, "reply.txt", LETTER);
    writeFileSync(join(folder, "empty.txt"), "");
    const report = await add([folder]);
    expect(report.letters.map(({ file, status }) => [file.slice(folder.length + 1), status])).toEqual([
      ["empty.txt", "set_aside"],
      ["leaflet.txt", "set_aside"],
      ["reply.txt", "loaded"],
    ]);
    expect(report).toMatchObject({ exitCode: 3, problems: [{ code: "empty" }, { code: "not-a-reply" }] });
    expect(await cells()).toHaveLength(4);
    expect(await add([folder])).toMatchObject({ exitCode: 0, status: "unchanged", problems: [] });
    expect(await rows("select code from issue order by code")).toEqual([{ code: "empty" }, { code: "not-a-reply" }]);
  });

  it("takes back that a document was set aside when a newer reader reads it", async () => {
    const path = writeLetter(folder, "reply.txt", LETTER);
    const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    const finding = {
      code: "timeout",
      message: "",
      line: null,
      question: null,
      part: null,
      found: null,
      expected: null,
    };
    const warehouse = await whenUnlocked(() => openForWriting(setting.config));
    const stamp = { run_id: "an earlier run", loaded_at: new Date().toISOString() };
    await warehouse.transaction((session) => saveSetAside(session, "reply.txt", sha256, finding, stamp));
    await warehouse.close();
    expect(await rows("select code from issue")).toEqual([{ code: "timeout" }]);
    await add([path]);
    expect(await rows("select code from issue")).toEqual([]);
  });

  it("loses only the letter that the grammar fails on, or that could not be stored", async () => {
    const good = writeLetter(folder, "good.txt", LETTER);
    writeLetter(folder, "odd.txt", makeLetter({ response_date: "2022-02-30" }));
    writeFileSync(join(folder, "throws.txt"), "no letter of ours");
    const report = await add([folder]);
    expect(report.problems.map((problem) => problem.code)).toEqual(["reader-fault", "reader-fault"]);
    expect(report.letters.find((letter) => letter.file === good)).toMatchObject({ status: "loaded" });
  });

  it("keeps names and words that are hostile as they are, and prints them on one line", async () => {
    const name = "-rf\n\u001b[31mred.txt";
    const hostile = "'; drop table observation; -- \\N \\. \t \u202e \ud800";
    const problems = [{ code: "value-unclear", message: hostile, line: null }];
    const answers = [makeAnswer({ value: null, value_text: hostile, unit: "text", breakdown: "a\tb\\c" })];
    const letter = makeLetter({ problems, notes: [hostile], questions: [makeQuestion({ answers, text: hostile })] });
    writeLetter(folder, name, letter);
    const report = await add([folder], { read: () => letter });
    expect(report.problems[0]?.message).not.toMatch(/\p{Cc}/u);
    const [row] = await rows("select source_file, value_text, breakdown from observation");
    expect(row).toEqual({ source_file: name, value_text: hostile.replace("\ud800", "\ufffd"), breakdown: "a\tb\\c" });
  });

  it("refuses a path that is not there, before anything is done", async () => {
    const absent = join(folder, "absent.txt");
    await expect(add([writeLetter(folder, "reply.txt", LETTER), absent])).rejects.toThrow(UsageError);
    await expect(add([absent])).rejects.toThrow(absent);
  });

  describe("a corrected letter", () => {
    const corrected = makeLetter({
      response_date: "2022-09-01",
      questions: LETTER.questions.map((question) => ({
        ...question,
        answers: question.answers.map((answer) =>
          answer.value === 27 ? { ...answer, value: 29, value_text: "29" } : answer,
        ),
      })),
    });

    it.each(["earlier first", "later first"])("supersedes the earlier one, which is kept (%s)", async (order) => {
      const paths = [writeLetter(folder, "a.txt", LETTER), writeLetter(folder, "b.txt", corrected)];
      const report = await add(order === "later first" ? paths.reverse() : paths);
      expect(report.exitCode).toBe(0);
      const [earlier, later] = await rows(
        "select letter_id, superseded_by, supersedes from letter order by response_date",
      );
      expect(earlier).toMatchObject({ superseded_by: later?.letter_id, supersedes: null });
      expect(later).toMatchObject({ superseded_by: null, supersedes: earlier?.letter_id });
      expect(report.letters.find(({ letter_id }) => letter_id === earlier?.letter_id)?.superseded_by).toBe(
        later?.letter_id,
      );
      expect(await cells()).toHaveLength(8);
      const value = "where measure = 'referrals' and period_label = '2017/18'";
      expect(await rows(`select value from current_observation ${value}`)).toEqual([{ value: "29" }]);
      expect(await rows(`select value from observation_as_at('2022-09-01') ${value}`)).toEqual([{ value: "29" }]);
      expect(await rows(`select value from observation_as_at('2022-08-31') ${value}`)).toEqual([{ value: "27" }]);
    });

    it("stands back again when the later one turns out to answer another request", async () => {
      const paths = [writeLetter(folder, "a.txt", LETTER), writeLetter(folder, "b.txt", corrected)];
      await add(paths);
      const read: AddRequest["read"] = (text) => {
        const letter = readMadeLetter(text);
        return letter.response_date === "2022-09-01" ? { ...letter, request_reference: "FOI 9" } : letter;
      };
      await add(paths, { reader: "newer", read });
      expect(await rows("select 1 from letter where superseded_by is not null or supersedes is not null")).toEqual([]);
    });

    it("supersedes by its own word where it has no reference", async () => {
      const later = { ...corrected, request_reference: null };
      await add([
        writeLetter(folder, "a.txt", LETTER),
        writeLetter(folder, "b.txt", later, "This letter replaces our earlier response."),
      ]);
      expect(await rows("select file_name from letter where superseded_by is not null")).toEqual([
        { file_name: "a.txt" },
      ]);
    });

    it("is in doubt where nobody can say which is later, until somebody can", async () => {
      const paths = [
        writeLetter(folder, "a.txt", LETTER),
        writeLetter(folder, "b.txt", makeLetter({ response_date: null })),
      ];
      const undated = await add(paths);
      expect(undated.exitCode).toBe(3);
      expect(undated.problems.map(({ code }) => code)).toEqual(["which-is-later", "which-is-later"]);
      const read: AddRequest["read"] = (text) => ({ ...readMadeLetter(text), request_reference: "FOI 9" });
      await add(paths.slice(1), { reader: "newer", read });
      expect(await rows("select * from issue")).toEqual([]);
    });

    it("takes all of the earlier one out of the views, and tells where it answers less", async () => {
      const less = makeLetter({ response_date: "2023-01-01" });
      const report = await add([writeLetter(folder, "a.txt", LETTER), writeLetter(folder, "b.txt", less)]);
      expect(report.problems.map(({ code }) => code)).toEqual(["fewer-answers"]);
      expect(await rows("select source_file, measure from current_observation")).toEqual([
        { source_file: "b.txt", measure: "referrals" },
      ]);
    });
  });

  describe("a person's corrections", () => {
    const STANDING = "value, status, value_text, unit, exemption";
    const standing = async () => (await cells(STANDING)).map((row) => [row.value, row.status, row.value_text]);

    it("change what is meant and not what was printed, and survive every re-reading", async () => {
      const path = writeLetter(folder, "reply.txt", LETTER);
      const id = (await add([path])).letters[0]?.letter_id;
      const report = await correct(
        "reply.txt,3,,2017/18,27,29,the table says 29,A. Analyst",
        "FOI1234,3,,2018/19,<5,not_held,by telephone,A. Analyst",
        `${id},5,b,,16 – 20,18,their e-mail of 1 July,A. Analyst`,
        "reply.txt,4,,2017/18,,<5,found on their page,A. Analyst",
      );
      expect(report).toMatchObject({ status: "done", exitCode: 0, problems: [] });
      const meant = [
        ["29", "reported", "27"],
        [null, "not_held", "<5"],
        [null, "suppressed", ""],
        ["18", "reported", "16 – 20"],
      ];
      expect(await standing()).toEqual(meant);
      expect(await rows("select * from referred_cell")).toEqual([]);
      expect(
        await rows(
          "select printed, meant, because, who, read_value, read_status, value, applied from corrected_cell order by source_line limit 1",
        ),
      ).toEqual([
        {
          printed: "27",
          meant: "29",
          because: "the table says 29",
          who: "A. Analyst",
          read_value: "27",
          read_status: "reported",
          value: "29",
          applied: true,
        },
      ]);
      await add([path]);
      expect(await standing()).toEqual(meant);
      await add([path], { reader: "newer" });
      expect(await standing()).toEqual(meant);
      expect(await rows("select count(*) as n from correction")).toEqual([{ n: 4 }]);
      expect(await rows("select read_value, read_status from corrected_cell order by source_line limit 1")).toEqual([
        { read_value: "27", read_status: "reported" },
      ]);
    });

    it("change nothing when the same file is applied again, and can be changed", async () => {
      await add([writeLetter(folder, "reply.txt", LETTER)]);
      const line = "reply.txt,3,,2017/18,27,29,the table says 29,A. Analyst";
      await correct(line);
      const before = await rows("select * from correction");
      expect(await correct(line)).toMatchObject({ status: "unchanged", corrections: [{ status: "unchanged" }] });
      expect(await rows("select * from correction")).toEqual(before);
      await correct("reply.txt,3,,2017/18,27,30,they rang,B. Analyst");
      expect(await rows("select meant, who, read_value from correction")).toEqual([
        { meant: "30", who: "B. Analyst", read_value: "27" },
      ]);
      expect((await standing())[0]).toEqual(["30", "reported", "27"]);
    });

    it("are refused by line where they mean no cell or not what is printed; the others are applied", async () => {
      await add([writeLetter(folder, "reply.txt", LETTER)]);
      const report = await correct(
        "reply.txt,3,,2017/18,28,29,because,who",
        "reply.txt,3,,2011/12,27,29,because,who",
        "reply.txt,9,,2017/18,27,29,because,who",
        "absent.txt,3,,2017/18,27,29,because,who",
        "reply.txt,3,,2018/19,<5,about 3,because,who",
        "reply.txt,3,,2017/18,27,29,because,who",
        "reply.txt,3,,2017/18,27,30,because,who",
      );
      expect(report.exitCode).toBe(3);
      expect(report.corrections.map(({ status }) => status)).toEqual([
        "refused",
        "refused",
        "refused",
        "refused",
        "refused",
        "applied",
        "refused",
      ]);
      const [first, ...others] = report.problems.map(({ message }) => message);
      expect(first).toMatch(/line 2: printed is "28"; the warehouse has "27" for question 3, 2017\/18/);
      expect(others[0]).toMatch(/line 3: .* it has 2017\/18; 2018\/19/);
      expect(others[1]).toMatch(/line 4: .* it has questions 3; 4; 5b/);
      expect(others[2]).toMatch(/line 5: letter is "absent.txt"/);
      expect(others[3]).toMatch(/line 6: meant is "about 3"; expected a number/);
      expect(others[4]).toMatch(/line 8: line 7 corrects the same cell to "29"/);
      expect((await standing())[0]).toEqual(["29", "reported", "27"]);
    });

    it("are not put to a cell that reads differently now; a person is told", async () => {
      const path = writeLetter(folder, "reply.txt", LETTER);
      await add([path]);
      await correct("reply.txt,3,,2017/18,27,29,because,who");
      const read = (value: number) => () =>
        makeLetter({ questions: [makeQuestion({ answers: [makeAnswer({ value, value_text: String(value) })] })] });
      const report = await add([path], { reader: "newer", read: read(72) });
      expect(report).toMatchObject({ exitCode: 3, problems: [{ code: "correction-not-applied", found: "27" }] });
      expect(await standing()).toEqual([["72", "reported", "72"]]);
      expect(await rows("select applied from corrected_cell")).toEqual([{ applied: false }]);
      await correct("reply.txt,3,,2017/18,72,29,because,who");
      expect(await rows("select printed, applied from corrected_cell")).toEqual([{ printed: "72", applied: true }]);
      expect(await rows("select 1 from issue where resolved_at is null")).toEqual([]);
    });

    it("settle what was in doubt on that line, for good", async () => {
      const problems = [{ code: "several-figures", message: "several figures", line: 12 }];
      const path = writeLetter(folder, "reply.txt", makeLetter({ problems }));
      expect((await add([path])).exitCode).toBe(3);
      await correct("reply.txt,3,,2017/18,27,29,because,A. Analyst");
      expect(await rows("select resolution from issue")).toEqual([{ resolution: "corrected by A. Analyst: because" }]);
      await add([path], { reader: "newer" });
      expect(await rows("select resolution from issue")).toEqual([{ resolution: "corrected by A. Analyst: because" }]);
    });

    it("follow their document when a newer reader takes other lines from it", async () => {
      const path = writeLetter(folder, "reply.html", LETTER);
      writeFileSync(path, "<p>one</p>");
      await add([path], { read: () => LETTER });
      await correct("reply.html,3,,2017/18,27,29,because,who");
      const warehouse = await whenUnlocked(() => openForWriting(setting.config));
      // As if the lines had been others, and the letter another, when it was first read.
      await warehouse.transaction(async ({ db }) => {
        const other = { letter_id: "f".repeat(16) };
        await db
          .updateTable("letter")
          .set({ ...other, text_sha256: "f".repeat(64) })
          .execute();
        for (const table of ["observation", "correction", "referred_cell"] as const)
          await db.updateTable(table).set(other).execute();
      });
      await warehouse.close();
      await add([path], { read: () => LETTER });
      expect(await rows("select count(*) as n from letter")).toEqual([{ n: 1 }]);
      expect(await standing()).toHaveLength(4);
      expect((await standing())[0]).toEqual(["29", "reported", "27"]);
    });
  });

  it("takes the reply from an e-mail that it came attached to, with what the message knows", async () => {
    const attached = writeLetter(
      folder,
      "reply.txt",
      makeLetter({ ...LETTER, response_date: null, request_reference: null }),
    );
    mkdirSync(join(folder, "mail"));
    const cover = makeLetter({ questions: [], request_reference: "FOI 55", response_date: "2022-07-01" });
    const path = join(folder, "mail", "message.eml");
    const attachment = { name: "reply.txt", type: "text/plain", bytes: readFileSync(attached) };
    writeFileSync(path, makeEml(["Please see our reply."], { attachments: [attachment] }));
    const report = await add([path], {
      read: (text) => (text.file.includes("#") ? readMadeLetter(text) : { ...cover, file: text.file }),
    });
    expect(report.letters).toMatchObject([
      { file: `${path}#reply.txt`, status: "loaded", request_reference: "FOI 55", response_date: "2022-07-01" },
    ]);
    const [letter] = await rows("select sha256, file_name from letter");
    expect(letter?.file_name).toBe("message.eml#reply.txt");
    const archived = openArchive(setting.config.dataDir).find(String(letter?.sha256));
    expect(archived !== null && existsSync(archived)).toBe(true);
    expect(await rows("select file_name, observations from source_file")).toEqual([
      { file_name: "message.eml", observations: 4 },
    ]);
  });
});
