/** Which documents were read before, by the sha256 of their bytes. */
import type { Warehouse } from "./warehouse.ts";

/**
 * Documents that this reader has read, and those that it set aside.
 * @param reader fingerprint of the reading program: letters that another one read are not among them.
 */
export async function findReadDocuments({ db }: Warehouse, reader: string): Promise<ReadonlySet<string>> {
  const letters = await db.selectFrom("letter").select("sha256").where("reader", "=", reader).execute();
  const aside = await db
    .selectFrom("issue")
    .select("source_sha256 as sha256")
    .where("publication", "=", "")
    .where("letter_id", "is", null)
    .execute();
  return new Set([...letters, ...aside].flatMap(({ sha256 }) => sha256 ?? []));
}
