import type { ProviderGuide } from '../../src/catalogue/provider.ts';

const guides: Readonly<Record<string, () => Promise<{ guide: ProviderGuide }>>> = {
  github: () => import('./github.ts'),
  paddle: () => import('./paddle.ts'),
  zendesk: () => import('./zendesk.ts'),
};

/** Setup steps and samples of a provider that comes with Hookport; undefined for another one. */
export async function loadGuide(id: string): Promise<ProviderGuide | undefined> {
  if (!Object.hasOwn(guides, id)) return undefined;
  return (await guides[id]?.())?.guide;
}
