import { decodeText } from "./decoding.ts";
import { addLine, endLine, type Flow, itemLabel, newFlow } from "./html-flow.ts";
import { newTable, rowLines, type Table, takeRow } from "./html-table.ts";
import { type Extract, pagelessLines } from "./lines.ts";
import { printableAddress } from "./link-address.ts";
import { isElement, type MarkupNode, parseHtml, walk } from "./markup.ts";

/** Elements whose content nobody sees. */
const UNSEEN = new Set(
  "script style template noscript iframe object svg math canvas audio video datalist select".split(" "),
);

/** Elements that start on a line of their own. */
const BLOCKS = new Set(
  (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer " +
    "form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol p pre section summary table tbody tfoot " +
    "thead title ul"
  ).split(" "),
);

/** A footnote is numbered `[1]`, as the text refers to it, and not `1.`, as a question is. */
const NOTE_ID = /^(?:foot|end)note-/;

const HIDING = /display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all/i;

/** Reads an HTML page from its bytes: encoding by byte order mark, `<meta charset>`, UTF-8 or Windows-1252. */
export function readHtml(bytes: Uint8Array): Extract {
  const head = Buffer.from(bytes.subarray(0, 2048)).toString("latin1");
  const declared = /<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?([\w-]{1,40})/i.exec(head)?.[1] ?? null;
  const { text, problems } = decodeText(bytes, declared);
  return { lines: pagelessLines(htmlLines(text)), problems };
}

/**
 * The lines of a page as a person sees it: blocks and `<br>` become lines, a table row one line with tabs between its cells,
 * numbered list items begin with their number, and a link whose words hide its address is followed by it: `here <https://…>`.
 * Scripts, styles, comments, templates and hidden elements are left out. Nothing is fetched. An empty `<p>` shows nothing in a
 * browser; `keepEmptyParagraphs` makes it an empty line, as in a Word document.
 */
export function htmlLines(html: string, options: { keepEmptyParagraphs: boolean } = AS_BROWSERS_SHOW): string[] {
  const page = new PageReader(options.keepEmptyParagraphs);
  walk(parseHtml(html), page);
  return page.finish();
}

const AS_BROWSERS_SHOW = { keepEmptyParagraphs: false };

interface List {
  type: string | null;
  next: number;
}

interface Mark {
  flow: Flow;
  start: number;
}

class PageReader {
  readonly #flows: Flow[] = [newFlow()];
  readonly #tables: Table[] = [];
  readonly #lists: List[] = [];
  readonly #marks: Mark[] = [];
  readonly #keepEmptyParagraphs: boolean;
  #preformatted = 0;

  constructor(keepEmptyParagraphs: boolean) {
    this.#keepEmptyParagraphs = keepEmptyParagraphs;
  }

