import { type Body, decodeUtf8 } from './text.ts';

/** More fields than any provider sends. */
const maxFields = 1000;

/**
 * The fields of an `application/x-www-form-urlencoded` body in their order, or undefined if it is not UTF-8, or has
 * more than 1,000 fields.
 */
export function parseForm(body: Body): [name: string, value: string][] | undefined {
  const text = decodeUtf8(body);
  if (text === undefined) return undefined;
  let fields = 1;
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1))
    if (++fields > maxFields) return undefined;
  return [...new URLSearchParams(text)];
}

/** The only value of a field; undefined if the field is absent or stands more than once. */
export function formField(fields: readonly (readonly [string, string])[], name: string): string | undefined {
  const values = fields.filter(([key]) => key === name);
  return values.length === 1 ? values[0]?.[1] : undefined;
}
