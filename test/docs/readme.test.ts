import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
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
