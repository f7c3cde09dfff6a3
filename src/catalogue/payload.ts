import { formField, parseForm } from '../signature/form.ts';
import { readHeader } from '../signature/headers.ts';
import { type Body, decodeUtf8 } from '../signature/text.ts';
import type { HeaderFields } from '../signature/types.ts';
import { tryParseJson } from './body-view.ts';
import type { Provider } from './provider.ts';

/**
 * Parses a body as its content type says: JSON, also without a content type; a form as an object of its fields (an
 * array where one stands more than once), or the JSON in the field that the provider names; other text as a string. JSON that
 * is called a form, or other text, is read as JSON.
 *
 * @throws SyntaxError when the body is not what its content type says
 */
export function parsePayload(
  provider: Pick<Provider, 'formPayload'>,
  request: { headers: HeaderFields; body: Body },
): unknown {
  if (isForm(request)) return parseFormPayload(provider.formPayload, request.body);
  const type = contentTypeOf(request.headers);
  const text = decodeUtf8(request.body);
  if (text === undefined) throw new SyntaxError('the body is not UTF-8');
  if (type.endsWith('/xml') || type.endsWith('+xml') || (type.startsWith('text/') && type !== 'text/json'))
    return jsonIn(text) ?? text;
  return parseJson(text);
}

/** The JSON object or array that a text is; undefined for other text. */
function jsonIn(text: string): object | undefined {
  const json = tryParseJson(withoutMark(text));
  return typeof json === 'object' && json !== null ? json : undefined;
}

/**
 * A payload as JSON text: the body as it was written, so that no number loses a digit, or the form's fields. Undefined
 * when it is neither JSON nor a form.
 */
export function jsonText(
  provider: Pick<Provider, 'formPayload'>,
  request: { headers: HeaderFields; body: Body },
): string | undefined {
  const form = isForm(request);
  const fields = form ? parseForm(request.body) : undefined;
  const text =
    fields && provider.formPayload !== undefined
      ? formField(fields, provider.formPayload)
      : form
        ? fields && JSON.stringify(fieldsOf(fields))
        : withoutMark(decodeUtf8(request.body));
  try {
    if (text === undefined) return undefined;
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

/**
 * Nothing signs the content type. A signed JSON body that is sent again as a form would have fields that stand in a text of
 * it, such as a comment: whoever wrote that comment would choose the payload.
 */
function isForm({ headers, body }: { headers: HeaderFields; body: Body }): boolean {
  const named = contentTypeOf(headers) === 'application/x-www-form-urlencoded';
  return named && typeof tryParseJson(withoutMark(decodeUtf8(body))) !== 'object';
}

function contentTypeOf(headers: HeaderFields): string {
  const header = readHeader(headers, 'content-type');
  if (typeof header !== 'string') return '';
  const semicolon = header.indexOf(';');
  return (semicolon === -1 ? header : header.slice(0, semicolon)).trim().toLowerCase();
}

function parseFormPayload(field: string | undefined, body: Body): unknown {
  const fields = parseForm(body);
  if (!fields) throw new SyntaxError('the body is not a form');
  if (field !== undefined) {
    const text = formField(fields, field);
    if (text === undefined) throw new SyntaxError(`the form does not hold the field "${field}" once`);
    return parseJson(text);
  }
  return fieldsOf(fields);
}

function fieldsOf(fields: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const names = new Set(fields.map(([name]) => name));
  return Object.fromEntries([...names].map((name) => [name, valuesOf(fields, name)]));
}

function valuesOf(fields: readonly (readonly [string, string])[], name: string): string | string[] {
  const values = fields.filter(([key]) => key === name).map(([, value]) => value);
  return values.length === 1 ? (values[0] ?? '') : values;
}

/** A byte order mark is no part of a JSON text: RFC 8259 section 8.1. */
function withoutMark<Text extends string | undefined>(text: Text): Text {
  return (text?.startsWith('\uFEFF') ? text.slice(1) : text) as Text;
}

/** The parser's own message would quote the body. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(withoutMark(text)) as unknown;
  } catch {
    throw new SyntaxError('the body is not JSON');
  }
}
