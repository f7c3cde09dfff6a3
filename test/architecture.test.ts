import { describe, expect, test } from 'vitest';
import { type Import, importsIn, importsOf, modulesIn, resolve } from './imports.ts';

/** Anybody may import these; they import nobody but each other. */
const base = [
  'src/errors.ts',
  'src/aws-advice.ts',
  'src/aws-few-at-once.ts',
  'src/aws-timeouts.ts',
  'src/clock.ts',
  'src/steady-clock.ts',
  'src/log.ts',
  'src/json-log.ts',
  'src/private-file.ts',
  'src/schema-version.ts',
  'src/terminal-text.ts',
  'src/sync-folder.ts',
  'src/full-disk.ts',
  'src/wal-sync.ts',
  'src/wal-writeback.ts',
  'src/thread-priority.ts',
];

/**
 * What each part may import, besides itself and the base: a folder with all that is in it, or one file. The part with the
 * longest matching path counts. A part that is not here may not exist.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(base.map((file) => [file, []])),
  'src/signature': [],
  'src/catalogue': ['src/signature'],
  providers: ['src/catalogue', 'src/signature'],
  'src/secrets': [],
  'src/deduplication': [],
  'src/queue': ['src/plan/plan.ts'],
  'src/config': [
    'src/catalogue',
    'src/signature',
    'src/secrets/variables.ts',
    'src/payload-schema',
    'src/consumer/backoff.ts',
  ],
  // A check is told as a function; what compiles one is loaded where there is a schema.
  'src/payload-schema': ['src/plan/plan.ts'],
  'src/plan': ['src/config/config.ts', 'src/catalogue', 'src/delivery/wire.ts'],
  'src/delivery': [
    'src/catalogue',
    'src/signature',
    'src/secrets',
    'src/deduplication',
    'src/queue/queue.ts',
    'src/payload-schema/check.ts',
    'src/plan/plan.ts',
    'src/plan/delivery-seconds.ts',
  ],
  'src/consumer': [
    'src/delivery',
    'src/queue',
    'src/catalogue',
    'src/secrets',
    'src/deduplication',
    'src/payload-schema/check.ts',
    // What is forwarded over HTTP is signed.
    'src/signature',
    'src/plan/plan.ts',
    'src/plan/delivery-seconds.ts',
  ],
  // What makes a provider's requests, for the command line and for the page; guides come as arguments.
  'src/sending': ['src/catalogue', 'src/signature'],
  'src/local': [
    'src/consumer',
    'src/delivery',
    'src/queue',
    'src/plan/plan.ts',
    'src/catalogue',
    'src/secrets',
    'src/deduplication',
    'src/signature',
    'src/payload-schema',
    'src/sending',
  ],
  // As a user's own code: by the package's name alone.
  examples: ['src/index.ts'],
  'src/index.ts': ['src/delivery', 'src/consumer', 'src/secrets', 'src/create-worker.ts'],
  'src/create-worker.ts': ['src/delivery', 'src/consumer', 'src/secrets', 'src/standalone-worker.ts'],
  'src/standalone-worker.ts': ['src', 'providers'],
  'src/worker-options.ts': ['src/delivery', 'src/plan', 'src/create-worker.ts'],
  // It reads the configuration for a provider that is declared there, and picks samples as `hookport send` does.
  'src/testing.ts': ['src/delivery', 'src/catalogue', 'src/config', 'src/sending/samples.ts', 'providers'],
  'src/cli': ['src', 'providers', 'package.json'],
  infra: ['src/plan', 'src/catalogue', 'src/consumer', 'src/payload-schema'],
  'infra/build-app.ts': ['infra', 'src/plan', 'src/config', 'providers'],
  'infra/app.ts': ['infra'],
};

/** These import what they are told at run time: a user's handler, or the catalogue. */
const computedImports = [
  'infra/bundle/consumer-entry.ts',
  'src/delivery/import-until-loaded.ts',
  'src/local/consumer-thread.ts',
  'src/local/handler-threads/thread.ts',
  'src/local/platform.ts',
];

/** Pure parts: data in, data out. Whatever reaches a network or a disk has no place in them. */
const pure: Readonly<Record<string, readonly string[]>> = {
  // node:buffer, node:util and node:querystring compute; they reach nothing outside.
  'src/signature': ['node:buffer', 'node:crypto', 'node:util'],
  'src/catalogue': ['node:crypto'],
  'src/plan': [],
  providers: [
    'node:crypto',
    'node:querystring',
    'node:zlib',
    '@octokit/webhooks-methods',
    '@octokit/webhooks-examples',
  ],
};

const lies = (file: string, within: string) => file === within || file.startsWith(`${within}/`);
/** Without the handlers: they are whoever's that clones it, and import what they like. */
const modules = ['src', 'providers', 'infra', 'examples']
  .flatMap((folder) => modulesIn(folder))
  .filter((file) => !lies(file, 'src/handlers'));
const imports = modules.flatMap((file) => importsOf(file));
const show = ({ from, line, specifier }: Import) => `${from}:${line} imports ${specifier ?? '(computed)'}`;

function partOf(file: string): string | undefined {
  return Object.keys(mayImport)
    .filter((part) => lies(file, part))
    .toSorted((a, b) => b.length - a.length)[0];
}

function isAllowed(from: string, to: string): boolean {
  const part = partOf(from);
  if (part === undefined) return false;
  return [part, ...base, ...(mayImport[part] ?? [])].some((allowed) => lies(to, allowed));
}

