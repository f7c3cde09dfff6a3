import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { formatIssue } from '../../src/config/issue.ts';
import { loadConfig, parseConfig } from '../../src/config/load.ts';

const root = mkdtempSync(path.join(tmpdir(), 'hookport-config-'));
mkdirSync(path.join(root, 'src'));
writeFileSync(path.join(root, 'src/github.ts'), 'export {};');
writeFileSync(path.join(root, 'src/github.txt'), '');
symlinkSync('/etc/hostname', path.join(root, 'src/link.ts'));

function issuesOf(text: string): string[] {
  const loaded = parseConfig('w.yaml', text, { catalogue, root });
  return loaded.ok ? [] : loaded.issues.map(formatIssue);
}

/** A configuration with one source, whose settings are given line by line. */
const source = (...lines: string[]) =>
  ['name: acme', 'sources:', '  github:', '    provider: github', ...lines.map((line) => `    ${line}`), ''].join('\n');

describe('a configuration without mistakes', () => {
  test('gets every default of the design', () => {
    const loaded = parseConfig('w.yaml', source('handler: src/github.ts'), { catalogue, root });
    expect(loaded).toMatchObject({
      ok: true,
      config: {
        name: 'acme',
        sources: [
          {
            id: 'github',
            path: '/github',
            batch: { size: 1, windowSeconds: 0 },
            concurrency: 10,
            timeoutSeconds: 30,
            queueRetentionSeconds: 7 * 86_400,
            maxReceiveCount: 5,
            deadLetterRetentionSeconds: 14 * 86_400,
            throttle: { rate: 1000, burst: 2000 },
            deduplicate: false,
            onRejected: 'deadLetter',
            function: { memoryMiB: 512 },
          },
        ],
      },
    });
  });

  test('takes settings from defaults, key by key inside of a group', () => {
    const text = `name: acme\ndefaults: { queue: { retention: 3d, maxReceiveCount: 9 }, timeout: 5s }\nsources:\n  github: { provider: github, queue: { retention: 1d } }\n`;
    const loaded = parseConfig('w.yaml', text, { catalogue, root });
    expect(loaded.ok && loaded.config.sources[0]).toMatchObject({
      queueRetentionSeconds: 86_400,
      maxReceiveCount: 9,
      timeoutSeconds: 5,
    });
  });

  test('is the one that comes with the project', async () => {
    const project = path.resolve(import.meta.dirname, '../..');
    const loaded = await loadConfig(path.join(project, 'webhooks.config.yaml'), { catalogue, root: project });
    expect(loaded.ok && loaded.config.sources.map(({ id }) => id)).toEqual(['github', 'paddle', 'zendesk']);
  });
});

describe('a mistake of writing says what to do', () => {
  const lost = 'look for a key without its colon, and for a line that is indented too far';
  test.each([
    ['a tab', 'sources:\n\tgithub: {}\n', 'tabs are not allowed as indentation; indent with spaces'],
    [
      'a lost colon',
      'sources:\n  github\n    provider: github\n',
      `implicit keys need to be on a single line; ${lost}`,
    ],
    [
      'one in the last line',
      `${source()}    handler\n`,
      `implicit map keys need to be followed by map values; ${lost}`,
    ],
    [
      'a line too far in',
      `${source()}     handler: x.ts\n`,
      `nested mappings are not allowed in compact mappings; ${lost}`,
    ],
    [
      'a line between two columns',
      `${source()}   handler: x.ts\n`,
      'all mapping items must start at the same column; compare the indentation with the lines above',
    ],
    [
      'keys beside the one that they belong to',
      'name: acme\nsources:\n  github:\n  provider: github\n',
      '"github" must be a map of keys, not null; indent the keys that belong to it further than it',
    ],
    [
      'no blank behind a colon',
      'name: acme\nsources:\n  github:\n    provider:github\n',
      '"github" must be a map of keys, not "provider:github"; a blank belongs behind the colon of a key',
    ],
  ])('%s', (_, text, message) => {
    expect(issuesOf(text)[0]).toMatch(/^w\.yaml:\d+:\d+: /);
    expect(issuesOf(text)[0]).toContain(message);
  });
});

test('a URL where keys were to follow lacks no blank', () => {
  expect(issuesOf(source('forward: https://example.com/a'))).toEqual(['w.yaml:5:14: "forward" must be a map of keys']);
});

describe('a secret that stands where a name belongs', () => {
  const pasted = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  test.each([
    ['the provider', `name: acme\nsources:\n  github: { provider: ${pasted} }\n`],
    ['the id', `name: acme\nsources:\n  ${pasted}: { provider: github }\n`],
    ['a key', source(`${pasted}: 1`)],
    ['the way of signing', source(`verify: ${pasted}`)],
    ['the path', source(`path: ${pasted}`)],
    ['the handler', source(`handler: ${pasted}`)],
  ])('is not shown as %s, and one is told what to do', (_, text) => {
    const issues = issuesOf(text);
    expect(issues.join()).not.toContain('MfKQ9r8G');
    expect(issues.join()).toContain('"(a secret’s value)"');
    expect(issues.join()).toContain('change the value at the provider if this file was shared');
  });
});

