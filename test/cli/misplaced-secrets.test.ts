import { expect, test, vi } from 'vitest';
import { loadGuide } from '../../providers/samples/index.ts';
import { describeMisplaced } from '../../src/cli/misplaced-secrets.ts';
import { HookportError } from '../../src/errors.ts';
import { sourcePlan } from '../infra/plans.ts';

const values: Readonly<Record<string, string>> = { 'my-shop': 'sk_live_51HabcDEF', github: 'a long random text' };
const secrets = {
  origin: async () => '.env' as const,
  read: async (source: string) => {
    const value = values[source];
    if (value === undefined) throw new HookportError('secret_unusable', 'begins with white space');
    return { secrets: [{ version: 'current', value }], readAt: 0 };
  },
};

test('a secret that is another credential of its provider is told by its variable, with what to take instead', async () => {
  const sources = [
    sourcePlan('my-shop', { provider: 'stripe' }),
    sourcePlan('github'),
    // What else is wrong with a secret stands beside its source.
    sourcePlan('other', { provider: 'stripe' }),
  ];
  expect(await describeMisplaced(sources, secrets, loadGuide)).toEqual([
    '  MY_SHOP_WEBHOOK_SECRET begins with sk_live_: that is a secret API key, which signs no webhook. Set it to the Signing secret of the webhook endpoint, which begins with whsec_.',
    '',
  ]);
});

test('nothing is said where each secret may be one', async () => {
  expect(await describeMisplaced([sourcePlan('github')], secrets, loadGuide)).toEqual([]);
});

test('none is read, and so made, where one for development counts', async () => {
  const read = vi.fn<typeof secrets.read>(secrets.read);
  const origin = async () => 'development' as const;
  expect(await describeMisplaced([sourcePlan('github')], { origin, read }, loadGuide)).toEqual([]);
  expect(read).not.toHaveBeenCalled();
});
