import { expect, test } from 'vitest';

// The page's own type check covers it; this one takes no JavaScript.
const module = new URL('../../../src/local/inspector/page/json-view.js', import.meta.url).href;
const { layOut, prettyText } = (await import(module)) as Record<
  'layOut' | 'prettyText',
  (body: string) => string | undefined
>;

test('JSON is laid out as JSON.stringify does it', () => {
  const value = {
    empty: { object: {}, array: [], text: '' },
    nested: [
      [1, -2.5e21],
      [{ a: true }, null, false],
    ],
    'odd "key": {[,': 'text with "quotes", {braces}, [brackets]: and \\ and \n',
  };
  const wanted = JSON.stringify(value, null, 2);
  for (const indent of [0, 1, 4, '\t']) expect(layOut(JSON.stringify(value, null, indent))).toBe(wanted);
  for (const text of ['7', '"a"', 'null', '[]', ' {} ', '[{}]'])
    expect(layOut(text)).toBe(text.trim() === '[{}]' ? '[\n  {}\n]' : text.trim());
});

test('numbers stay as they are written, and so does a key that comes twice; what was escaped is readable', () => {
  expect(layOut(String.raw`{"id":12345678901234567890,"f":1.0,"twice":1,"twice":2,"name":"M\u00fcller\/x"}`)).toBe(
    '{\n  "id": 12345678901234567890,\n  "f": 1.0,\n  "twice": 1,\n  "twice": 2,\n  "name": "Müller/x"\n}',
  );
});

test('what is no JSON is not laid out, a form only for reading', () => {
  for (const text of ['', '{', '{"a":1,}', 'text', '01']) expect(layOut(text)).toBeUndefined();
  expect(layOut('a=1&b=2')).toBeUndefined();
  expect(prettyText('a=1&b=12345678901234567890&payload=%7B%22id%22%3A12345678901234567890%7D')).toBe(
    'a: 1\nb: 12345678901234567890\npayload: {\n  "id": 12345678901234567890\n}',
  );
});

test('a small body that would become hundreds of megabytes of white space is shown as it is', () => {
  const body = '['.repeat(500) + '0,'.repeat(400_000) + '0' + ']'.repeat(500);
  expect(prettyText(body)).toBeUndefined();
  expect(prettyText('['.repeat(100_000) + ']'.repeat(100_000))).toBeUndefined();
  const long = JSON.stringify(Array.from({ length: 60_000 }, (_, index) => ({ index, text: 'as usual' })));
  expect(prettyText(long)).toBe(JSON.stringify(JSON.parse(long), null, 2));
});

test('what turns the order of a text around is escaped, and means the same', () => {
  const text = '{"amount":"\u202e001","b":"\u2067x","c":"\u0645"}';
  expect(layOut(text)).toBe('{\n  "amount": "\\u202e001",\n  "b": "\\u2067x",\n  "c": "\u0645"\n}');
  expect(JSON.parse(layOut(text) ?? '')).toEqual(JSON.parse(text));
});
