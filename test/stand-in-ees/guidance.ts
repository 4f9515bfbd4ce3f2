/** `data-guidance.txt`, written from the files that are in the bundle, as EES does. */
import { profileCsv } from "./csv-profile.ts";
import type { HeldFile } from "./holdings.ts";

const PROSE = `Description
This document describes the data included in the underlying data files of this release.

Coverage
Local authorities in England. Figures of fewer than six children are suppressed.`;

/** The text of the guidance file. */
export async function writeGuidance(publication: string, release: string, files: HeldFile[]): Promise<string> {
  const sections = await Promise.all(files.map(describeFile));
  const front = [publication, release, "", PROSE, "", "Data files", ""].join("\n");
  return `${front}\n${sections.join("\n\n\n")}\n`;
}

async function describeFile(file: HeldFile): Promise<string> {
  const { timePeriodRange, geographicLevels, filters, indicators } = await profileCsv(file);
  const { start, end } = timePeriodRange;
  const facts = [
    `Filename: ${file.name}`,
    geographicLevels.length > 0 && `Geographic levels: ${geographicLevels.join("; ")}`,
    start !== "" && `Time period: ${start === end ? start : `${start} to ${end}`}`,
    `Content summary: ${file.summary}`,
  ].filter((line) => line !== false);
  return [
    file.title,
    "",
    ...facts,
    "",
    "Variable names and descriptions for this file are provided below:",
    "",
    ...tabulateVariables([...filters, ...indicators].sort((a, b) => a.localeCompare(b, "en"))),
    "",
    "Footnotes:",
    "",
    "1. Figures are for the year ending 31 March.",
    "   Those of earlier years may have been revised since they were first published.",
  ].join("\n");
}

/** Two columns as wide as their longest entry, even where the heading is wider; nothing is padded after the second. */
function tabulateVariables(names: string[]): string[] {
  const rows = names.map((name) => [name, `${name.replaceAll("_", " ")} | as published`] as const);
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  const lastWidth = Math.max(0, ...rows.map(([, description]) => description.length));
  const line = (first: string, second: string) => `${first.padEnd(width)}  |  ${second}`;
  return [
    line("Variable name", "Variable description"),
    line("-".repeat(width), "-".repeat(lastWidth)),
    ...rows.map(([name, description]) => line(name, description)),
  ];
}
