import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import examples from '@octokit/webhooks-examples';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { catalogue } from '../providers/index.ts';
import { loadGuide } from '../providers/samples/index.ts';
import { identify } from '../src/catalogue/identify.ts';
import { mappedHeaders } from '../src/catalogue/mapped-headers.ts';
import { schemesOf } from '../src/catalogue/scheme-of.ts';
import { samplesOf } from '../src/sending/samples.ts';
import { ownProvidersYaml } from './fixtures/own-providers.ts';
import { defineBatchHandler, defineHandler, type Handler, PermanentError } from 'hookport';
import { testDelivery, testHandler } from 'hookport/testing';

describe('a delivery for tests', () => {
  test('is the sample of that event, as a handler gets it', async () => {
    const delivery = await testDelivery('github', 'push');
    expect(delivery).toMatchObject({ source: 'github', provider: 'github', eventType: 'push', attempt: 1 });
    const all = examples as unknown as { name: string; examples: unknown[] }[];
    expect(delivery.payload).toEqual(all.find(({ name }) => name === 'push')?.examples[0]);
    expect(JSON.parse(Buffer.from(delivery.body).toString())).toEqual(delivery.payload);
    expect(delivery.headers).toHaveProperty('x-github-event', 'push');
  });

  test('is what the test makes of it', async () => {
    const delivery = await testDelivery('github', 'push', {
      id: 'mine',
      attempt: 3,
      payload: { ref: 'x' },
      headers: { 'x-github-hook-id': '7' },
    });
    expect(delivery).toMatchObject({ id: 'mine', attempt: 3, payload: { ref: 'x' } });
    expect(delivery.headers).toHaveProperty('x-github-hook-id', '7');
  });

  test('has a payload in the form in which the provider sends it: as JSON, a slash command had no event type', async () => {
    const fields = { command: '/deploy', text: 'main & tag' };
    const command = await testDelivery('slack', '/deploy', { payload: fields });
    expect(command).toMatchObject({ eventType: '/deploy', payload: fields });
    expect(Buffer.from(command.body).toString()).toBe('command=%2Fdeploy&text=main+%26+tag');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const push = await testDelivery('github', 'push', { payload: { ref: 'x' }, headers });
    expect(push.payload).toEqual({ ref: 'x' });
    expect(Buffer.from(push.body).toString()).toBe('payload=%7B%22ref%22%3A%22x%22%7D');
    const nested = await testDelivery('twilio', undefined, { payload: { a: { b: 1 } } });
    expect(nested.payload).toEqual({ a: { b: 1 } });
  });

  test('says when its event happened, where the provider tells', async () => {
    const paddle = await testDelivery('paddle', 'transaction.completed');
    expect(paddle.occurredAt).toEqual(new Date((paddle.payload as { occurred_at: string }).occurred_at));
    expect((await testDelivery('github', 'push')).occurredAt).toBeUndefined();
  });

  test('is of a provider that a configuration declares, from its samples or made up', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hookport-testing-'));
    const config = path.join(folder, 'w.yaml');
    writeFileSync(config, `name: n\nsources: {}\n${ownProvidersYaml}`);
    const given = await testDelivery('acme-hmac', 'order.paid', { config });
    expect(given).toMatchObject({ provider: 'acme-hmac', id: 'evt_8', eventType: 'order.paid', idSigned: true });
    const form = await testDelivery('acme-token', undefined, { config });
    expect(form).toMatchObject({ eventType: 'sample.created', payload: { kind: 'sample.created' } });
    await expect(testDelivery('acme-hmca', undefined, { config })).rejects.toThrow(/no provider "acme-hmca".*w\.yaml/);
    rmSync(folder, { recursive: true });
  });

  test('has the headers and the id that a source would see: what comes sometimes is never mapped', async () => {
    for (const id of catalogue.ids()) {
      const provider = catalogue.get(id)!;
      const guide = await loadGuide(id);
      for (const [way, scheme] of Object.entries(schemesOf(provider))) {
        const verify = way === '' ? undefined : way;
        const samples = await samplesOf(provider, guide, verify);
        const byNames = new Map(samples.map((sample) => [Object.keys(sample.headers).join(), sample]));
        for (const { event, headers } of byNames.values()) {
          const delivery = await testDelivery(id, event, { ...(verify !== undefined && { verify }) });
          const kept = mappedHeaders(provider, scheme);
          const mapped = Object.keys(headers).filter((name) => kept[name] === 'always');
          expect(Object.keys(delivery.headers), `${id} ${way} ${event}`).toEqual(mapped);
          const { idSigned } = identify(
            provider,
            { headers: delivery.headers, query: delivery.query, body: delivery.body },
            verify,
          );
          expect(delivery.idSigned, `${id} ${way} ${event}`).toBe(idSigned);
        }
      }
    }
  });

  test('is of the way of signing that the sample or the test names', async () => {
    const signed = await testDelivery('gitlab', 'push');
    expect(signed).toMatchObject({ idSigned: true, headers: { 'webhook-id': signed.id } });
    const token = await testDelivery('gitlab', 'push', { verify: 'secret-token' });
    expect(token.headers).not.toHaveProperty('webhook-id');
    expect(token).toMatchObject({ idSigned: false, id: expect.stringMatching(/^sha256-/) });
    expect((await testDelivery('adyen', 'balancePlatform.transfer.created')).idSigned).toBe(true);
    await expect(testDelivery('gitlab', 'push', { verify: 'secret' })).rejects.toMatchObject({
      message: expect.stringContaining('secret-token'),
    });
  });

  test('refuses a header or parameter that no delivery of the provider has', async () => {
    await expect(
      testDelivery('shopify', 'orders/create', { headers: { 'X-Shopify-Event-Id': 'e' } }),
    ).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('x-shopify-event-id') });
    await expect(testDelivery('github', 'push', { query: { a: 'b' } })).rejects.toMatchObject({ code: 'usage' });
    const own = await testDelivery('github', 'push', { headers: { 'X-GitHub-Event': 'ping' } });
    expect(own).toMatchObject({ eventType: 'ping', headers: { 'x-github-event': 'ping' } });
  });

  test('narrows its payload', async () => {
    const delivery = await testDelivery('github', 'issues');
    expect(delivery.is('push')).toBe(false);
    if (delivery.is('push')) expectTypeOf(delivery.payload.ref).toEqualTypeOf<string>();
    if (delivery.is('issues')) expectTypeOf(delivery.payload.issue.number).toEqualTypeOf<number>();
    expectTypeOf(delivery.payload).toEqualTypeOf<unknown>();
    // @ts-expect-error -- GitHub has no such event
    expect(delivery.is('pusch')).toBe(false);
  });

  test('exists for every provider that has samples', async () => {
    for (const id of catalogue.ids()) expect((await testDelivery(id)).provider).toBe(id);
  });

  test('of an unknown provider or event is refused, with what there is', async () => {
    await expect(testDelivery('gihub')).rejects.toMatchObject({ code: 'usage' });
    await expect(testDelivery('zoom', 'pusch')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('meeting.started'),
    });
    await expect(testDelivery('stripe', 'invoice.paid')).rejects.toThrow(/leave it undefined, and give its payload$/);
    const paid = await testDelivery('stripe', undefined, { payload: { type: 'invoice.paid', id: 'evt_2' } });
    expect(paid).toMatchObject({ id: 'evt_2', eventType: 'invoice.paid' });
  });
});

