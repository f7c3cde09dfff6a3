import { describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { loadGuide } from '../../providers/samples/index.ts';
import { chooseSamples } from '../../src/cli/send/choose-sample.ts';

const choose = (provider: string, event?: string, alternative?: string) =>
  loadGuide(provider).then((guide) => chooseSamples(catalogue.get(provider)!, guide, event, alternative));
const events = async (...asked: Parameters<typeof choose>) => (await choose(...asked)).map(({ event }) => event);

describe('choosing samples', () => {
  it('takes those that the configured way of verifying signs; the first way if none is named', async () => {
    expect(await events('adyen', undefined)).toEqual(['AUTHORISATION']);
    expect(await events('adyen', 'CAPTURE', 'payments')).toEqual(['CAPTURE']);
    expect(await events('adyen', undefined, 'platform')).toEqual(['balancePlatform.transfer.created']);
    await expect(choose('adyen', 'CAPTURE', 'platform')).rejects.toMatchObject({ code: 'usage' });
  });

  it('takes every sample where all ways sign them', async () => {
    expect(await events('gitlab', 'push', 'secret-token')).toEqual(['push']);
  });

  it('says which events there are', async () => {
    await expect(choose('stripe', 'nothing')).rejects.toThrow('stripe has no sample of the event "nothing"');
    const nobody = { ...catalogue.get('stripe')!, id: 'nobody' };
    await expect(chooseSamples(nobody, undefined, undefined)).rejects.toMatchObject({ code: 'usage' });
  });
});