  get #flow(): Flow {
    return this.#flows.at(-1) as Flow;
  }

  finish(): string[] {
    endLine(this.#flow);
    const lines = this.#flow.lines;
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  enter(node: MarkupNode): "skip" | undefined {
    if (node.type === "text") this.#addText(node.data ?? "");
    if (!isElement(node)) return node.type === "cdata" ? undefined : "skip";
    const name = node.name as string;
    if (UNSEEN.has(name) || isHidden(node)) return "skip";
    if (BLOCKS.has(name)) endLine(this.#flow);
    if (name === "br") endLine(this.#flow, { keepEmpty: true });
    if (name === "pre") this.#preformatted += 1;
    if (name === "ol" || name === "ul") this.#lists.push(listOf(node));
    if (name === "li") this.#startItem(node);
    if (name === "table") this.#tables.push(newTable());
    if (name === "tr") this.#startRow();
    if (name === "td" || name === "th") this.#flows.push(newFlow());
    if (name === "a" || name === "sup" || name === "sub")
      this.#marks.push({ flow: this.#flow, start: this.#flow.current.length });
    return undefined;
  }

  leave(node: MarkupNode): void {
    const name = node.name as string;
    if (name === "td" || name === "th") this.#endCell(node);
    if (BLOCKS.has(name)) endLine(this.#flow);
    if (name === "p" && this.#keepEmptyParagraphs && node.children?.length === 0) addLine(this.#flow, "");
    if (name === "pre") this.#preformatted -= 1;
    if (name === "ol" || name === "ul") this.#lists.pop();
    if (name === "li" && this.#flow.marker !== "") addLine(this.#flow, "");
    if (name === "tr") this.#endRow();
    if (name === "table") this.#tables.pop();
    if (name === "a") this.#endLink(node);
    if (name === "sup" || name === "sub") this.#endRaised();
  }

  #addText(text: string): void {
    if (this.#preformatted === 0) {
      this.#flow.current += text;
      return;
    }
    const [first, ...rest] = text.split(/\r\n|\r|\n/);
    this.#flow.current += first;
    for (const line of rest) {
      endLine(this.#flow, { keepEmpty: true });
      this.#flow.current = line;
    }
  }

  #startItem(node: MarkupNode): void {
    const list = this.#lists.at(-1);
    if (list === undefined || list.type === null) {
      this.#flow.marker = "• ";
      return;
    }
    list.next = wholeNumber(node.attribs?.value) ?? list.next;
    const isNote = NOTE_ID.test(node.attribs?.id ?? "");
    this.#flow.marker = isNote ? `[${list.next}] ` : `${itemLabel(list.next, list.type)} `;
    list.next += 1;
  }

  #startRow(): void {
    endLine(this.#flow);
    const table = this.#tables.at(-1);
    if (table !== undefined) table.row = [];
  }

  /** A cell outside a table's row is no cell, as in a browser: its lines follow each other. */
  #endCell(node: MarkupNode): void {
    endLine(this.#flow);
    const { lines } = this.#flow;
    this.#flows.pop();
    const row = this.#tables.at(-1)?.row ?? null;
    if (row !== null) row.push({ lines, columns: span(node.attribs?.colspan), rows: span(node.attribs?.rowspan) });
    else for (const line of lines) addLine(this.#flow, line);
  }

  #endRow(): void {
    endLine(this.#flow);
    const table = this.#tables.at(-1);
    for (const line of table === undefined ? [] : rowLines(takeRow(table))) addLine(this.#flow, line);
  }

  #endLink(node: MarkupNode): void {
    const words = this.#takeMark();
    const address = printableAddress(node.attribs?.href ?? "");
    if (address !== null && !words.includes(address.replace(/\/$/, ""))) this.#flow.current += ` <${address}>`;
  }

  /** A footnote's number must not grow onto the figure that it stands behind: 123 and a raised 1 is `123[1]`. */
  #endRaised(): void {
    const words = this.#takeMark().trim();
    if (!/^\d{1,3}$/.test(words)) return;
    const before = this.#flow.current.slice(0, this.#flow.current.length - words.length).trimEnd();
    if (before !== "") this.#flow.current = `${before}[${words}]`;
  }

  /** The text since the mark; empty where a line has ended in between. */
  #takeMark(): string {
    const mark = this.#marks.pop();
    return mark?.flow === this.#flow ? this.#flow.current.slice(mark.start) : "";
  }
}

function isHidden(node: MarkupNode): boolean {
  return node.attribs?.hidden !== undefined || HIDING.test((node.attribs?.style ?? "").slice(0, 2000));
}

function listOf(node: MarkupNode): List {
  if (node.name === "ul") return { type: null, next: 1 };
  return { type: node.attribs?.type ?? "1", next: wholeNumber(node.attribs?.start) ?? 1 };
}

/** How many columns or rows a cell covers; a hundred at most. */
function span(text: string | undefined): number {
  return Math.min(Math.max(wholeNumber(text) ?? 1, 1), 100);
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^-?\d{1,6}$/.test(text.trim()) ? Number(text) : null;
}
