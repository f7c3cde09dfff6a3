import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CloudEvent } from 'cloudevents';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { github } from '../../../providers/github.ts';
import { createEventBridge } from '../../../src/consumer/forward/event-bridge.ts';
import { forwardToEventBus } from '../../../src/consumer/forward/to-event-bus.ts';
import type { VerifiedDelivery } from '../../../src/delivery/delivery.ts';
import { verifiedDelivery } from '../../fakes/delivery.ts';
import { startLocalEventBridge } from './local-event-bridge.ts';

let bridge: Awaited<ReturnType<typeof startLocalEventBridge>>;
let client: EventBridgeClient;
beforeEach(async () => {
  bridge = await startLocalEventBridge();
  client = new EventBridgeClient({
    endpoint: bridge.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await bridge.close();
});

const dispatch = (deliveries: readonly VerifiedDelivery[]) =>
  forwardToEventBus(createEventBridge({ client: async () => client, eventBus: 'acme-bus' }), github)(deliveries);
const one = async (change: Partial<VerifiedDelivery> = {}) => (await dispatch([verifiedDelivery(change)]))[0];
const entries = () => bridge.state.requests.flat();
const handled = (count: number) => Array.from({ length: count }, () => ({ kind: 'handled' }));
const batchOf = (count: number, bytes = 0) =>
  Array.from({ length: count }, (_, index) =>
    verifiedDelivery({ id: `id-${index}`, body: Buffer.from(JSON.stringify({ index, fill: 'x'.repeat(bytes) })) }),
  );

describe('a delivery that is forwarded to EventBridge', () => {
  test('is one event on the bus, whose detail is a CloudEvent that its SDK takes', async () => {
    expect(await one({ body: Buffer.from('{"big": 12345678901234567890, "a": "ä" }') })).toEqual({ kind: 'handled' });
    const [entry] = entries();
    expect(entry).toMatchObject({
      EventBusName: 'acme-bus',
      Source: 'hookport.github',
      DetailType: 'push',
      Time: 1_700_000_000.123,
    });
    // As it was written: parsing it would have lost the last digits.
    expect(entry?.Detail).toContain('"data":{"big": 12345678901234567890, "a": "ä" }');
    const event = new CloudEvent(JSON.parse(entry?.Detail ?? '') as Partial<CloudEvent>);
    expect(event.validate()).toBe(true);
    expect(event).toMatchObject({
      id: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      source: '/hookport/github/github',
      type: 'github.push',
      datacontenttype: 'application/json',
    });
  });

  test.each<[string, Partial<VerifiedDelivery>, string]>([
    ['a list', { body: Buffer.from('[1,2]') }, '"data":[1,2]}'],
    ['a byte order mark before it', { body: Buffer.from('\uFEFF{}') }, '"data":{}}'],
    [
      'a form with JSON in a field, as GitHub can send it',
      {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: Buffer.from(`payload=${encodeURIComponent('{"n":12345678901234567890}')}`),
      },
      '"data":{"n":12345678901234567890}}',
    ],
  ])('may hold %s', async (_, change, data) => {
    expect(await one(change)).toEqual({ kind: 'handled' });
    expect(entries()[0]?.Detail).toContain(data);
  });

  test.each<[string, Partial<VerifiedDelivery>]>([
    ['no type', { eventType: undefined }],
    ['an empty type', { eventType: '' }],
  ])('with %s has the provider for a detail-type', async (_, change) => {
    await one(change);
    expect(entries()[0]?.DetailType).toBe('github');
  });

  test('says that it may be a replay', async () => {
    await one({ suspectedReplay: true });
    const event = new CloudEvent(JSON.parse(entries()[0]?.Detail ?? '') as Partial<CloudEvent>);
    expect(event.validate()).toBe(true);
    expect(event).toMatchObject({ suspectedreplay: true });
  });

  test('with an endless type has one that EventBridge takes', async () => {
    await one({ eventType: 'x'.repeat(5000) });
    expect(entries()[0]?.DetailType).toHaveLength(128);
  });

  test('shares requests with others: ten at most, and together below a MiB', async () => {
    expect(await dispatch(batchOf(25))).toEqual(handled(25));
    expect(bridge.state.requests.map((request) => request.length)).toEqual([10, 10, 5]);
    bridge.state.requests.length = 0;
    expect(await dispatch(batchOf(5, 400_000))).toEqual(handled(5));
    expect(bridge.state.requests.map((request) => request.length).toSorted((a, b) => a - b)).toEqual([1, 2, 2]);
  });
});

describe('what EventBridge cannot take is rejected with its reason:', () => {
  test.each<[string, Partial<VerifiedDelivery>, string]>([
    ['what is not JSON', { body: Buffer.from('<xml/>') }, 'not JSON'],
    ['what is not UTF-8', { body: Uint8Array.of(0x22, 0xff, 0x22) }, 'not JSON'],
    ['an empty body', { body: Buffer.from('') }, 'not JSON'],
    ['what is too large', { body: Buffer.from(JSON.stringify('x'.repeat(1024 * 1024))) }, 'EventBridge takes 1048575'],
  ])('%s', async (_, change, detail) => {
    const outcome = await one(change);
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'forward_refused' });
    expect(JSON.stringify(outcome)).toContain(detail);
    expect(entries()).toEqual([]);
  });

  test('what is just as large as it takes is put', async () => {
    const { event } = { event: await one({ body: Buffer.from('"x"') }) };
    expect(event).toEqual({ kind: 'handled' });
    const [entry] = entries();
    const overhead = 14 + Buffer.byteLength(`${entry?.Source}${entry?.DetailType}${entry?.Detail}`) - 1;
    expect(await one({ body: Buffer.from(JSON.stringify('x'.repeat(1024 * 1024 - 1 - overhead))) })).toEqual({
      kind: 'handled',
    });
    expect(await one({ body: Buffer.from(JSON.stringify('x'.repeat(1024 * 1024 - overhead))) })).toMatchObject({
      kind: 'rejected',
    });
  });

  test('one of a batch, while its neighbours are put', async () => {
    const [first, second, third] = batchOf(3) as [VerifiedDelivery, VerifiedDelivery, VerifiedDelivery];
    const outcomes = await dispatch([first, { ...second, body: Buffer.from('no') }, third]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['handled', 'rejected', 'handled']);
    expect(entries()).toHaveLength(2);
  });

  test('one that EventBridge itself refuses', async () => {
    bridge.state.errorOf = ({ Detail }) => (Detail.includes('id-1') ? 'MalformedDetail' : undefined);
    const outcomes = await dispatch(batchOf(3));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['handled', 'rejected', 'handled']);
  });

  test('a request that EventBridge refuses as a whole is put one by one', async () => {
    bridge.state.fault = { status: 400, type: 'ValidationException' };
    expect(await dispatch(batchOf(2))).toMatchObject([
      { kind: 'rejected', reason: 'forward_refused' },
      { kind: 'rejected', reason: 'forward_refused' },
    ]);
  });
});

