/** Letters as people name them. */
import type { WriteSession } from "./warehouse.ts";

export interface NamedLetter {
  letterId: string;
  fileName: string;
  /** Whether a later letter corrects it. */
  superseded: boolean;
}

/** Letters that have this letter_id, file name, request reference or reference key. */
export async function findLettersNamed(
  { db }: WriteSession,
  name: string,
  fileName: string,
  referenceKey: string | null,
): Promise<NamedLetter[]> {
  const rows = await db
    .selectFrom("letter")
    .select(["letter_id", "file_name", "superseded_by"])
    .where(({ eb, or }) =>
      or([
        eb("letter_id", "=", name),
        eb("file_name", "=", fileName),
        eb("request_reference", "=", name),
        ...(referenceKey === null ? [] : [eb("reference_key", "=", referenceKey)]),
      ]),
    )
    .orderBy("letter_id")
    .execute();
  return rows.map(({ letter_id, file_name, superseded_by }) => ({
    letterId: letter_id,
    fileName: file_name,
    superseded: superseded_by !== null,
  }));
}
