import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addToYaml } from '../../src/cli/setup/add-to-yaml.ts';

const stripe = { id: 'stripe', provider: 'stripe', handler: 'src/handlers/stripe.ts' };

/** The lines that are new; fails unless everything else is there as it was, to the byte. */
function added(text: string): string {
  const after = addToYaml(text, [stripe]);
  let start = 0;
  while (start < text.length && text[start] === after[start]) start++;
  const rest = text.slice(start);
  expect(after.endsWith(rest)).toBe(true);
  expect(parse(after)).toEqual({
    ...(parse(text) as object),
    sources: {
      ...(parse(text) as { sources: object }).sources,
      stripe: { provider: 'stripe', handler: stripe.handler },
    },
  });
  return after.slice(start, after.length - rest.length);
}

describe('addToYaml', () => {
  it.each([
    ['a file without blank lines', 'name: x\nsources:\n  github: { provider: github }\n'],
    ['no line feed at the end', 'name: x\nsources:\n  github:\n    provider: github'],
    ['another indentation', 'name: x\nsources:\n    github:\n        provider: github\n'],
    ['what follows the sources', 'sources:\n  github:\n    provider: github\n\n# the name\nname: "x"\n'],
    [
      'comments behind and under the last one',
      'name: x\nsources:\n  github: # 1\n    provider: github # 2\n    # 3\n  # 4\n',
    ],
    [
      'a last source over several lines of braces',
      'name: x\nsources:\n  github: {\n    provider: github\n  }\ncors: {allowOrigins: ["*"]}\n',
    ],
    ['a source without settings', 'name: x\nsources:\n  github:\n'],
    [
      'odd spacing and quotes',
      "name:   'x'\n\n\nsources:   # all\n\n  'github':\n    provider:    \"github\"\n\n  b: {provider: paddle}\n",
    ],
    ['carriage returns', 'name: x\r\nsources:\r\n  github:\r\n    provider: github\r\ndefaults: {}\r\n'],
    [
      'text over several lines',
      'name: x\nsources:\n  github:\n    provider: github\n    path: >-\n      /a\n\ndefaults: {}\n',
    ],
  ])('keeps %s', (_title, text) => {
    expect(added(text)).toContain('stripe');
  });

  it('leaves a blank line before it where there is one between the others', () => {
    const text = 'name: x\nsources:\n  a:\n    provider: github\n\n  b:\n    provider: paddle\n';
    expect(added(text)).toBe('\n  stripe:\n    provider: stripe\n    handler: src/handlers/stripe.ts\n');
  });

  it('keeps carriage returns as line ends', () => {
    expect(addToYaml('sources:\r\n  a:\r\n    provider: github\r\n', [stripe])).not.toMatch(/[^\r]\n/);
  });

  it('adds to sources in braces, and to none', () => {
    const inBraces = addToYaml('name: x # a name\nsources: { a: { provider: github } }\n', [stripe]);
    expect(inBraces).toContain('# a name');
    expect(parse(inBraces)).toMatchObject({ sources: { a: { provider: 'github' }, stripe: { provider: 'stripe' } } });
    expect(parse(addToYaml('name: x\nsources: {}\n', [stripe]))).toMatchObject({ sources: { stripe: {} } });
  });

  it.each(['name: x\n', 'sources: [a]\n', 'sources: {a: \n'])('refuses %j', (text) => {
    expect(() => addToYaml(text, [stripe])).toThrow('no map `sources`');
  });

  it('writes texts that YAML would read otherwise in quotes', () => {
    const entry = { id: 'x', provider: 'twilio', publicUrl: 'https://example.com/#a: b', unverified: true } as const;
    const { sources } = parse(addToYaml('sources:\n  a: {}\n', [entry])) as { sources: Record<string, object> };
    expect(sources['x']).toEqual({ provider: 'twilio', publicUrl: 'https://example.com/#a: b', unverified: true });
  });
});
