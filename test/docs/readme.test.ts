import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeResult } from '../../bench/lib/results.ts';
import { accept, mainCase } from '../../bench/parts/accept.ts';
import { withCommands } from '../../scripts/readme-commands.ts';
import { withFigures } from '../../scripts/readme-figures.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test('README.md lists the commands that the program has, as `npm run docs` would', async () => {
  expect(await withCommands(readme)).toBe(readme);
  for (const each of ['init', 'dlq show <source> <id>', 'completion <shell>'])
    expect(readme).toContain(`| \`${each}\` |`);
});

test('README.md has the figures that `bench/results` hold, as `npm run docs` would', () => {
  expect(withFigures(readme)).toBe(readme);
});

test('its figures name what was measured and how many goals were missed, or that nothing was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hookport-readme-'));
  try {
    expect(withFigures(readme, folder)).toContain('No figures of this version are kept');
    const measured = (contender: string, perSecond: number) => ({
      case: mainCase,
      contender,
      round: 0,
      values: { perSecond, p99: 2 },
    });
    writeResult(folder, {
      part: accept.name,
      measuredAt: '2026-01-01T00:00:00Z',
      machine: { cpu: 'A', cores: 2, memoryGiB: 4, kernel: '6', node: 'v24.0.0' },
      versions: {},
      rounds: 1,
      measurements: [measured('hookport', 600), measured('limitSync', 900), measured('limitAsync', 1000)],
    });
    const page = withFigures(readme, folder);
    expect(page).toContain('| **600** | 1,000 (0.60×) |');
    expect(page).toContain('Of the 2 goals that the benchmark checks, 1 is reached.');
    expect(page).toContain('Measured until 2026-01-01 on 2 × A, 4 GiB, Node v24.0.0.');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
