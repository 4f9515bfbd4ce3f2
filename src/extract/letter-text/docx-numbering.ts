/**
 * The numbers that Word prints before paragraphs of automatic lists. They stand nowhere in a document's text: Word counts
 * them anew each time it shows the file, and a question's number is the key of its answer.
 * Rules: ECMA-376 part 1, 17.9 (numbering) and 17.3.1.19 (numPr).
 */
import { lettersOf, romanOf } from "./html-flow.ts";
import { childOf, isElement, type MarkupNode, parseXml } from "./markup.ts";

interface Level {
  start: number;
  format: string;
  /** `%1.%2)`: the counters of levels 1 and 2 with what stands around them. */
  text: string;
  /** All counters in figures, whatever their own level says (`isLgl`). */
  legal: boolean;
}

interface NumberingInstance {
  abstractId: string;
  levels: Map<number, Level>;
  /** Levels that start anew when this instance is first used. */
  restarts: Map<number, number>;
}

/** What a style says about numbering; `basedOn` where it says nothing itself. */
interface NumberedStyle {
  numberId: string | null;
  level: number | null;
  basedOn: string | null;
}

/** Counts through a document, one call per paragraph in document order. */
export interface NumberingCounter {
  /** The label of this paragraph (`w:p`) as Word prints it, `4.`, `(b)`, `•`; null for a paragraph without one. */
  labelOf(paragraph: MarkupNode): string | null;
}

/** Reads `word/numbering.xml` and `word/styles.xml`, either of which may be missing. */
export function openNumbering(numberingXml: string | null, stylesXml: string | null): NumberingCounter {
  const instances = numberingXml === null ? new Map() : readInstances(parseXml(numberingXml));
  const styles = stylesXml === null ? new Map() : readStyles(parseXml(stylesXml));
  const counters = new Map<string, (number | undefined)[]>();
  const started = new Set<string>();
  return {
    labelOf(paragraph) {
      const place = placeOf(paragraph, styles);
      const instance = place === null ? undefined : instances.get(place.numberId);
      const level = instance?.levels.get(place?.level ?? 0);
      if (place === null || instance === undefined || level === undefined) return null;
      const counts = counters.get(instance.abstractId) ?? [];
      counters.set(instance.abstractId, counts);
      restart(place, instance, counts, started);
      counts[place.level] = (counts[place.level] ?? level.start - 1) + 1;
      counts.length = place.level + 1;
      return printLabel(level, instance, counts);
    },
  };
}

interface Place {
  numberId: string;
  level: number;
}

/** Which list a paragraph belongs to: by itself, else by its style or the styles that this one is based on. */
function placeOf(paragraph: MarkupNode, styles: Map<string, NumberedStyle>): Place | null {
  const properties = childOf(paragraph, "w:pPr");
  const own = childOf(properties, "w:numPr");
  let numberId = stringValue(childOf(own, "w:numId"));
  let level = numberValue(childOf(own, "w:ilvl"));
  let styleId = stringValue(childOf(properties, "w:pStyle"));
  for (let depth = 0; styleId !== null && depth < 20; depth++) {
    const style = styles.get(styleId);
    numberId ??= style?.numberId ?? null;
    level ??= style?.level ?? null;
    styleId = style?.basedOn ?? null;
  }
  return numberId === null || numberId === "0" ? null : { numberId, level: level ?? 0 };
}

/** The first use of an instance with overrides begins its levels anew; other uses count on. */
function restart(
  place: Place,
  instance: NumberingInstance,
  counts: (number | undefined)[],
  started: Set<string>,
): void {
  const key = `${place.numberId}:${place.level}`;
  const start = instance.restarts.get(place.level);
  if (start !== undefined && !started.has(key)) counts[place.level] = start - 1;
  started.add(key);
}

