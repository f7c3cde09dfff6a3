import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { errorsPage } from '../../scripts/errors-page.ts';
import { errorCodes } from '../../src/errors.ts';
import { modulesIn } from '../imports.ts';

describe('docs/errors.md', () => {
  it('is what `npm run docs` would write now', async () => {
    expect(await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')).toBe(errorsPage());
  });

  it('tells every kind of code and reason', () => {
    for (const each of ['config_invalid', 'signature_mismatch', 'context_mismatch', 'handler_timeout'])
      expect(errorsPage()).toContain(`| \`${each}\` |`);
  });

  it('tells no code that nothing throws', async () => {
    const files = modulesIn('src').filter((file) => file !== 'src/errors.ts');
    const texts = await Promise.all(files.map((file) => readFile(new URL(`../../${file}`, import.meta.url), 'utf8')));
    const code = texts.join('\n');
    expect(Object.keys(errorCodes).filter((each) => !code.includes(`'${each}'`))).toEqual([]);
  });
});