describe('a handler in a test', () => {
  test('that its source would refuse is refused as there: every delivery would fail', async () => {
    const delivery = await testDelivery('stripe');
    const other = await testHandler(
      defineHandler('github', () => undefined),
      [delivery, delivery],
    );
    const detail = "it is written for provider github, and the source's is stripe";
    const failed = { kind: 'failed', reason: 'handler_not_loaded', detail };
    expect(other).toEqual({ outcomes: [failed, failed], log: [] });
    const plain = await testHandler((() => undefined) as unknown as Handler, delivery);
    expect(plain.outcomes).toMatchObject([
      { reason: 'handler_not_loaded', detail: expect.stringContaining('defineHandler') },
    ]);
  });

  test('of one provider takes no batch in which another has a part', async () => {
    const handler = defineBatchHandler('stripe', () => undefined);
    const { outcomes } = await testHandler(handler, [await testDelivery('stripe'), await testDelivery('github')]);
    expect(outcomes).toMatchObject([{ reason: 'handler_not_loaded' }, { reason: 'handler_not_loaded' }]);
  });

  test('is given deliveries, or the test is told what it gave instead', async () => {
    const handler = defineHandler(() => undefined);
    const delivery = await testDelivery('stripe');
    for (const [given, message] of [
      [testDelivery('stripe'), 'testHandler was given a promise: await what testDelivery gives'],
      [undefined, 'testHandler was given undefined, which is no delivery'],
      [{ ...delivery }, expect.stringMatching(/a copy of a delivery.*tell testDelivery what shall differ/)],
      [[delivery, { ...delivery, attempt: 5 }], expect.stringContaining('a copy of a delivery')],
    ] as [typeof delivery, unknown][])
      await expect(testHandler(handler, given)).rejects.toMatchObject({ code: 'usage', message });
  });

  test('shows its outcome and its log', async () => {
    const handler = defineHandler((delivery, { log }) => {
      log.warn('seen', { id: delivery.id });
      throw new PermanentError('no');
    });
    expect(await testHandler(handler, await testDelivery('github', 'ping', { id: 'x' }))).toEqual({
      outcomes: [{ kind: 'rejected', reason: 'permanent_error', detail: 'PermanentError: no' }],
      log: [{ level: 'warn', message: 'seen', fields: { source: 'github', deliveryId: 'x', id: 'x' } }],
    });
  });

  test('logs a field of a payload beside the source and the id by which lines are found', async () => {
    const handler = defineHandler((_, { log }) => log.info('paid', { source: 'utm', amount: 5 }));
    const { log } = await testHandler(handler, await testDelivery('github', 'ping', { id: 'x' }));
    expect(log[0]?.fields).toEqual({ source: 'github', deliveryId: 'x', source_: 'utm', amount: 5 });
  });

  test('takes batches', async () => {
    const handler = defineBatchHandler((deliveries, { fail }) => fail(deliveries[1]!, new Error('second')));
    const { outcomes } = await testHandler(handler, [await testDelivery('github'), await testDelivery('paddle')]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['handled', 'failed']);
  });
});
