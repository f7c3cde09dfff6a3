import { describe, expect, it } from 'vitest';
import { loadGuide } from '../../providers/samples/index.ts';
import { describeOther, otherCredential } from '../../src/catalogue/other-credential.ts';

describe('another credential of the provider than the one that signs', () => {
  it.each([
    ['stripe', 'sk_live_', 'a secret API key', 'begins with whsec_'],
    ['stripe', 'pk_test_', 'a publishable API key', 'begins with whsec_'],
    ['github', 'ghp_', 'a personal access token', 'a long random text of your own'],
    ['github', 'github_pat_', 'a personal access token', 'a long random text of your own'],
    ['shopify', 'shpat_', 'an access token', 'client secret'],
  ])('of %s is told by %s, and nothing else of it', async (provider, begins, is, instead) => {
    const other = otherCredential(await loadGuide(provider), `${begins}51HabcDEF`);
    expect(other).toEqual({ begins, is, instead: expect.stringContaining(instead) });
    expect(other && describeOther(other)).toBe(`begins with ${begins}: that is ${is}, which signs no webhook`);
  });

  it.each([
    ['stripe', 'whsec_51HabcDEF'],
    ['shopify', 'shpss_0123456789abcdef0123456789abcdef'],
    ['shopify', '0123456789abcdef0123456789abcdef'],
    ['github', 'a text with ghp_ in it'],
    ['paddle', 'sk_live_51HabcDEF'],
  ])('is not what %s may sign with: %s', async (provider, secret) => {
    expect(otherCredential(await loadGuide(provider), secret)).toBeUndefined();
  });

  it('is told of no provider without a guide', () => {
    expect(otherCredential(undefined, 'sk_live_51HabcDEF')).toBeUndefined();
  });
});
