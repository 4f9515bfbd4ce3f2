/** Which address shows what. */
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { authorityByOnsCode } from "../../catalogue/authorities.ts";
import { MEASURES } from "../../catalogue/measures.ts";
import { parseCitation } from "../../resolve/citation.ts";
import { csvOf, renderCouncil } from "./council.ts";
import {
  findLetterOfFile,
  readCouncilAnswers,
  readCouncilLetters,
  readLetterAnswers,
  readLetterRow,
  readMeasureSeries,
  readSeries,
} from "./council-rows.ts";
import { renderCouncils, tableOfCoverage } from "./councils.ts";
import { readCoverage } from "./councils-rows.ts";
import type { Sorting } from "./data-table.ts";
import { directRequest, LONGEST_REQUEST, renderDirectionsPage, tableOfDirections } from "./directions.ts";
import { readDisagreements, renderDisagreements } from "./disagreements.ts";
import { readCitedCell, renderFileRow } from "./file-row.ts";
import { renderHome } from "./home.ts";
import { renderLetter } from "./letter.ts";
import { renderMeasure } from "./measure.ts";
import { readMeasure, readOwnFigures } from "./measure-rows.ts";
import { renderMeasures, tableOfMeasures } from "./measures.ts";
import { NO_COUNCIL, SITE } from "./places.ts";
import type { Reading } from "./reading.ts";
import { groupByLetter, readReferrals, renderReferrals, reviewOf } from "./referrals.ts";
import { REVISED_AREAS, renderRevisions } from "./revisions.ts";
import { readAreaRevisions, startRevisionCounter } from "./revisions-rows.ts";
import { readRuns, renderRuns } from "./runs.ts";
import { LONGEST_SEARCH, plainRow, renderSearch, searchLetters } from "./search.ts";
import type { Site } from "./site.ts";
import { formatCount } from "./words.ts";

export function addRoutes(site: Site) {
  addOverviews(site);
  addCouncils(site);
  addEvidence(site);
  addMeasures(site);
  addRevisions(site);
  addSearch(site);
  addDirections(site);
}

/** Councils whose pages are made ahead: the first of a kind take twice as long as those after them. */
const COUNCILS_AHEAD = 10;

/**
 * Reads what pages over every council remember.
 * @returns pages that are made ahead: a letter, for which a reader's process starts, the councils with the most answers, and
 * every measure, of which there are some sixty.
 */
export async function readAhead(reading: Reading): Promise<string[]> {
  const coverage = await readCoverage(reading);
  await readDisagreements(reading);
  const [referral] = await readReferrals(reading);
  const most = [...coverage].sort((one, other) => other.cells - one.cells).slice(0, COUNCILS_AHEAD);
  const measures = MEASURES.filter(({ dfe }) => dfe !== null);
  return [
    referral === undefined ? null : SITE.letter(referral.letter_id),
    ...most.map(({ area_code }) => SITE.council(area_code)),
    ...measures.map(({ code }) => SITE.measure(code)),
  ].filter((path) => path !== null);
}

function addOverviews({ app, read, show, absent, csv }: Site) {
  app.get("/", async (c) => {
    const [coverage, runs] = await read(async (r) => [await readCoverage(r), await readRuns(r)] as const);
    return show(c, renderHome(coverage, runs, SITE));
  });
  app.get("/disagreements", async (c) => {
    const rows = await read(readDisagreements);
    return show(c, renderDisagreements(rows, SITE, sortingOf(c, "/disagreements", "difference", "descending")));
  });
  app.get("/disagreements.csv", async (c) => csv(c, csvOf(await read(readDisagreements))));
  app.get("/referrals", async (c) => show(c, renderReferrals(await read(readReferrals), SITE)));
  app.get("/referrals.csv", async (c) => csv(c, csvOf(await read(readReferrals))));
  app.get("/referrals/:id{[0-9a-f]{16}}/review.txt", async (c) => {
    const found = groupByLetter(await read(readReferrals)).find(([id]) => id === c.req.param("id"));
    const review = found === undefined ? null : reviewOf(found[1]);
    return review === null ? absent(c) : c.text(`${review}\n`);
  });
  app.get("/runs", async (c) => show(c, renderRuns(await read(readRuns), SITE)));
  app.get("/runs.csv", async (c) => csv(c, csvOf((await read(readRuns)).runs)));
  app.get("/runs/releases.csv", async (c) => csv(c, csvOf((await read(readRuns)).releases)));
  app.get("/runs/issues.csv", async (c) => csv(c, csvOf((await read(readRuns)).issues)));
}

