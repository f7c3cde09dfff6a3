import { readHeader } from '../signature/headers.ts';
import { getPath, scalarText } from '../signature/json-path.ts';
import { decodeQueryText, type QueryParameters, readQuery } from '../signature/query.ts';
import type { Locator } from '../signature/scheme.ts';
import type { HeaderFields } from '../signature/types.ts';
import { tryParseJson, type BodyView } from './body-view.ts';

/** Longer than any id or event type; what is longer is not kept. */
const maxLength = 512;

/** The text at a place of a request; undefined if it is absent, empty, ambiguous, no plain value, or too long. */
export function locate(
  locator: Locator,
  request: { headers: HeaderFields; query?: QueryParameters | undefined },
  body: BodyView,
): string | undefined {
  const text = textAt(locator, request, body);
  return text === undefined || text === '' || text.length > maxLength ? undefined : text;
}

function textAt(
  locator: Locator,
  request: { headers: HeaderFields; query?: QueryParameters | undefined },
  body: BodyView,
): string | undefined {
  if ('header' in locator) {
    const value = readHeader(request.headers, locator.header);
    return typeof value === 'string' ? value : undefined;
  }
  if ('json' in locator) return scalarText(getPath(body.json(), locator.json));
  if ('jsonKey' in locator) return locator.jsonKey.find((key) => getPath(body.json(), key) !== undefined);
  if ('jsonAll' in locator) return textOfAll(locator.jsonAll, body);
  if ('form' in locator) return body.field(locator.form);
  if ('query' in locator) {
    const text = readQuery(request.query, locator.query);
    return text === undefined ? undefined : decodeQueryText(text);
  }
  const [field, path] = locator.formJson;
  return scalarText(getPath(tryParseJson(body.field(field)), path));
}

/** Undefined where one of them holds nothing, or a slash: two requests could share one text. */
function textOfAll(paths: readonly string[], body: BodyView): string | undefined {
  const texts = paths.map((path) => scalarText(getPath(body.json(), path)) ?? '');
  return texts.some((text) => text === '' || text.includes('/')) ? undefined : texts.join('/');
}
