/** One cell of an EES file: a number, a symbol, or something that nobody promised. */
import { SYMBOLS } from "../catalogue/symbols.ts";
import type { Reading, Unit } from "../observation.ts";

/** Plain decimal digits. No signs, thousands commas, exponents or leading zeros: none belongs in these files. */
const NUMBER = /^(0|[1-9]\d{0,17})(\.\d{1,12})?$/;
const SYMBOL_LIST = [...SYMBOLS.keys()].filter((symbol) => symbol !== "").join(" ");

/**
 * @param text the cell as printed; trimmed and case folded for symbols, kept verbatim in `valueText`.
 * @returns the reading, or what was expected instead. Never a zero or a null in place of what can't be read.
 */
export function readDfeCell(text: string, unit: Unit): Reading | { expected: string } {
  const trimmed = text.trim();
  const number = NUMBER.exec(trimmed);
  if (number !== null) {
    if (unit === "count" && number[2] !== undefined) return { expected: "a whole number" };
    return { status: "reported", value: trimmed, valueText: text };
  }
  const status = SYMBOLS.get(trimmed.toLowerCase());
  if (status !== undefined) return { status, value: null, valueText: text };
  return { expected: `a plain ${unit === "count" ? "whole " : ""}number or one of the symbols ${SYMBOL_LIST}` };
}
