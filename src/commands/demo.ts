/** `s21 demo`: the whole road on the bundled sample, offline, in an embedded warehouse that is thrown away. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { openWarehouse } from "../load/warehouse.ts";
import { packagePath } from "../package-root.ts";
import { refresh } from "../refresh.ts";
import { formatTable } from "../serve/table.ts";

/** When the release that the sample was taken from was published. */
const SAMPLE_PUBLISHED = "2022-10-27T08:30:00.000Z";

const FIGURES = `
  select area_name as authority, measure,
    max(value) filter (where period_label = '2017/18') as "2017/18",
    max(value) filter (where period_label = '2018/19') as "2018/19",
    max(value) filter (where period_label = '2019/20') as "2019/20",
    max(value) filter (where period_label = '2020/21') as "2020/21",
    max(value) filter (where period_label = '2021/22') as "2021/22",
    data_set || ', lines ' || min(source_line) || ' to ' || max(source_line) as read_from
  from current_observation
  where area_level = 'local_authority' and period_start >= '2017-04-01'
    and measure in ('referrals', 's47_enquiries', 'cpp_any_point', 'cpp_started', 'cpp_ended',
      'cin_children_any_point', 'cin_children_started', 'cin_children_ended')
  group by area_name, measure, data_set order by area_name, data_set, measure`;

export async function runDemo({ terminal, words, signal }: Context): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "s21-demo-"));
  const config = readConfig({ S21_DATA_DIR: folder });
  try {
    const request = {
      publication: "children-in-need",
      release: ["2022"],
      las: ["Coventry", "Leicester"],
      allLas: false,
      from: packagePath("sample/children-in-need/2022"),
      publishedAt: SAMPLE_PUBLISHED,
      recheck: false,
    };
    const report = await refresh(config, request, words, { note: terminal.note, progress: () => undefined }, signal);
    const warehouse = await openWarehouse(config);
    try {
      const { rows, fields } = await warehouse.query(FIGURES);
      if (terminal.json) terminal.print(JSON.stringify(rows));
      else {
        terminal.heading("What DfE's Children in need, release 2022, says about two authorities");
        terminal.print(
          formatTable(
            rows,
            fields.map((field) => field.name),
          ),
        );
      }
    } finally {
      await warehouse.close();
    }
    return report.exitCode;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