function printLabel(level: Level, instance: NumberingInstance, counts: (number | undefined)[]): string | null {
  if (level.format === "bullet") return "•";
  if (level.format === "none") return level.text.includes("%") ? null : level.text || null;
  const label = level.text.replace(/%([1-9])/g, (_, digit: string) => {
    const index = Number(digit) - 1;
    const shown = instance.levels.get(index) ?? level;
    const count = counts[index] ?? shown.start;
    return printCount(count, level.legal ? "decimal" : shown.format);
  });
  return label.trim() === "" ? null : label.trim();
}

/** A counter in Word's number formats; those that spell it in words or another script come in figures. */
function printCount(count: number, format: string): string {
  if (format === "lowerLetter") return wordLetters(count);
  if (format === "upperLetter") return wordLetters(count).toUpperCase();
  if (format === "lowerRoman") return romanOf(count);
  if (format === "upperRoman") return romanOf(count).toUpperCase();
  if (format === "decimalZero") return String(count).padStart(2, "0");
  if (format === "none" || format === "bullet") return "";
  return String(count);
}

/** Word doubles the letter after z (`aa`, `bb`), where HTML goes on to `ab`. */
function wordLetters(count: number): string {
  if (count < 1 || count > 780) return String(count);
  return lettersOf(((count - 1) % 26) + 1).repeat(Math.ceil(count / 26));
}

function readInstances(document: MarkupNode): Map<string, NumberingInstance> {
  const root = childOf(document, "w:numbering");
  const abstracts = new Map<string, Map<number, Level>>();
  const instances = new Map<string, NumberingInstance>();
  for (const node of root?.children ?? []) {
    if (isElement(node, "w:abstractNum")) abstracts.set(node.attribs?.["w:abstractNumId"] ?? "", readLevels(node));
    if (!isElement(node, "w:num")) continue;
    const abstractId = stringValue(childOf(node, "w:abstractNumId")) ?? "";
    const levels = new Map(abstracts.get(abstractId));
    const restarts = new Map<number, number>();
    for (const override of node.children ?? []) readOverride(override, levels, restarts);
    instances.set(node.attribs?.["w:numId"] ?? "", { abstractId, levels, restarts });
  }
  return instances;
}

function readOverride(node: MarkupNode, levels: Map<number, Level>, restarts: Map<number, number>): void {
  if (!isElement(node, "w:lvlOverride")) return;
  for (const [index, level] of readLevels(node)) levels.set(index, level);
  const start = numberValue(childOf(node, "w:startOverride"));
  if (start !== null) restarts.set(Number(node.attribs?.["w:ilvl"]), start);
}

function readLevels(parent: MarkupNode): Map<number, Level> {
  const levels = new Map<number, Level>();
  for (const node of parent.children ?? []) {
    if (!isElement(node, "w:lvl")) continue;
    levels.set(Number(node.attribs?.["w:ilvl"]), {
      start: numberValue(childOf(node, "w:start")) ?? 0,
      format: stringValue(childOf(node, "w:numFmt")) ?? "decimal",
      text: stringValue(childOf(node, "w:lvlText")) ?? "",
      legal: childOf(node, "w:isLgl") !== undefined,
    });
  }
  return levels;
}

function readStyles(document: MarkupNode): Map<string, NumberedStyle> {
  const styles = new Map<string, NumberedStyle>();
  for (const node of childOf(document, "w:styles")?.children ?? []) {
    const id = node.attribs?.["w:styleId"];
    if (!isElement(node, "w:style") || id === undefined) continue;
    const list = childOf(childOf(node, "w:pPr"), "w:numPr");
    styles.set(id, {
      numberId: stringValue(childOf(list, "w:numId")),
      level: numberValue(childOf(list, "w:ilvl")),
      basedOn: stringValue(childOf(node, "w:basedOn")),
    });
  }
  return styles;
}

function stringValue(node: MarkupNode | undefined): string | null {
  return node?.attribs?.["w:val"] ?? null;
}

function numberValue(node: MarkupNode | undefined): number | null {
  const value = stringValue(node);
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) : null;
}
