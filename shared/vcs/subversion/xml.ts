/** What `svn` prints with `--xml`. */
import { SaxesParser } from 'saxes';
import { ForgeError } from '../../forge/errors.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

/** Deeper than anything that `svn` prints. */
const depthMax = 20;

/** @throws ForgeError `unexpected` for what is no well-formed XML */
export function parseXml(text: string): XmlElement {
  const root: OpenElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (cause) => {
    throw unexpected('that is no XML', cause);
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: OpenElement = { name, attributes, children: [], text: '' };
    open.at(-1)?.children.push(element);
    if (open.push(element) > depthMax) throw unexpected('that is nested too deeply');
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', (part) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  });
  parser.write(text).close();
  const [first] = root.children;
  if (first === undefined) throw unexpected('without anything in it');
  return first;
}

/** All elements of that name, at any depth. */
export function* elementsOf(element: XmlElement, name: string): Generator<XmlElement> {
  for (const child of element.children) {
    if (child.name === name) yield child;
    yield* elementsOf(child, name);
  }
}

/** @throws ForgeError `unexpected` when there is none */
export function elementOf(element: XmlElement, name: string): XmlElement {
  const [found] = elementsOf(element, name);
  if (found === undefined) throw unexpected(`without <${name}>`);
  return found;
}

/** @throws ForgeError `unexpected` when there is none */
export function attributeOf({ attributes }: XmlElement, name: string): string {
  const value = attributes[name];
  if (value === undefined) throw unexpected(`without ${name}`);
  return value;
}

const unexpected = (what: string, cause?: unknown): ForgeError =>
  new ForgeError('unexpected', `Subversion printed something ${what}`, { cause });
