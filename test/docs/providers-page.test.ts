import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { loadGuide } from '../../providers/samples/index.ts';
import { providersPage } from '../../scripts/providers-page.ts';

describe('docs/providers.md', () => {
  it('is what `npm run docs` would write now', async () => {
    expect(await readFile(new URL('../../docs/providers.md', import.meta.url), 'utf8')).toBe(await providersPage());
  });

  it('tells of every provider how it is proved, and where it is documented', async () => {
    const page = await providersPage();
    for (const id of catalogue.ids()) {
      const proof = (await loadGuide(id))?.proof;
      expect(page).toContain(`| \`${id}\` |`);
      expect(page).toContain(`<${catalogue.get(id)?.docs ?? 'none'}>`);
      expect(page).toContain(`| ${proof?.kind ?? 'self'}: ${(proof?.source ?? 'itself').replaceAll('|', '\\|')} |`);
    }
  });

  it('marks what no page was found for, and nothing else', async () => {
    const sections = (await providersPage()).split(/^## /m).slice(1);
    const marked = sections.map((text) => [
      /\| id \| `(.+)` \|/.exec(text)?.[1],
      [...text.matchAll(/^\| (.+) \| .* \(\?\) \|$/gm)].map(([, fact]) => fact),
    ]);
    const names = { retry: 'sends again', answerSeconds: 'waits for an answer', bodyBytes: 'largest body' };
    expect(marked).toEqual(
      catalogue.ids().map((id) => [id, (catalogue.get(id)?.unconfirmed ?? []).map((fact) => names[fact])]),
    );
  });

  it('links each row of its table to a section', async () => {
    const page = await providersPage();
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link);
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, name]) =>
      (name ?? '').toLowerCase().replaceAll('.', '').replaceAll(' ', '-'),
    );
    expect(links).toEqual(headings);
    expect(links).toHaveLength(catalogue.ids().length);
  });
});
