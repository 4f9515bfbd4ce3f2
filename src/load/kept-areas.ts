/** The authorities that the warehouse is about: those with letters, and those that runs were asked to keep. */
import { AUTHORITIES, type Authority, areaCodeOf } from "../catalogue/authorities.ts";
import type { AreaSelection } from "../transform/dfe-area.ts";
import type { Warehouse } from "./warehouse.ts";

/** The councils that letters were read of. The table of observations says the same, and is long. */
export async function findCouncilsWithLetters({ db }: Warehouse): Promise<Authority[]> {
  const rows = await db
    .selectFrom("letter")
    .select("area_code")
    .distinct()
    .where("area_code", "is not", null)
    .execute();
  const codes = new Set(rows.map((row) => row.area_code));
  return AUTHORITIES.filter((authority) => codes.has(areaCodeOf(authority)));
}

/** Whether any letter was ever added. */
export async function hasLetters({ db }: Warehouse): Promise<boolean> {
  return (await db.selectFrom("letter").select("letter_id").limit(1).executeTakeFirst()) !== undefined;
}

/** Every authority that an earlier run was asked to keep; `all` when one was asked for all; empty when none was. */
export async function findKeptAreas({ db }: Warehouse): Promise<AreaSelection> {
  const rows = await db.selectFrom("source_file").select("areas").where("source", "=", "dfe").execute();
  if (rows.some((row) => row.areas === null)) return "all";
  const codes = new Set(rows.flatMap((row) => row.areas ?? []));
  return AUTHORITIES.filter((authority) => codes.has(authority.dfeCode));
}
