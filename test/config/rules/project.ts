import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { Provider } from '../../../src/catalogue/provider.ts';
import { createCatalogue } from '../../../src/catalogue/registry.ts';
import { formatIssue } from '../../../src/config/issue.ts';
import { parseConfig } from '../../../src/config/load.ts';

const acme: Provider = {
  id: 'acme',
  name: 'Acme',
  docs: 'https://example.com/docs',
  checkedAt: '2026-01-31',
  verify: { scheme: 'token', at: { header: 'x-acme-token' } },
  headers: { 'x-acme-token': 'always' },
  eventType: [{ json: 'type' }],
  deliveryId: 'hash',
  retry: { text: 'for a day', horizonSeconds: 86_400 },
};
const timed: Provider = {
  ...acme,
  id: 'timed',
  name: 'Timed',
  verify: {
    alternatives: {
      timestamped: {
        scheme: 'hmac',
        hash: 'sha256',
        key: 'utf8',
        signature: { header: 'x-signature', encoding: 'hex' },
        timestamp: { from: { header: 'x-time' }, unit: 'seconds', toleranceSeconds: 300 },
        message: [{ part: 'timestamp' }, '.', { part: 'body' }],
      },
      token: { scheme: 'token', at: { header: 'x-acme-token' } },
    },
  },
};
const once: Provider = { ...acme, id: 'once', name: 'Once', retry: { text: 'never', horizonSeconds: 0 } };
const catalogue = createCatalogue([acme, timed, once]);

export interface RulesProject {
  root: string;
  /** The name of a file beside the project, which `src/out` leads to. */
  outside: string;
  /** What is wrong with a `w.yaml` of that text. */
  issuesOf(this: void, text: string): string[];
  /** Of a source `x` that forwards, with further settings from line 4 on. */
  withSettings(this: void, ...lines: string[]): string[];
  withSources(this: void, ...ids: string[]): string[];
}

/** A project with files that a configuration may name, until all tests of the file that asks for it have run. */
export function createRulesProject(): RulesProject {
  const root = mkdtempSync(path.join(tmpdir(), 'hookport-rules-'));
  const outside = `${root}-outside.ts`;
  mkdirSync(path.join(root, 'src/a folder.ts'), { recursive: true });
  writeFileSync(path.join(root, 'src/x.ts'), '');
  writeFileSync(path.join(root, 'src/..x.ts'), '');
  symlinkSync('loop.ts', path.join(root, 'src/loop.ts'));
  symlinkSync(path.dirname(root), path.join(root, 'src/out'));
  writeFileSync(outside, '');
  afterAll(() => {
    rmSync(root, { recursive: true });
    rmSync(outside);
  });

  function issuesOf(text: string): string[] {
    const loaded = parseConfig('w.yaml', text, { catalogue, root });
    return loaded.ok ? [] : loaded.issues.map(formatIssue);
  }
  return {
    root,
    outside: path.basename(outside),
    issuesOf,
    withSettings: (...lines) =>
      issuesOf(
        [
          'name: n',
          'sources:',
          '  x: { provider: timed, forward: { queue: true },',
          ...lines.map((line) => `    ${line}`),
          '  }',
          '',
        ].join('\n'),
      ),
    withSources: (...ids) =>
      issuesOf(`name: n\nsources:\n${ids.map((id) => `  ${id}: { provider: acme }\n`).join('')}`),
  };
}
