/**
 * What the sections of the information laws mean for an answer. Data, no I/O.
 * Sources: Freedom of Information Act 2000; Freedom of Information (Scotland) Act 2002; Environmental Information
 * Regulations 2004. A section that is not listed (1(2), 8, 10, 16, 45, 50 …) is procedure and no reason.
 */
import type { Status } from "../observation.ts";

/** Freedom of Information Act 2000, by section. `null`: only together with words that say what is meant. */
export const UK_SECTIONS: ReadonlyMap<string, Status | null> = new Map<string, Status | null>([
  // The general right: a reason only beside words that say the information is not held.
  ["1", null],
  ["12", "cost_limit"],
  ["14", "refused"],
  // The notice that carries another reason.
  ["17", "refused"],
  ["21", "referred"],
  ["22", "withheld"],
  ["22A", "withheld"],
  ["23", "withheld"],
  ["24", "withheld"],
  ["26", "withheld"],
  ["27", "withheld"],
  ["28", "withheld"],
  ["29", "withheld"],
  ["30", "withheld"],
  ["31", "withheld"],
  ["32", "withheld"],
  ["33", "withheld"],
  ["34", "withheld"],
  ["35", "withheld"],
  ["36", "withheld"],
  ["37", "withheld"],
  ["38", "withheld"],
  ["39", "withheld"],
  ["40", "withheld"],
  ["41", "withheld"],
  ["42", "withheld"],
  ["43", "withheld"],
  ["44", "withheld"],
]);

/** Freedom of Information (Scotland) Act 2002, by section. The same numbers mean other things than in the Act of 2000. */
export const SCOTTISH_SECTIONS: ReadonlyMap<string, Status | null> = new Map<string, Status | null>([
  ["12", "cost_limit"],
  ["14", "refused"],
  ["16", "refused"],
  ["17", "not_held"],
  ["25", "referred"],
  ["26", "withheld"],
  ["27", "withheld"],
  ["28", "withheld"],
  ["29", "withheld"],
  ["30", "withheld"],
  ["31", "withheld"],
  ["32", "withheld"],
  ["33", "withheld"],
  ["34", "withheld"],
  ["35", "withheld"],
  ["36", "withheld"],
  ["37", "withheld"],
  ["38", "withheld"],
  ["39", "withheld"],
  ["40", "withheld"],
  ["41", "withheld"],
]);

/** Environmental Information Regulations 2004, by regulation. */
export const UK_REGULATIONS: ReadonlyMap<string, Status> = new Map<string, Status>([
  ["6(1)(b)", "referred"],
  ["12(4)(a)", "not_held"],
  ["12(4)(b)", "refused"],
  ["12(4)(d)", "withheld"],
  ["12(5)(e)", "withheld"],
  ["12(5)(f)", "withheld"],
  ["13(1)", "withheld"],
  ["13", "withheld"],
]);
