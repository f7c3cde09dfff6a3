import { coversBody } from '../../signature/coverage.ts';
import { formField, parseForm } from '../../signature/form.ts';
import { getPath, scalarText, setPath } from '../../signature/json-path.ts';
import { isKeyed } from '../../signature/keyed.ts';
import type { Locator, Scheme } from '../../signature/scheme.ts';
import { decodeUtf8 } from '../../signature/text.ts';

/** Changes something in a signed body that the signature covers. Undefined where it covers nothing of this body. */
export function alterCovered(scheme: Scheme, body: Uint8Array): { body: Uint8Array; what: string } | undefined {
  if (coversBody(scheme)) return { body: Buffer.concat([body, Buffer.from(' ')]), what: 'a blank after the body' };
  for (const place of coveredPlaces(scheme)) {
    const altered = 'json' in place ? alterJson(body, place.json) : 'form' in place && alterForm(body, place.form);
    if (altered) return altered;
  }
  return undefined;
}

/** Whether a scheme covers anything in a body. */
export function coversSomething(scheme: Scheme): boolean {
  return coversBody(scheme) || coveredPlaces(scheme).length > 0;
}

/** Where the values stand that are covered, of a scheme that does not cover the whole body. */
function coveredPlaces(scheme: Scheme): readonly Locator[] {
  if (scheme.scheme === 'code')
    return scheme.coversValues ?? (scheme.secretLike ? coveredPlaces(scheme.secretLike) : []);
  if (!isKeyed(scheme)) return [];
  return scheme.message.flatMap((part): Locator[] => {
    if (typeof part === 'string') return [];
    if (part.part === 'json') return [{ json: part.path }];
    return part.part === 'sortedForm' ? [{ form: addedField }] : [];
  });
}

/** Where every field counts, one more is enough. */
const addedField = 'tampered';

function alterJson(body: Uint8Array, path: string): { body: Uint8Array; what: string } | undefined {
  const json = JSON.parse(decodeUtf8(body) ?? 'null') as unknown;
  const old = scalarText(getPath(json, path));
  if (old === undefined || !setPath(json, path, `${old}0`)) return undefined;
  return { body: Buffer.from(JSON.stringify(json)), what: `another ${path}` };
}

function alterForm(body: Uint8Array, name: string): { body: Uint8Array; what: string } | undefined {
  const fields = parseForm(body);
  if (!fields) return undefined;
  const form = new URLSearchParams(fields);
  const old = formField(fields, name);
  form.set(name, `${old ?? ''}0`);
  return { body: Buffer.from(form.toString()), what: old === undefined ? 'one more field' : `another ${name}` };
}
