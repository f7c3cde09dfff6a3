import type { HmacScheme } from '../../signature/scheme.ts';
import { hmacKey, whsecPrefix } from '../../signature/secret.ts';

/** Another key that the same secret's text may have become at the provider. */
export interface KeyVariant {
  /** As the end of "matches with the secret …". */
  what: string;
  key: Uint8Array;
}

/** Slips of copying first, then other readings of the same text. */
export function keyVariants(form: HmacScheme['key'], secret: string): KeyVariant[] {
  const trimmed = secret.trim();
  const unquoted = /^(["'])(.*)\1$/s.exec(trimmed)?.[2];
  const texts: [what: string, text: string | undefined][] = [
    ['followed by a line feed', `${trimmed}\n`],
    ['followed by CR LF', `${trimmed}\r\n`],
    ['followed by a space', `${trimmed} `],
    ['after a space', ` ${trimmed}`],
    ['without the white space around it', trimmed === secret ? undefined : trimmed],
    ['without the quotes around it', unquoted],
    ['in double quotes', `"${trimmed}"`],
    ['in single quotes', `'${trimmed}'`],
    // It is easily taken for a label.
    [`with "${whsecPrefix}" before it`, trimmed.startsWith(whsecPrefix) ? undefined : `${whsecPrefix}${trimmed}`],
  ];
  const variants: KeyVariant[] = [];
  for (const [what, text] of texts) {
    const key = text === undefined ? undefined : hmacKey(form, text);
    if (key) variants.push({ what, key });
  }
  for (const other of ['utf8', 'hex', 'base64', 'whsec'] as const) {
    const key = other === form ? undefined : hmacKey(other, trimmed);
    if (key) variants.push({ what: readings[other], key });
  }
  return variants;
}

const readings = {
  utf8: 'taken as the text that it is, not decoded',
  hex: 'decoded from hex',
  base64: 'decoded from base64',
  whsec: 'decoded from base64 without its prefix',
} as const;
