import { expect, test } from '@jest/globals';
import { childOf, itemsIn, parseXml, textIn, XmlError } from './xml.ts';

test('elements, lists, empty elements and text are read', () => {
  const root = parseXml(`<?xml version="1.0" encoding="UTF-8"?>
    <Answer xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
      <requestId>59dbff89</requestId>
      <!-- <hidden/> -->
      <groupSet><item><groupId>sg-1</groupId></item><item><groupId> sg-2 </groupId></item></groupSet>
      <tagSet/>
      <empty></empty>
    </Answer>`);
  expect(root.name).toBe('Answer');
  expect(textIn(root, 'requestId')).toBe('59dbff89');
  expect(itemsIn(root, 'groupSet').map((item) => textIn(item, 'groupId'))).toEqual(['sg-1', 'sg-2']);
  expect(itemsIn(root, 'tagSet')).toEqual([]);
  expect(itemsIn(root, 'none')).toEqual([]);
  expect(textIn(root, 'empty')).toBe('');
  expect(childOf(root, 'hidden')).toBeUndefined();
});

test('entities are what they stand for', () => {
  expect(parseXml('<a>&lt;b&gt; &amp;amp; &quot;&apos; &#65;&#x42; &other;</a>').text).toBe(
    `<b> &amp; "' AB &other;`,
  );
});

test.each([
  ['nothing', ''],
  ['a text', 'Service Unavailable'],
  ['what ends too early', '<a><b></b>'],
  ['what closes nothing', '<a></b></a>'],
  ['what closes more than was opened', '</a>'],
  ['half a tag', '<a><b</a>'],
])('%s is no XML', (_name, text) => {
  expect(() => parseXml(text)).toThrow(XmlError);
});