function addCouncils({ app, read, show, absent, csv }: Site) {
  app.get("/councils", async (c) => {
    const coverage = await read(readCoverage);
    return show(c, renderCouncils(coverage, SITE, sortingOf(c, "/councils", "name", "ascending")));
  });
  app.get("/councils.csv", async (c) => csv(c, tableOfCoverage(await read(readCoverage))));
  app.get("/councils/find", (c) => c.redirect(SITE.council(c.req.query("council") ?? null) ?? "/councils", 303));
  app.get("/councils/:code", async (c) => {
    const areaCode = councilOf(c.req.param("code"));
    if (areaCode === undefined) return absent(c);
    const facts = await read(async (r) => ({
      areaCode,
      letters: await readCouncilLetters(r, areaCode),
      answers: await readCouncilAnswers(r, areaCode),
      series: areaCode === null ? [] : await readSeries(r, areaCode),
    }));
    return show(c, renderCouncil(facts, SITE));
  });
  app.get("/councils/:code/answers.csv", async (c) => {
    const areaCode = councilOf(c.req.param("code"));
    return areaCode === undefined ? absent(c) : csv(c, csvOf(await read((r) => readCouncilAnswers(r, areaCode))));
  });
  app.get("/councils/:code/dfe.csv", async (c) => {
    const areaCode = councilOf(c.req.param("code"));
    return areaCode == null ? absent(c) : csv(c, csvOf(await read((r) => readSeries(r, areaCode))));
  });
}

/** What citations lead to. */
function addEvidence({ app, archived, read, show, absent, csv }: Site) {
  const findLetter = (id: string) =>
    read(async (r) => {
      const letter = await readLetterRow(r, id);
      return letter === null ? null : { letter, answers: await readLetterAnswers(r, id) };
    });
  app.get("/letters/:file{[0-9a-f]{16}\\.csv}", async (c) => {
    const found = await findLetter(c.req.param("file").slice(0, 16));
    return found === null ? absent(c) : csv(c, csvOf(found.answers));
  });
  app.get("/letters/:id{[0-9a-f]{16}}", async (c) => {
    const found = await findLetter(c.req.param("id"));
    if (found === null) return absent(c);
    const lines = await archived.letterLines(found.letter.letter_id, found.letter.sha256);
    return show(c, renderLetter({ ...found, lines, cited: lineOf(c.req.query("line")) }, SITE));
  });
  app.get("/rows/:sha256{[0-9a-f]{64}}/:line{[0-9]{1,9}}", async (c) => {
    const { sha256, line } = c.req.param();
    const { column = "", measure = "", release = "" } = c.req.query();
    const found = await read((r) =>
      readCitedCell(r, { kind: "dfe", sha256, line: Number(line), column, measure, release }),
    );
    if (found === null) return absent(c);
    return show(c, renderFileRow({ ...found, row: await archived.row(sha256, Number(line)) }, SITE));
  });
  // For citations as the views write them.
  app.get("/citations", async (c) => {
    const text = c.req.query("of") ?? "";
    const citation = parseCitation(text);
    const letterId = citation.kind === "dfe" ? null : await read((r) => findLetterOfFile(r, citation));
    const href = SITE.citation(text, letterId);
    return href === null ? absent(c) : c.redirect(href, 303);
  });
}

function addMeasures({ app, read, show, absent, csv }: Site) {
  app.get("/measures", (c) => show(c, renderMeasures(SITE)));
  app.get("/measures.csv", (c) => csv(c, tableOfMeasures()));
  app.get("/measures/:file{[a-z0-9_]+\\.csv}", async (c) => {
    const measure = MEASURES.find(({ code }) => `${code}.csv` === c.req.param("file"));
    return measure === undefined ? absent(c) : csv(c, csvOf(await read((r) => readMeasureSeries(r, measure.code))));
  });
  app.get("/measures/:code{[a-z0-9_]+}", async (c) => {
    const measure = MEASURES.find(({ code }) => code === c.req.param("code"));
    if (measure === undefined) return absent(c);
    const areaCode = councilOf(c.req.query("council") ?? "") ?? null;
    const facts = await read(async (r) => ({
      measure,
      areaCode,
      series: await readMeasure(r, measure.code),
      own: areaCode === null ? [] : await readOwnFigures(r, measure.code, areaCode),
    }));
    const path = SITE.measure(measure.code, areaCode ?? undefined) ?? "";
    return show(c, renderMeasure(facts, SITE, sortingOf(c, path, "name", "ascending")));
  });
}

