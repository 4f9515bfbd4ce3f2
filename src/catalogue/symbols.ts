/**
 * What stands in a DfE file where a number can't: GSS symbols, current and obsolete. Data, no I/O.
 * Source: DfE's data standard for EES and the guidance of *Children in need*. A symbol that is not here is never
 * guessed: the cell is set aside for a person.
 */
import type { Status } from "../observation.ts";

export const SYMBOLS: ReadonlyMap<string, Status> = new Map<string, Status>([
  // Confidential. In Children in need any 1 to 5, and larger numbers that would give one of those away.
  ["c", "suppressed"],
  ["z", "not_applicable"],
  ["x", "not_available"],
  // Obsolete spellings of x. C1 of the 2022 release has 46 cells `..` that later releases print as x.
  [":", "not_available"],
  ["..", "not_available"],
  // DfE's checks let these through although the standard has them no more: there is no number, and no reason.
  ["-", "not_available"],
  ["", "not_available"],
  // A return judged unusable: Hampshire 2024, Herefordshire 2023 and 2024.
  ["u", "low_reliability"],
  ["low", "rounds_to_zero"],
  ["k", "rounds_to_zero"],
  ["~", "rounds_to_zero"],
]);
