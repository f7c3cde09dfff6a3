import { expect, test } from 'vitest';

// The page's own type check covers it; this one takes no JavaScript.
const module = new URL('../../../src/local/inspector/page/curl.js', import.meta.url).href;
const { toCurl } = (await import(module)) as { toCurl: (url: string, delivery: object) => string };

const delivery = { headers: { 'content-type': 'application/json' }, query: {}, body: "{'a'}" };

test('a delivery as a curl command has the query parameters that are kept, escaped for URL and shell', () => {
  expect(toCurl('http://h/a', delivery)).toBe(
    String.raw`curl -sS -X POST \
  'http://h/a' \
  -H 'content-type: application/json' \
  --data-binary '{'\''a'\''}'`,
  );
  const query = { kind: "order's & more", id: '7' };
  expect(toCurl('http://h/a', { ...delivery, query })).toContain("'http://h/a?kind=order%27s+%26+more&id=7'");
  expect(toCurl('http://h/a?token=<secret>', { ...delivery, query: { id: '7' } })).toContain(
    "'http://h/a?token=<secret>&id=7'",
  );
});
