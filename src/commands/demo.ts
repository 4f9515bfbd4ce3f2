/** `s21 demo`: the whole road on the bundled sample, offline, in an embedded warehouse that is thrown away. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../cli.ts";
import { type Config, readConfig } from "../config.ts";
import { addLetters } from "../letters.ts";
import { type AnswerView, readView } from "../load/view-rows.ts";
import { openWarehouse } from "../load/warehouse.ts";
import { packagePath } from "../package-root.ts";
import { refresh } from "../refresh.ts";
import { verifyCitations } from "../verify.ts";
import { printAnswers, printDisagreements, printGaps, printReferrals, printReviews } from "./answers.ts";
import { printProof } from "./verify.ts";

/** When the release that the sample was taken from was published. */
const SAMPLE_PUBLISHED = "2022-10-27T08:30:00.000Z";

/** The views that are shown, each with what it answers. */
const SHOWN: { view: AnswerView; heading: string }[] = [
  { view: "answer", heading: "Who answered what" },
  { view: "referral", heading: "Was it where the letter points, on its date?" },
  { view: "disagreement", heading: "Where the council and DfE disagree" },
  { view: "gap", heading: "What nobody answers" },
];

export async function runDemo(context: Context): Promise<number> {
  const { terminal } = context;
  const folder = await mkdtemp(join(tmpdir(), "s21-demo-"));
  const config = readConfig({ S21_DATA_DIR: folder });
  try {
    const exitCode = await loadSample(config, context);
    const shown = await showSample(config, context);
    if (terminal.json) terminal.print(JSON.stringify(shown));
    return exitCode;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function loadSample(config: Config, { terminal, words, signal }: Context): Promise<number> {
  terminal.note("reading two letters and one release of Children in need");
  await addLetters(config, { paths: [packagePath("sample/letters")] }, words, terminal.note, signal);
  const request = {
    publication: "children-in-need",
    release: ["2022"],
    las: [],
    allLas: false,
    from: packagePath("sample/children-in-need/2022"),
    publishedAt: SAMPLE_PUBLISHED,
    recheck: false,
  };
  const watcher = { note: terminal.note, progress: () => undefined };
  return (await refresh(config, request, words, watcher, signal)).exitCode;
}

/** Prints the views, and proves one answer; with `--json` gives their rows instead. */
async function showSample(config: Config, context: Context): Promise<Record<string, unknown>> {
  const { terminal } = context;
  const printers = {
    answer: printAnswers,
    referral: printReferrals,
    disagreement: printDisagreements,
    gap: printGaps,
  };
  const shown: Record<string, unknown> = {};
  let citation: unknown;
  for (const { view, heading } of SHOWN) {
    const found = await readRows(config, view);
    shown[`${view}s`] = found.rows;
    citation ??= found.rows.find((row) => row.answered_by === "dfe")?.citation;
    if (terminal.json) continue;
    terminal.heading(heading);
    printers[view](found, context);
    terminal.print("");
    if (view === "referral") printReviews(found, context);
    if (view === "referral") terminal.print("");
  }
  for await (const result of verifyCitations(config, [String(citation)])) {
    shown.proof = result;
    if (terminal.json || !result.holds) continue;
    terminal.heading(`s21 verify ${citation}`);
    printProof(result, terminal);
  }
  return shown;
}

async function readRows(config: Config, view: AnswerView) {
  const warehouse = await openWarehouse(config);
  try {
    return await readView(warehouse, view, null);
  } finally {
    await warehouse.close();
  }
}
