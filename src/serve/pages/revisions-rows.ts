/** What changed from one release to the next. */
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import type { Reading } from "./reading.ts";

export interface RevisionRow {
  publication: string;
  data_set: string;
  from_release: string;
  to_release: string;
  to_published_at: string | null;
  kind: string;
  area_code: string | null;
  area_name: string | null;
  measure: string | null;
  period_label: string | null;
  before_text: string | null;
  after_text: string | null;
  before_value: string | null;
  after_value: string | null;
  difference: string | null;
  before_citation: string | null;
  after_citation: string | null;
}

/** What changed for one area. Columns renamed, added or gone belong to every area and are told apart. */
export function readAreaRevisions(reading: Reading, areaCode: string): Promise<RevisionRow[]> {
  return reading.remembered(`revisions ${areaCode}`, () =>
    reading.rows(sql<RevisionRow>`
      select * from revision where area_code = ${areaCode}
      order by to_published_at nulls last, to_release, data_set, kind, measure, period_end`),
  );
}

export interface RevisionCount {
  publication: string;
  data_set: string;
  from_release: string;
  to_release: string;
  kind: string;
  changes: number;
  areas: number;
  measures: number;
}

/** The counts, and how far the counting has come: the whole history takes seconds, a page must not. */
export interface CountedRevisions {
  counts: RevisionCount[];
  areasCounted: number;
  areas: number;
}

export interface RevisionCounter {
  /** What has been counted so far; starts the counting where the warehouse has changed. */
  counted(version: string): CountedRevisions;
}

/** The counting rests so many times as long as each piece took: the embedded warehouse has one session for it and for pages. */
const RESTS = 4;

type ReadPiece = <T>(read: (reading: Reading) => Promise<T>) => Promise<T>;

/**
 * Counts area by area, each in a reading of its own, so that pages are answered in between.
 * @param areaCodes every area that may have rows.
 * @param onFailure hears of a counting that ended early; the next page starts it again.
 */
export function startRevisionCounter(
  areaCodes: readonly string[],
  read: ReadPiece,
  onFailure: (error: unknown) => void,
): RevisionCounter {
  let current = { version: "", areasCounted: 0, counts: new Map<string, RevisionCount>() };
  const count = async (mine: typeof current) => {
    for (const code of [null, ...areaCodes]) {
      if (current !== mine) return; // the warehouse has changed
      const begun = performance.now();
      add(mine.counts, await read((reading) => readCounts(reading, code)));
      if (code !== null) mine.areasCounted += 1;
      await sleep(RESTS * (performance.now() - begun), undefined, { ref: false });
    }
  };
  return {
    counted(version) {
      if (version !== current.version) {
        const mine = { version, areasCounted: 0, counts: new Map<string, RevisionCount>() };
        current = mine;
        count(mine).catch((error: unknown) => {
          if (current === mine) current = { ...mine, version: "" };
          onFailure(error);
        });
      }
      const { counts, areasCounted } = current;
      return { counts: [...counts.values()], areasCounted, areas: areaCodes.length };
    },
  };
}

/** @param areaCode null: changes of columns, which belong to no area. */
function readCounts(reading: Reading, areaCode: string | null): Promise<RevisionCount[]> {
  const where = areaCode === null ? sql`area_code is null` : sql`area_code = ${areaCode}`;
  return reading.rows(sql<RevisionCount>`
    select publication, data_set, from_release, to_release, kind, count(*) as changes, count(distinct area_code) as areas,
      count(distinct measure) as measures
    from revision where ${where}
    group by publication, data_set, from_release, to_release, kind`);
}

function add(counts: Map<string, RevisionCount>, more: readonly RevisionCount[]) {
  for (const one of more) {
    const key = JSON.stringify([one.publication, one.data_set, one.from_release, one.to_release, one.kind]);
    const before = counts.get(key);
    if (before === undefined) counts.set(key, { ...one });
    else {
      before.changes += one.changes;
      before.areas += one.areas;
      before.measures = Math.max(before.measures, one.measures);
    }
  }
}