function addRevisions({ app, read, show, csv, onFault }: Site) {
  const counter = startRevisionCounter(REVISED_AREAS, read, onFault);
  const areaOf = (c: Context) => REVISED_AREAS.find((code) => code === c.req.query("area")) ?? null;
  app.get("/revisions", async (c) => {
    const code = areaOf(c);
    const { area, version } = await read(async (r) => ({
      version: r.version,
      area: code === null ? null : { code, rows: await readAreaRevisions(r, code) },
    }));
    const path = code === null ? "/revisions" : `/revisions?area=${code}`;
    return show(
      c,
      renderRevisions({ area, counted: counter.counted(version) }, SITE, sortingOf(c, path, "", "ascending")),
    );
  });
  app.get("/revisions.csv", async (c) => {
    const code = areaOf(c);
    if (code !== null) return csv(c, csvOf(await read((r) => readAreaRevisions(r, code))));
    return csv(c, csvOf(counter.counted(await read(async (r) => r.version)).counts));
  });
}

function addSearch({ app, read, show, csv }: Site) {
  const search = async (c: Context) => {
    const query = (c.req.query("q") ?? "")
      .replace(/\p{Cc}/gu, " ")
      .trim()
      .slice(0, LONGEST_SEARCH);
    return { query, found: query === "" ? [] : await read((r) => searchLetters(r, query)) };
  };
  app.get("/search", async (c) => {
    const { query, found } = await search(c);
    return show(c, renderSearch(query, found, SITE));
  });
  app.get("/search.csv", async (c) => csv(c, csvOf((await search(c)).found.map(plainRow))));
}

/** Bytes of a form's body: a request of the greatest length, each character as `%XX%XX%XX`. */
const LARGEST_BODY = 9 * LONGEST_REQUEST + 1_000;
const TOO_LONG = `The request must be ${formatCount(LONGEST_REQUEST)} characters or fewer`;
const BLANK = { areaCode: "", request: "" };

function addDirections({ app, read, show, csv }: Site) {
  const limit = bodyLimit({
    maxSize: LARGEST_BODY,
    async onError(c) {
      const answer = await show(c, renderDirectionsPage(null, BLANK, TOO_LONG, SITE), 413);
      // The rest of the body stays unread, so nothing else can come over this connection.
      answer.headers.set("Connection", "close");
      return answer;
    },
  });
  const refuse = (c: Context, form: typeof BLANK, problem: string) =>
    show(c, renderDirectionsPage(null, form, problem, SITE), 400);
  app.get("/directions", (c) => show(c, renderDirectionsPage(null, BLANK, null, SITE)));
  app.post("/directions", limit, async (c) => {
    const form = await readForm(c);
    const problem = problemOf(form);
    if (problem !== null) return refuse(c, form, problem);
    const facts = await read((r) => directRequest(r, form.areaCode, form.request));
    return show(c, renderDirectionsPage(facts, form, null, SITE));
  });
  app.post("/directions.csv", limit, async (c) => {
    const form = await readForm(c);
    const problem = problemOf(form);
    if (problem !== null) return refuse(c, form, problem);
    return csv(c, tableOfDirections(await read((r) => directRequest(r, form.areaCode, form.request))));
  });
}

async function readForm(c: Context): Promise<typeof BLANK> {
  const { council, request } = await c.req.parseBody();
  const text = typeof request === "string" ? request.replace(/\r\n/g, "\n") : "";
  return { areaCode: typeof council === "string" ? council : "", request: text };
}

function problemOf({ areaCode, request }: typeof BLANK): string | null {
  if (authorityByOnsCode(areaCode) === undefined) return "Choose a council";
  if (request.trim() === "") return "Paste a request";
  return request.length > LONGEST_REQUEST ? TOO_LONG : null;
}

/** Undefined: no council has this code. Null: the letters whose council is not identified. */
function councilOf(code: string): string | null | undefined {
  if (code === NO_COUNCIL) return null;
  return authorityByOnsCode(code) === undefined ? undefined : code;
}

function lineOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null;
}

function sortingOf(c: Context, path: string, by: string, order: Sorting["order"]): Sorting {
  const asked = c.req.query("order");
  return {
    path,
    by: c.req.query("sort") ?? by,
    order: asked === "ascending" || asked === "descending" ? asked : order,
  };
}
