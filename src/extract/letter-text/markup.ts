import { load } from "cheerio/slim";

/** A node of parsed HTML or XML: an element has a name, attributes and children; a text has data. */
export interface MarkupNode {
  type: string;
  data?: string;
  name?: string;
  attribs?: Record<string, string>;
  children?: MarkupNode[];
  /** Where the node stands in the source, in characters; both inclusive, and only where asked for. */
  startIndex?: number | null;
  endIndex?: number | null;
}

/**
 * Parses HTML by htmlparser2, which takes time in proportion to the text however deep it nests, fetches nothing and knows
 * no external entity.
 */
export function parseHtml(html: string): MarkupNode {
  return load(html).root()[0] as MarkupNode;
}

/** Parses XML, with the position of each node in `xml`. Declarations of types and entities are never acted on. */
export function parseXml(xml: string): MarkupNode {
  return load(xml, { xml: { xmlMode: true, withStartIndices: true, withEndIndices: true } }).root()[0] as MarkupNode;
}

/** Whether a node is an element, and of one of these names. */
export function isElement(node: MarkupNode, ...names: string[]): boolean {
  return node.name !== undefined && node.attribs !== undefined && (names.length === 0 || names.includes(node.name));
}

/** The first child element of this name. */
export function childOf(node: MarkupNode | undefined, name: string): MarkupNode | undefined {
  return node?.children?.find((child) => isElement(child, name));
}

/** What a walk does at an element or a text: `enter` may answer `skip` to leave the children out. */
export interface Visitor {
  enter(node: MarkupNode): "skip" | undefined;
  leave(node: MarkupNode): void;
}

/** Walks a tree in document order without recursion: a letter may nest deeper than the stack. */
export function walk(root: MarkupNode, visitor: Visitor): void {
  const open: { node: MarkupNode; next: number }[] = [{ node: root, next: 0 }];
  for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
    const child = frame.node.children?.[frame.next++];
    if (child === undefined) {
      open.pop();
      if (frame.node !== root) visitor.leave(frame.node);
    } else if (visitor.enter(child) !== "skip") {
      open.push({ node: child, next: 0 });
    }
  }
}