describe('each mistake says where it stands and what to do', () => {
  test.each<[string, string[]]>([
    ['', ['w.yaml:1:1: the configuration must be a map of keys, not null']],
    ['name: acme\n', ['w.yaml:1:1: the configuration needs the key "sources"']],
    [source('hanlder: src/github.ts'), ['w.yaml:5:5: unknown key "hanlder"; did you mean "handler"?']],
    [
      'name: acme\nsources:\n  x: { provider: gihub }\n',
      ['w.yaml:3:18: unknown provider "gihub"; did you mean "github"?'],
    ],
    ['name: acme\nsources:\n  x: {}\n', ['w.yaml:3:3: "x" needs the key "provider"']],
    ['name: acme\nsources: {}\n', ['w.yaml:2:1: "sources" is empty; it needs at least one entry']],
    [source('concurrency: many'), ['w.yaml:5:18: "concurrency" must be a whole number, not "many"']],
    [source('timeout: 30'), ['w.yaml:5:14: "timeout" must be a duration such as 30s, 15m, 6h or 14d, not 30']],
    [source('timeout: 30sec'), ['w.yaml:5:14: "timeout" must be a duration such as 30s, 15m, 6h or 14d, not "30sec"']],
    [
      source('timeout: 20m', 'handler: src/github.ts'),
      ['w.yaml:5:14: timeout must lie between 1s and 885s, not 20m; `consumer: worker` takes up to 6h'],
    ],
    [source('onRejected: ignore'), ['w.yaml:5:17: "onRejected" must be one of deadLetter, drop, not "ignore"']],
    [source('forward: { queue: false }'), ['w.yaml:5:23: "queue" can only be true, not false']],
    [
      source('verify: strong'),
      [
        'w.yaml:5:13: github has no way of signing called "strong"; github has only one way of signing; remove this key',
      ],
    ],
    [
      source('path: /_hookport/doctor'),
      ['w.yaml:5:11: path "/_hookport/doctor" is one of Hookport\'s own, as all below /_hookport; set another `path`'],
    ],
    [source('path: /ping'), ['w.yaml:5:11: path "/ping" is reserved by API Gateway; set another `path`']],
    [
      source('path: github'),
      ['w.yaml:5:11: path "github" must start with "/", not end with it, and consist of letters, digits and . _ ~ -'],
    ],
    [source('path: /a/../b'), ['w.yaml:5:11: path "/a/../b" must not hold . or ..']],
    [
      'name: acme\nsources:\n  a: { provider: github, path: /x }\n  b: { provider: github, path: /x }\n',
      ['w.yaml:4:32: sources "a" and "b" have the same path "/x"; give one another `path`'],
    ],
    [
      'name: acme\nsources:\n  ping: { provider: github }\n',
      ['w.yaml:3:3: path "/ping" is reserved by API Gateway; set another `path`'],
    ],
    [
      'name: acme\nsources:\n  My_App: { provider: github }\n',
      ['w.yaml:3:3: source id "My_App" must be lower-case letters and digits, in words joined by single hyphens'],
    ],
    [
      'name: acme\nsources:\n  a: { provider: github }\n  a-dlq: { provider: github }\n',
      ['w.yaml:4:3: source id "a-dlq" collides with a queue of the source "a"; choose another'],
    ],
    [
      source('queue: { retention: 14d }'),
      [
        'w.yaml:5:25: the dead-letter queue of "github" keeps 14d, which must be longer than the queue’s 14d: SQS counts from the first arrival; 14d is the most, so lower `queue.retention`',
      ],
    ],
    [source('queue: { retention: 30s }'), ['w.yaml:5:25: retention must lie between 60s and 14d, not 30s']],
    [
      source('handler: src/missing.ts'),
      [
        'w.yaml:5:14: handler "src/missing.ts" does not exist; create it, or remove the key to consume the queue yourself',
      ],
    ],
    [
      source('handler: ../outside.ts'),
      ['w.yaml:5:14: handler "../outside.ts" must lie inside the project, written relative to its root'],
    ],
    [source('handler: src/link.ts'), ['w.yaml:5:14: handler "src/link.ts" leads out of the project']],
    [
      source('handler: src/github.txt'),
      ['w.yaml:5:14: handler "src/github.txt" must be a .ts, .mts, .js or .mjs file'],
    ],
    [
      source('deduplicate: 1h', 'handler: src/github.ts'),
      ['w.yaml:5:18: 1h is shorter than GitHub sends again for, 3d; a late redelivery would be handled twice'],
    ],
    [
      source('batch: { size: 20 }', 'timeout: 1s', 'handler: src/github.ts'),
      ['w.yaml:5:20: a batch of more than 10 needs a `window` of at least 1s: SQS gives 10 at once'],
    ],
    [
      source('batch: { size: 10 }', 'timeout: 5m', 'handler: src/github.ts'),
      [
        'w.yaml:5:20: a batch of 10 with a timeout of 5m each may take longer than 885s, which is what Lambda leaves for it; lower one',
      ],
    ],
    [
      'name: acme\nsources:\n  a: { provider: github }\n  a: { provider: github }\n',
      ['w.yaml:4:3: the key "a" stands here twice'],
    ],
    [
      'name: acme\nsources: &s\n  a: { provider: github }\ndefaults: *s\n',
      ['w.yaml:4:11: aliases (*name) are not supported; write the value out'],
    ],
    ['name: acme\nsources:\n  __proto__: { provider: github }\n', ['w.yaml:3:3: "__proto__" is not a usable key']],
  ])('%s', (text, expected) => {
    expect(issuesOf(text)).toEqual(expected);
  });

  test('reports mistakes of the schema and of the rules together, in the order of the file', () => {
    const text =
      'name: Acme!\nsources:\n  a: { provider: gihub, hanlder: x }\n  b: { provider: github, path: /ping }\n';
    expect(issuesOf(text).map((line) => line.split(': ')[0])).toEqual([
      'w.yaml:1:7',
      'w.yaml:3:18',
      'w.yaml:3:25',
      'w.yaml:4:32',
    ]);
  });

  test.each([
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'pdl_ntfset_01hsdn8d43',
    'b0c1d2e3f4a5968778695a4b3c2d1e0f',
    'two words',
  ])('refuses a value where the name of a secret belongs, without repeating it', (value) => {
    const [issue = '', ...others] = issuesOf(source(`secret: "${value}"`));
    expect(others).toEqual([]);
    expect(issue).toMatch(/^w\.yaml:5:13: this looks like a secret’s value/);
    expect(issue).not.toContain(value);
  });

  test.each(['prod/github', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/github-AbCdEf'])(
    'takes the name or ARN of a secret: %s',
    (value) => {
      expect(issuesOf(source(`secret: ${value}`))).toEqual([]);
    },
  );
});

test('a file that does not exist is an issue with its name', async () => {
  const loaded = await loadConfig('/nowhere/w.yaml', { catalogue, root });
  expect(loaded).toEqual({
    ok: false,
    issues: [
      {
        file: '/nowhere/w.yaml',
        line: 1,
        column: 1,
        message: expect.stringContaining('the file does not exist; `hookport init` writes one'),
      },
    ],
    providers: [],
  });
});

test.each([
  ['UTF-16', Buffer.from(`\uFEFF${source()}`, 'utf16le')],
  ['Latin-1', Buffer.from(`# caf\u00e9\n${source()}`, 'latin1')],
])('a file in %s is told as such', async (_encoding, bytes) => {
  const file = path.join(root, 'encoded.yaml');
  writeFileSync(file, bytes);
  expect(await loadConfig(file, { catalogue, root, shownAs: 'w.yaml' })).toMatchObject({
    ok: false,
    issues: [
      { line: 1, column: 1, message: 'the file is not UTF-8, but UTF-16 or an older encoding; save it as UTF-8' },
    ],
  });
});

test('a byte order mark is no part of the first line', async () => {
  const file = path.join(root, 'marked.yaml');
  writeFileSync(file, `\uFEFF${source()}`.replace('name', 'naame'));
  const loaded = await loadConfig(file, { catalogue, root, shownAs: 'w.yaml' });
  expect(loaded.ok ? [] : loaded.issues.map(formatIssue)).toContain(
    'w.yaml:1:1: unknown key "naame"; did you mean "name"?',
  );
});

test('a file larger than 1 MiB is refused before it is parsed', () => {
  expect(issuesOf(`name: ${'a'.repeat(1024 * 1024)}`)).toEqual([
    'w.yaml:1:1: the file is larger than 1 MiB; a configuration is a few kilobytes',
  ]);
});

test('no text makes it throw', () => {
  const words = fc.constantFrom(
    'name',
    'sources',
    'github',
    ': ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '&a',
    '*a',
    '"',
    '|',
    '? ',
    '!!js ',
    '<<',
    '__proto__',
    'constructor',
    '1',
    'null',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words, { maxLength: 30 }).map((parts) => parts.join('')),
      ),
      (text) => {
        expect(parseConfig('w.yaml', text, { catalogue, root })).toHaveProperty('ok');
      },
    ),
    { numRuns: 500 },
  );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
