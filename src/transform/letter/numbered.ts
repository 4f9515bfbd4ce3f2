/** Names the questions of a letter that numbers them: which run of numbers asks, which answers, and where they restart. */
import { readLabelled, readPairs } from "./figures.ts";
import { splitTitle } from "./inline-answers.ts";
import type { TextLine } from "./lines.ts";
import type { Opening, OutlineLine } from "./outline.ts";
import { NO_HINT } from "./periods.ts";
import type { Candidate, Run } from "./runs.ts";
import { tells } from "./statements.ts";
import { readValue } from "./values.ts";
import { isReplyHeading, looksAsked, readsAsRequest } from "./wording.ts";

/** Gives every opening its `ref` and role, run by run. */
export function nameOpenings(runs: readonly Run[], lines: readonly TextLine[]): Map<number, Opening> {
  const scopes = findScopeHeadings(lines);
  const roles = readRoles(runs, lines, scopes);
  const lettered = restartsUnderLetters(runs, roles, scopes);
  const openings = new Map<number, Opening>();
  const used = new Map<string, number>();
  runs.forEach((run, place) => {
    const role = roles[place] ?? "either";
    const states = role === "either" ? findStatements(run, lines) : new Set();
    let [last, lastPart] = [0, 0];
    const given = new Map<string, number>();
    for (const candidate of run.items) {
      const label = lettered ? scopeAt(scopes, candidate.index) : "";
      const plain = `${label === "" ? "" : `${label}.`}${candidate.number}`;
      const again = candidate.number !== last || (candidate.part === 0 && lastPart === 0);
      const counts = role === "reply" ? given : used;
      if (again) counts.set(plain, (counts.get(plain) ?? 0) + 1);
      // The second reply to a number is the reply to its second question, if it was asked twice.
      const times = Math.min(counts.get(plain) ?? 1, used.get(plain) ?? 1);
      openings.set(candidate.index, {
        candidate,
        ref: times > 1 ? `${plain}#${times}` : plain,
        role: role === "either" && states.has(candidate) ? "reply" : role,
      });
      [last, lastPart] = [candidate.number, candidate.part];
    }
  });
  return openings;
}

/** Which runs are a request quoted first, which the replies by number to one, and which hold both. */
function readRoles(
  runs: readonly Run[],
  lines: readonly TextLine[],
  scopes: readonly ScopeHeading[],
): OutlineLine["role"][] {
  const roles: OutlineLine["role"][] = runs.map(() => "either");
  runs.forEach((run, place) => {
    const earlier = runs.findIndex(
      (other, at) => at < place && roles[at] !== "reply" && answers(run, other, lines, scopes),
    );
    if (earlier < 0) return;
    roles[place] = "reply";
    roles[earlier] = "asked";
  });
  const only = runs.length === 1 && runs[0] !== undefined && onlyAnswers(runs[0], lines);
  return only ? ["reply"] : roles;
}

/** Whether a run of numbers that only the reply has holds answers alone: statements, figures, refusals, and no question. */
function onlyAnswers(run: Run, lines: readonly TextLine[]): boolean {
  const first = run.items[0]?.index ?? 0;
  const underHeading = lines.slice(0, first).some((line) => isReplyHeading(line.text));
  const isTitle = (text: string) => underHeading && /:$/.test(text) && !looksAsked(text);
  const items = run.items.filter((item) => !isTitle(item.rest));
  const stated = items.filter((item) => {
    const wrapped = lines[item.index + 1]?.afterBlank === false;
    return (
      /[.!]$/.test(item.rest) ||
      (wrapped && item.rest.length > 90) ||
      readPairs(item.rest, NO_HINT) !== null ||
      readValue(item.rest) !== null
    );
  });
  const asking = items.some(
    ({ rest }) =>
      looksAsked(rest) ||
      /\?/.test(rest) ||
      (readsAsRequest(rest) &&
        splitTitle(rest).asked === "" &&
        readPairs(rest, NO_HINT) === null &&
        readLabelled(rest) === null &&
        !tells(rest)),
  );
  const answeredBelow = run.items.filter((item, place) => {
    const next = run.items[place + 1];
    return (
      !isTitle(item.rest) &&
      next !== undefined &&
      lines.slice(item.index + 1, next.index).some((line) => line.afterBlank)
    );
  });
  if (answeredBelow.length > run.items.length / 4) return false;
  return run.items.length > 1 && !asking && stated.length >= items.length * 0.8;
}

