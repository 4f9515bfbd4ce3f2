"""The whole road with pandas: zips to rows in the warehouse's own table. `python3 … PLAN ZIP…`; PLAN is what `road.ts` writes."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pandas

plan = json.load(open(sys.argv[1]))
symbols = plan["symbols"]
levels = {"National": "country", "Regional": "region", "Local authority": "local_authority"}
frames = []
for archive in sys.argv[2:]:
    release = archive.rsplit("_", 1)[1][:4]
    with zipfile.ZipFile(archive) as bundle:
        for name in bundle.namelist():
            code = name.split("/")[-1].split("_")[0].upper()
            measures = plan["measures"].get(code)
            if measures is None:
                continue
            content = bundle.read(name)
            table = pandas.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
            table["source_line"] = table.index + 2
            level = table.geographic_level.map(levels)
            area = table.new_la_code.where(level == "local_authority", table.region_code)
            table["area_code"] = area.where(level != "country", table.country_code)
            names = table.la_name.where(level == "local_authority", table.region_name)
            table["area_name"] = names.where(level != "country", table.country_name)
            table["area_level"] = level
            if plan["codes"] is not None:
                table = table[table.area_code.isin(plan["codes"])]
            table.columns = [column.strip() for column in table.columns]
            headers = {m["header"].lower(): m for m in measures}
            kept = [column for column in table.columns if column.lower() in headers]
            keys = ["area_code", "area_name", "area_level", "time_period", "source_line"]
            long = table.melt(id_vars=keys, value_vars=kept, var_name="source_column", value_name="value_text")
            about = long.source_column.str.lower().map(headers)
            long["measure"] = about.map(lambda m: m["code"])
            long["unit"] = about.map(lambda m: m["unit"])
            stock = about.map(lambda m: m["timing"] == "last_day")
            year = long.time_period.astype(int)
            end = year.astype(str) + "-03-31"
            long["period_end"] = end
            long["period_start"] = end.where(stock, (year - 1).astype(str) + "-04-01")
            long["period_kind"] = stock.map({True: "as_at", False: "financial_year"})
            span = (year - 1).astype(str) + "/" + (year % 100).astype(str).str.zfill(2)
            long["period_label"] = ("31 March " + year.astype(str)).where(stock, span)
            text = long.value_text.str.strip()
            long["status"] = text.str.lower().map(symbols).fillna("reported")
            long["value"] = text.where(long.status == "reported")
            long["source"], long["breakdown"], long["publication"], long["licence"] = "dfe", "", "children-in-need", "OGL-UK-3.0"
            long["release"], long["data_set"], long["source_file"] = release, code, name.split("/")[-1]
            long["source_sha256"], long["loaded_at"] = hashlib.sha256(content).hexdigest(), "2022-10-27"
            long["source_area_code"], long["release_version_id"], long["run_id"] = long["area_code"], "local", plan["runId"]
            frames.append(long[plan["columns"]])
out = plan["out"]
pandas.concat(frames).to_csv(out, index=False, header=False, na_rep="\\N", quoting=1)
copy = f"\\copy observation ({','.join(plan['columns'])}) from '{out}' (format csv, force_null (value), null '\\N')"
statements = ["begin", f"delete from observation where run_id = '{plan['runId']}'", copy, "commit"]
words = [word for statement in statements for word in ("-c", statement)]
subprocess.run(["psql", plan["url"], "-qX", "-v", "ON_ERROR_STOP=1", *words], check=True)
