/** Reads the XML that AWS answers with: elements and text. Attributes, of which only namespaces come, are passed over. */

/** An element. */
export interface XmlElement {
  readonly name: string;
  /** Text directly in it, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** The text is no XML. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

const tokens = /<\?[^>]*\?>|<!--[\s\S]*?-->|<(\/?)([\w:.-]+)([^<>]*?)(\/?)>|([^<]+)|</g;

/** The root element. Throws `XmlError`. */
export function parseXml(text: string): XmlElement {
  const document: OpenElement = { name: '', text: '', children: [] };
  const open: OpenElement[] = [document];
  for (const [token, close, name, , empty, words] of text.matchAll(tokens)) {
    const parent = open.at(-1) ?? document;
    if (words !== undefined) parent.text += decode(words);
    else if (name === undefined) {
      if (token === '<') throw new XmlError('a tag does not end');
    } else if (close === '/') closeElement(open, name);
    else if (empty === '/') parent.children.push({ name, text: '', children: [] });
    else open.push({ name, text: '', children: [] });
  }
  const [root] = document.children;
  if (root === undefined || open.length > 1) throw new XmlError('it ends too early');
  return root;
}

function closeElement(open: OpenElement[], name: string): void {
  const element = open.pop();
  const parent = open.at(-1);
  if (element?.name !== name || parent === undefined) throw new XmlError(`</${name}> closes nothing`);
  parent.children.push({ ...element, text: element.text.trim() });
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hexadecimal, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hexadecimal !== undefined) return String.fromCodePoint(Number.parseInt(String(hexadecimal), 16));
    return entities[String(name)] ?? whole;
  });
}

/** The first child of a name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** Text of the first child of a name; empty without one. */
export function textIn(element: XmlElement | undefined, name: string): string {
  return childOf(element, name)?.text ?? '';
}

/** Elements `item` of the list `name`: how AWS writes lists. */
export function itemsIn(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return childOf(element, name)?.children.filter((child) => child.name === 'item') ?? [];
}
