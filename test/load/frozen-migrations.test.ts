/** A warehouse somewhere was made by each numbered file that ever landed: none may change, go, or change its name. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { packagePath } from "../../src/package-root.ts";

/** As landed; `sha256sum migrations/*.sql`. A new file is added here when it lands, and no line is ever changed. */
const LANDED = {
  "0001-warehouse.sql": "6108470229e6badb7b506c23a68cd15f2a9f03788581b6c4677855b6bf6a90ee",
  "0002-letters.sql": "f6b6839f1f4a591ad884d479e06e1ccb432e7f8b868c7cacc1611f8d058000e9",
  "0003-answers.sql": "aea429293b2a6e2dec54a4accf824e7d95588388b3be0fcbba57d598c62a1a59",
  "0004-nightly.sql": "5616651ac14951fc7901ea4070bdb41f9b19774d0515bf3ceecde0e0c3e763e2",
  "0005-letter-indexes.sql": "c75239efbdad62c3970d88dbce80f4c4b7b4be11853972da4f4005a3e4147e47",
  "0006-analysis.sql": "8d20fa90ef2e752bacd79ae912edd661b131e3be6841e914d63711a8f5842a6d",
  "0007-search.sql": "854bbdcf277c80480f6c83c7164666948c81bac16a4e182a756573b301868295",
  "0008-search-length.sql": "6d94757eab60dabe76f630bc540527b180939a64e2c8703e6e8f7aef233790f7",
};

test.each(Object.entries(LANDED))("%s is as it landed", (name, sha256) => {
  const bytes = readFileSync(packagePath(`migrations/${name}`));
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
});
