import { hash } from 'node:crypto';
import { tryParseJson } from '../../catalogue/body-view.ts';
import { type Body, decodeUtf8 } from '../../signature/text.ts';

/** What a body may have been before something rewrote it. */
export interface BodyVariant {
  /** As the end of "matches if the body is …". */
  what: string;
  body: Uint8Array;
}

/** Each variant of a large body costs its parsing, writing and hashing. */
const maxParsed = 256 * 1024;
/** White space alone makes no more of one than an endpoint takes. */
const maxWritten = 2 ** 20;
/** More than any provider's JSON has. To indent what is deeper may make gigabytes of it, and exhaust the stack. */
const maxLevels = 16;

const layouts: Readonly<Record<string, (value: unknown) => string>> = {
  'without white space': (value) => JSON.stringify(value),
  'indented by two spaces': (value) => JSON.stringify(value, null, 2),
  'indented by four spaces': (value) => JSON.stringify(value, null, 4),
  'with a space after each comma and colon, as Python writes it': spaced,
};

const escapes: Readonly<Record<string, (json: string) => string>> = {
  ' and slashes as \\/, as PHP writes them': (json) => json.replaceAll('/', String.raw`\/`),
  ' and other letters than ASCII as \\u….': toAscii,
  ' and slashes as \\/ and other letters than ASCII as \\u…., as PHP writes them': (json) =>
    toAscii(json).replaceAll('/', String.raw`\/`),
  ' and <, > and & as \\u…., as Go writes them': (json) => json.replaceAll(/[<>&]/g, unicodeEscape),
};

/** Those that differ from the body and from each other, likeliest first. Each is made when it is asked for, since that costs. */
export function* bodyVariants(body: Body): Generator<BodyVariant> {
  const text = decodeUtf8(body);
  if (text === undefined) return;
  const seen = new Set([hash('sha256', text)]);
  for (const [what, variant] of variantsOf(text)) {
    const digest = hash('sha256', variant);
    if (!seen.has(digest)) yield { what, body: Buffer.from(variant) };
    seen.add(digest);
  }
}

function* variantsOf(text: string): Generator<[what: string, variant: string]> {
  yield ['one line feed longer', `${text}\n`];
  yield ['without the white space at its end', text.trimEnd()];
  yield ['with line feeds in place of CR LF', text.replaceAll('\r\n', '\n')];
  yield ['with CR LF in place of line feeds', text.replaceAll(/\r?\n/g, '\r\n')];
  yield ['without its byte order mark', text.replace(/^\uFEFF/, '')];
  if (text.length <= maxParsed) yield* rewritten(text);
}

function* rewritten(text: string): Generator<[what: string, variant: string]> {
  const value = tryParseJson(text);
  if (value === undefined || isDeeper(value, maxLevels)) return;
  for (const [layout, write] of Object.entries(layouts)) {
    const json = write(value);
    if (json.length > maxWritten) continue;
    yield [`written ${layout}`, json];
    for (const [escape, rewrite] of Object.entries(escapes)) {
      const escaped = rewrite(json);
      if (escaped !== json) yield [`written ${layout}${escape}`, escaped];
    }
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/** A line feed never stands in a JSON string, so these are those of the layout alone. */
function spaced(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replaceAll(/([{[])\n */g, '$1')
    .replaceAll(/\n *([}\]])/g, '$1')
    .replaceAll(/,\n */g, ', ');
}

function toAscii(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, unicodeEscape);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