/**
 * The items that tell instead of asking, in a run of titles with their answers below and of plain statements: whole sentences
 * with nothing under them. Empty where any item of the run asks.
 */
function findStatements(run: Run, lines: readonly TextLine[]): Set<Candidate> {
  const found = new Set<Candidate>();
  for (const [place, item] of run.items.entries()) {
    const end = run.items[place + 1]?.index ?? lines.length;
    const below = lines.slice(item.index + 1, end);
    const wrapped = below.findIndex((line) => line.afterBlank);
    const own = wrapped < 0 ? below : below.slice(0, wrapped);
    const text = [item.rest, ...own.map((line) => line.text)].join(" ").slice(0, 2000);
    if (looksAsked(text) || /\?/.test(text) || (readsAsRequest(text) && !tells(text))) return new Set();
    const alone = wrapped < 0 || place === run.items.length - 1;
    if (alone && /[.!]$/.test(text) && text.split(" ").length > 4) found.add(item);
  }
  return found.size > 1 ? found : new Set();
}

/** Whether a run answers an earlier one: the same numbers, under the same letter, after a heading or not asking by itself. */
function answers(run: Run, other: Run, lines: readonly TextLine[], scopes: readonly ScopeHeading[]): boolean {
  const numbers = new Set(other.items.map((item) => item.number));
  const known = run.items.filter((item) => numbers.has(item.number)).length;
  const [first, lastAsked] = [run.items[0], other.items.at(-1)];
  if (first === undefined || lastAsked === undefined || known < run.items.length * 0.6) return false;
  const [here, there] = [scopeAt(scopes, first.index), scopeAt(scopes, lastAsked.index)];
  if (here !== there) return false;
  const heading = lines.slice(lastAsked.index + 1, first.index).some((line) => isReplyHeading(line.text));
  if (heading || repeats(run, other)) return true;
  const asking = run.items.filter((item) => readsAsRequest(item.rest)).length;
  return asking <= run.items.length / 3;
}

/** Whether a run asks in the same words as an earlier one. */
function repeats(run: Run, other: Run): boolean {
  const words = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9 ]/g, "")
      .slice(0, 60);
  const same = run.items.filter((item) =>
    other.items.some(
      (one) => one.number === item.number && words(one.rest).length > 12 && words(one.rest) === words(item.rest),
    ),
  );
  return same.length > 0 && same.length >= run.items.length / 2;
}

interface ScopeHeading {
  index: number;
  label: string;
}

/** Headings such as `Part A`, `Section B`, or a lone capital with a title over numbers that start again. */
function findScopeHeadings(lines: readonly TextLine[]): ScopeHeading[] {
  return lines.flatMap((line, index) => {
    const match = /^(?:part|section|schedule|request)\s+([A-H]|[1-9])\b(?!\s*(?:of|\())\s*[:.)–—-]?\s*(.{0,90})$/i.exec(
      line.text,
    );
    if (match?.[1] !== undefined && !/^section\s+\d/i.test(line.text))
      return [{ index, label: match[1].toUpperCase() }];
    const lone = /^([A-H])\s?[.):–—-]?\s+(?:[A-Z][^.?]{2,70})$/.exec(line.text);
    const next = lines[index + 1];
    const over = next !== undefined && /^\(?1\s?[.)]/.test(next.text);
    return lone?.[1] !== undefined && over ? [{ index, label: lone[1] }] : [];
  });
}

function scopeAt(scopes: readonly ScopeHeading[], index: number): string {
  return scopes.findLast((scope) => scope.index < index)?.label ?? "";
}

/** Whether numbers start again under lettered headings, so that a number alone would mean two questions. */
function restartsUnderLetters(
  runs: readonly Run[],
  roles: readonly OutlineLine["role"][],
  scopes: readonly ScopeHeading[],
): boolean {
  const seen = new Map<number, string>();
  for (const [place, run] of runs.entries()) {
    if (roles[place] === "reply") continue;
    for (const item of run.items) {
      const label = scopeAt(scopes, item.index);
      const before = seen.get(item.number);
      if (before !== undefined && before !== label) return true;
      seen.set(item.number, label);
    }
  }
  return false;
}