describe('what may succeed later is tried again:', () => {
  test('one of a request that is put one by one, while its neighbours are put once', async () => {
    bridge.state.faultOf = (request) => {
      if (request.length > 1) return { status: 400, type: 'ValidationException' };
      return request[0]?.Detail.includes('id-1') ? { status: 400, type: 'ThrottlingException' } : undefined;
    };
    const outcomes = await dispatch(batchOf(3));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['handled', 'failed', 'handled']);
    expect(outcomes[1]).toMatchObject({ reason: 'forward_failed' });
    expect(entries()).toHaveLength(2);
  });

  test('an entry that failed alone', async () => {
    bridge.state.errorOf = ({ Detail }) => (Detail.includes('id-1') ? 'ThrottlingException' : undefined);
    expect(await dispatch(batchOf(3))).toEqual([
      { kind: 'handled' },
      {
        kind: 'failed',
        reason: 'forward_failed',
        detail: 'EventBridge did not take the event: ThrottlingException',
      },
      { kind: 'handled' },
    ]);
  });

  test.each([
    [500, 'InternalException'],
    [400, 'AccessDeniedException'],
    [400, 'ResourceNotFoundException'],
  ])('a whole request, %d %s', async (status, type) => {
    bridge.state.fault = { status, type };
    expect(await dispatch(batchOf(2))).toMatchObject([
      { kind: 'failed', reason: 'forward_failed' },
      { kind: 'failed', reason: 'forward_failed' },
    ]);
  });
});