describe('imports', () => {
  test('are seen at all', () => {
    expect(modules.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(300);
  });

  test('go one way, as the table says', () => {
    const wrong = imports.filter((each) => {
      if (each.specifier === undefined) return false;
      const target = resolve(each);
      return 'file' in target && !isAllowed(each.from, target.file);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test('come from parts that the table knows', () => {
    expect(modules.filter((file) => partOf(file) === undefined)).toEqual([]);
  });

  test('are computed nowhere but where users’ modules are loaded', () => {
    const computed = imports.filter(({ specifier }) => specifier === undefined);
    expect([...new Set(computed.map(({ from }) => from))].toSorted()).toEqual(computedImports);
  });

  test('make no circle, not even of types', () => {
    expect(circles()).toEqual([]);
  });

  test('of a pure part name no client of a network or a disk', () => {
    const wrong = imports.filter((each) => {
      const part = Object.keys(pure).find((folder) => lies(each.from, folder));
      if (part === undefined || each.specifier === undefined) return false;
      const target = resolve(each);
      return 'package' in target && !pure[part]?.includes(target.package);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test('of the CDK stand in infra alone', () => {
    const wrong = imports.filter(
      ({ from, specifier = '' }) => /^(aws-cdk-lib|constructs|cdk-)/.test(specifier) && !lies(from, 'infra'),
    );
    expect(wrong.map(show)).toEqual([]);
  });
});

describe('the table', () => {
  test.each([
    ['src/signature/verify.ts', 'src/catalogue/provider.ts'],
    ['src/catalogue/registry.ts', 'providers/index.ts'],
    ['src/plan/make-plan.ts', 'src/delivery/pipeline.ts'],
    ['src/consumer/worker.ts', 'src/local/platform.ts'],
    ['src/signature-old/x.ts', 'src/errors.ts'],
    ['src/unknown/x.ts', 'src/errors.ts'],
    ['infra/webhook-stack.ts', 'src/config/load.ts'],
  ])('keeps %s from importing %s', (from, to) => {
    expect(isAllowed(from, to)).toBe(false);
  });

  test('has no part and no permission that nothing uses', () => {
    const used = imports.flatMap((each) => {
      const target = each.specifier === undefined ? undefined : resolve(each);
      return target && 'file' in target ? [{ part: partOf(each.from), to: target.file }] : [];
    });
    const idle = Object.entries(mayImport).flatMap(([part, allowed]) =>
      allowed
        .filter((to) => !used.some((each) => each.part === part && lies(each.to, to)))
        .map((to) => `${part} → ${to}`),
    );
    expect(idle).toEqual([]);
    expect(Object.keys(mayImport).filter((part) => !modules.some((file) => lies(file, part)))).toEqual([]);
  });
});

describe('the reader of imports', () => {
  test.each<[string, string | undefined, Import['when']]>([
    ["import { a } from './a.ts';", './a.ts', 'loading'],
    ["import type { A } from './a.ts';", './a.ts', 'loading'],
    ["import './a.ts';", './a.ts', 'loading'],
    ["export { a } from './a.ts';", './a.ts', 'loading'],
    ["export type * from './a.ts';", './a.ts', 'loading'],
    ["const a = await import('./a.ts');", './a.ts', 'deferred'],
    ["type A = import('./a.ts').A;", './a.ts', 'loading'],
    ["import a = require('./a.ts');", './a.ts', 'loading'],
    ["const a = require('./a.ts');", './a.ts', 'deferred'],
    ["new Worker(new URL('./a.ts', import.meta.url));", './a.ts', 'deferred'],
    ['await import(name);', undefined, 'deferred'],
  ])('sees %s', (text, specifier, when) => {
    expect(importsIn('x.ts', `\n${text}`)).toEqual([{ from: 'x.ts', line: 2, specifier, when }]);
  });

  test.each([
    "// import './a.ts'",
    '\'import("./a.ts")\'',
    'export const a = 1;',
    "new URL('./a.json', import.meta.url);",
  ])('sees nothing in %s', (text) => {
    expect(importsIn('x.ts', text)).toEqual([]);
  });

  test('refuses a file that does not parse, and an import that leads nowhere', () => {
    expect(() => importsIn('x.ts', 'import {')).toThrow('x.ts does not parse');
    expect(() => resolve(importOf('./nowhere.ts'))).toThrow('src/x.ts:1: there is no');
  });

  test('knows the project by its own name', () => {
    expect(resolve(importOf('hookport'))).toEqual({ file: 'src/index.ts' });
  });
});

const importOf = (specifier: string): Import => ({ from: 'src/x.ts', line: 1, specifier, when: 'loading' });

/** Circles of what is imported when a module is loaded, as `a → b → a`. */
function circles(): string[] {
  const targets = new Map<string, string[]>();
  for (const each of imports) {
    if (each.specifier === undefined || each.when === 'deferred') continue;
    const target = resolve(each);
    if ('file' in target) targets.set(each.from, [...(targets.get(each.from) ?? []), target.file]);
  }
  const found: string[] = [];
  const done = new Set<string>();
  const follow = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) found.push([...trail.slice(start), file].join(' → '));
    if (start >= 0 || done.has(file)) return;
    for (const next of targets.get(file) ?? []) follow(next, [...trail, file]);
    done.add(file);
  };
  for (const file of modules) follow(file, []);
  return found;
}
