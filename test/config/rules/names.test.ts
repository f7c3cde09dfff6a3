import { describe, expect, test } from 'vitest';
import { createRulesProject } from './project.ts';

const { issuesOf, withSettings, withSources } = createRulesProject();

describe('paths', () => {
  test.each(['/', '/x/', 'x', '/x?y', '/{proxy+}', '/x y', '//x', '/é'])('"%s" is not one', (given) => {
    expect(withSettings(`path: "${given}"`)).toEqual([
      `w.yaml:4:11: path "${given}" must start with "/", not end with it, and consist of letters, digits and . _ ~ -`,
    ]);
  });

  test.each(['/x', '/a/b-c/d.e_f~g', '/ping/x', '/X'])('%s is one', (given) => {
    expect(withSettings(`path: ${given}`)).toEqual([]);
  });
});

describe('ids of sources', () => {
  const long = 'a'.repeat(70);

  test.each<[string, string[], string[]]>([
    [
      'upper case and underscores, and two that share a secret',
      ['my-app', 'my_app'],
      [
        'w.yaml:4:3: source id "my_app" must be lower-case letters and digits, in words joined by single hyphens',
        'w.yaml:4:3: sources "my-app" and "my_app" would share the secret MY_APP_WEBHOOK_SECRET; rename one',
      ],
    ],
    [
      'a queue’s name beyond 80 characters',
      [long],
      [
        `w.yaml:3:3: source id "${long}" is too long: the queue name n-${long}-verified has 81 characters, SQS takes 80`,
      ],
    ],
    [
      'a dead-letter queue’s name',
      ['x', 'x-dlq'],
      ['w.yaml:4:3: source id "x-dlq" collides with a queue of the source "x"; choose another'],
    ],
    [
      'a verified queue’s name, before its source',
      ['x-verified', 'x'],
      ['w.yaml:3:3: source id "x-verified" collides with a queue of the source "x"; choose another'],
    ],
    [
      'names that CloudFormation cannot tell apart',
      ['a-1', 'a1'],
      [
        'w.yaml:4:3: sources "a-1" and "a1" differ in hyphens alone, which CloudFormation’s names leave out; rename one',
      ],
    ],
  ])('%s', (_title, ids, expected) => {
    expect(withSources(...ids)).toEqual(expected);
  });

  test.each(['a'.repeat(69), 'x-dlq', 'constructor', 'a-1-b'])('takes %s', (id) => {
    expect(withSources(id)).toEqual([]);
  });
});

describe('the top level', () => {
  test.each<[string, string]>([
    [
      'domain: { name: hooks.example.org, hostedZone: { id: Z1, name: example.com } }',
      'w.yaml:2:17: "hooks.example.org" does not lie in the hosted zone "example.com"',
    ],
    [
      'domain: { name: badexample.com, hostedZone: { id: Z1, name: example.com } }',
      'w.yaml:2:17: "badexample.com" does not lie in the hosted zone "example.com"',
    ],
    ...['Hooks.example.com', 'hooks.example.com.', 'höks.example.com', '-hooks.example.com', 'hooks-.example.com'].map(
      (name): [string, string] => [
        `domain: { name: ${name}, hostedZone: { id: Z1, name: example.com } }`,
        'w.yaml:2:17: "name" does not fit: Such as hooks.example.com: in lower case, an international name as xn--…, without a dot at its end',
      ],
    ),
    [
      `domain: { name: ${'a'.repeat(26)}.${'b'.repeat(26)}.example.com, hostedZone: { id: Z1, name: example.com } }`,
      'w.yaml:2:17: the domain’s name has 65 characters, and ACM makes a certificate for 64 at most; choose a shorter one',
    ],
    ['domain: { name: a.example.com }', 'w.yaml:2:1: "domain" needs the key "hostedZone"'],
    [
      'cors: { allowOrigins: ["*"], allowCredentials: true }',
      'w.yaml:2:48: credentials cannot be allowed to every origin; name the origins, or write "https://*"',
    ],
    ['cors: { allowOrigins: ["*"], maxAge: 25h }', 'w.yaml:2:38: maxAge must be 24h at most, not 25h'],
    [
      'cors: { allowOrigins: [example.com] }',
      'w.yaml:2:24: entry 1 of "allowOrigins" does not fit: An origin such as https://app.example.com, without a slash at its end, or "*"',
    ],
    ...(
      [
        ['https://*.example.com', 'name each origin, since a * stands only in "*", "https://*" and "http://*"'],
        ['https://App.example.com', 'write https://app.example.com'],
        ['https://app.example.com:443', 'write https://app.example.com'],
        ['https://app.example.com?x', 'write https://app.example.com'],
        ['https://höks.example', 'write https://xn--hks-sna.example'],
        ['https://app.example.com:99999', 'write one such as https://app.example.com'],
      ] as const
    ).map(([origin, advice]): [string, string] => [
      `cors: { allowOrigins: ["${origin}"] }`,
      `w.yaml:2:24: no browser sends this as its origin, so it would let in nobody; ${advice}`,
    ]),
    ['sink: {}', 'w.yaml:2:1: unknown key "sink"; known are name, domain, cors, defaults, providers, sources'],
    ['provders: {}', 'w.yaml:2:1: unknown key "provders"; did you mean "providers"?'],
  ])('%s', (line, expected) => {
    expect(issuesOf(`name: n\n${line}\nsources:\n  x: { provider: acme }\n`)).toEqual([expected]);
  });

  test.each(['example.com', 'a.b-c.example.com', 'xn--hks-sna.example.com', `${'a'.repeat(52)}.example.com`])(
    'takes the domain %s inside its zone',
    (name) => {
      expect(
        issuesOf(
          `name: n\ndomain: { name: ${name}, hostedZone: { id: Z1, name: example.com } }\nsources:\n  x: { provider: acme }\n`,
        ),
      ).toEqual([]);
    },
  );

  test.each([
    '*", "http://*',
    'https://app.example.com:8443',
    'http://localhost:3000',
    'http://[::1]:3000',
    'https://*',
  ])('takes the origin %s', (origin) => {
    expect(issuesOf(`name: n\ncors: { allowOrigins: ["${origin}"] }\nsources:\n  x: { provider: acme }\n`)).toEqual([]);
  });
});
