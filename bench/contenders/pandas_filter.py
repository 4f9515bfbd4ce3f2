"""pandas, as an analyst writes it who has been told to mind the memory: text, in chunks. `python3 … FILE CODES|all`"""

import json
import sys

import pandas

path, codes = sys.argv[1:3]
wanted = None if codes == "all" else codes.split(",")
rows, total = 0, 0
for chunk in pandas.read_csv(path, dtype=str, keep_default_na=False, chunksize=100_000):
    kept = chunk if wanted is None else chunk[chunk.new_la_code.isin(wanted)]
    rows += len(kept)
    numbers = kept.ind_0[kept.ind_0.str.fullmatch(r"\d+")]
    total += int(numbers.astype("int64").sum())
print(json.dumps({"rows": rows, "sum": total}))
