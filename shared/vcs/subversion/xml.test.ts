import { expect, it } from 'vitest';
import { attributeOf, elementOf, elementsOf, parseXml } from './xml.ts';

it('reads names and texts as they are, and refuses what is no XML', () => {
  const list = parseXml(
    '<?xml version="1.0"?><lists><list path="a&amp;b"><entry kind="dir"><name>1 &lt; 2</name></entry></list></lists>',
  );
  expect(attributeOf(elementOf(list, 'list'), 'path')).toBe('a&b');
  expect([...elementsOf(list, 'name')].map(({ text }) => text)).toEqual(['1 < 2']);
  expect(() => attributeOf(list, 'path')).toThrow(/without path/);
  expect(() => elementOf(list, 'commit')).toThrow(/without <commit>/);
  for (const text of ['', '<a>', '<a></b>', '<a>&evil;</a>', '{}', '<a>'.repeat(30)]) {
    expect(() => parseXml(text)).toThrow(/Subversion printed something/);
  }
});
