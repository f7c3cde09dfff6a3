import { describe, expect, test } from 'vitest';
import { providerFileSchema } from '../../src/config/provider-schema.ts';
import { withReferences } from '../../src/config/with-references.ts';

interface Referring {
  definitions: Record<string, unknown>;
}

/** The schema as it was, each reference followed. */
function resolved(schema: object): unknown {
  const { definitions, ...rest } = schema as Referring;
  const follow = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(follow);
    if (typeof part !== 'object' || part === null) return part;
    if ('$ref' in part) return follow(definitions[String(part.$ref).replace('#/definitions/', '')]);
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, follow(value)]));
  };
  return follow(rest);
}

describe('a schema with references', () => {
  test('writes once what stands in several places, also within what is written once', () => {
    const name = { type: 'string' };
    const person = { type: 'object', properties: { first: name, last: name } };
    expect(withReferences({ properties: { a: person, b: { items: [person] }, c: { type: 'string' } } })).toEqual({
      properties: {
        a: { $ref: '#/definitions/part1' },
        b: { items: [{ $ref: '#/definitions/part1' }] },
        c: { type: 'string' },
      },
      definitions: {
        part1: {
          type: 'object',
          properties: { first: { $ref: '#/definitions/part2' }, last: { $ref: '#/definitions/part2' } },
        },
        part2: { type: 'string' },
      },
    });
  });

  test('says the same: of the files of providers, in a fifth of the text', () => {
    const short = withReferences(providerFileSchema);
    expect(resolved(short)).toEqual(providerFileSchema);
    expect(JSON.stringify(short).length).toBeLessThan(JSON.stringify(providerFileSchema).length / 5);
  });
});
