import { describe, expect, it } from 'vitest';
import { identify } from '../../src/catalogue/identify.ts';
import { provider } from './provider.ts';

const body = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

describe('identify', () => {
  it('takes the first place that holds something', () => {
    const two = provider({
      eventType: [{ json: 'type' }, { header: 'x-type' }],
      deliveryId: { at: [{ json: 'id' }, { header: 'x-id' }], signed: true },
    });
    const headers = { 'x-type': 'by header', 'x-id': 'header-id' };
    expect(identify(two, { headers, body: body({ type: 'by body', id: 7 }) })).toEqual({
      eventType: 'by body',
      deliveryId: '7',
      idSigned: true,
    });
    expect(identify(two, { headers, body: body({ type: null, id: {} }) })).toEqual({
      eventType: 'by header',
      deliveryId: 'header-id',
      idSigned: false,
    });
  });

  it('names an event by the first key that the body holds, in the order of the definition', () => {
    const keyed = provider({ eventType: [{ jsonKey: ['message', 'poll'] }], deliveryId: 'hash' });
    const typeOf = (value: unknown) => identify(keyed, { headers: {}, body: body(value) }).eventType;
    expect(typeOf({ poll: {}, message: {} })).toBe('message');
    expect(typeOf({ id: 1, poll: null })).toBe('poll');
    for (const none of [{ id: 1 }, [], null, 'message', '{"__proto__":{"poll":1}}'])
      expect(typeOf(none)).toBeUndefined();
  });

  it('makes an id of several values, and of no less than all of them', () => {
    const several = provider({ deliveryId: { at: [{ jsonAll: ['a.id', 'type', 'at'] }], signed: true } });
    const idOf = (value: unknown) => identify(several, { headers: {}, body: body(value) });
    expect(idOf({ a: { id: 7 }, type: 'made', at: '10:00', try: 1 })).toMatchObject({
      deliveryId: '7/made/10:00',
      idSigned: true,
    });
    for (const none of [
      { a: { id: 7 }, type: 'made' },
      { a: { id: '' }, type: 'made', at: 1 },
      { a: { id: '7/made' }, type: 'x', at: 1 },
    ])
      expect(idOf(none).deliveryId).toMatch(/^sha256-/);
  });

  it('tells ids apart that are numbers of more digits than JavaScript keeps', () => {
    const numbered = provider({ eventType: [], items: { path: 'events', type: 'type' } });
    const idOf = (text: string) => identify(numbered, { headers: {}, body: body(text) });
    const [one, other] = [idOf('{"id":1234567890123456788}'), idOf('{"id":1234567890123456789}')];
    expect(one).toMatchObject({ deliveryId: expect.stringMatching(/^sha256-/) as string, idSigned: true });
    expect(other.deliveryId).not.toBe(one.deliveryId);
  });

  it('reads a form, JSON in a form field, and the query', () => {
    const formed = provider({
      eventType: [{ formJson: ['payload', 'a.type'] }, { form: 'type' }, { query: 'type' }],
      deliveryId: 'hash',
    });
    const typeOf = (text: string, query?: Record<string, string>) =>
      identify(formed, { headers: {}, body: body(text), ...(query && { query }) }).eventType;
    expect(typeOf('payload=%7B%22a%22%3A%7B%22type%22%3A%22x%22%7D%7D')).toBe('x');
    expect(typeOf('payload=no+JSON&type=y+z')).toBe('y z');
    expect(typeOf('', { type: 'q' })).toBe('q');
    // A field that stands twice says nothing.
    expect(typeOf('type=a&type=b')).toBeUndefined();
    // What somebody wrote into a text of a JSON body is no field.
    for (const text of ['hi &type=x& bye', 'hi &payload=%7B%22a%22%3A%7B%22type%22%3A%22x%22%7D%7D& bye'])
      expect(typeOf(JSON.stringify([{ text }]))).toBeUndefined();
  });

  it('hashes body and type where there is no id: the same for a redelivery, another for another event', () => {
    const hashed = provider({ eventType: [{ json: 'type' }], deliveryId: 'hash' });
    const idOf = (text: string) => identify(hashed, { headers: {}, body: body(text) });
    expect(idOf('{"type":"a"}')).toEqual(idOf('{"type":"a"}'));
    expect(idOf('{"type":"a"}')).toMatchObject({
      deliveryId: expect.stringMatching(/^sha256-[0-9a-f]{64}$/) as string,
      idSigned: true,
    });
    expect(idOf('{"type":"a"}').deliveryId).not.toBe(idOf('{"type":"b"}').deliveryId);
    const byHeader = provider({ eventType: [{ header: 'x-type' }], deliveryId: 'hash' });
    // Whoever changes the unsigned type gets another id.
    expect(identify(byHeader, { headers: { 'x-type': 'a' }, body: body('{}') }).idSigned).toBe(false);
    const token = provider({
      verify: { scheme: 'token', at: { header: 'x-signature' } },
      eventType: [{ json: 'type' }],
      deliveryId: 'hash',
    });
    expect(identify(token, { headers: {}, body: body('{"type":"a"}') }).idSigned).toBe(false);
  });

  it('tells when the event happened, by the first place that holds a time in its unit', () => {
    const timed = provider({
      occurredAt: [
        { at: { json: 'created' }, unit: 'seconds' },
        { at: { json: 'created' }, unit: 'iso8601' },
        { at: { header: 'x-id' }, unit: 'milliseconds' },
      ],
    });
    const timeOf = (created: unknown, headers = {}) => identify(timed, { headers, body: body({ created }) }).occurredAt;
    expect(timeOf(1_793_724_005)).toBe(1_793_724_005_000);
    expect(timeOf('2026-11-03T17:20:05.123456+01:00')).toBe(Date.UTC(2026, 10, 3, 16, 20, 5, 123));
    expect(timeOf('yesterday', { 'x-id': '1793724005123' })).toBe(1_793_724_005_123);
    for (const none of [undefined, null, -1, 1e15, '2026-02-30T00:00:00Z', '999999999999999', { a: 1 }])
      expect(timeOf(none)).toBeUndefined();
    expect(identify(provider(), { headers: {}, body: body({ created: 1 }) }).occurredAt).toBeUndefined();
  });

  it('never throws, and keeps nothing that is too long', () => {
    const long = 'a'.repeat(513);
    for (const text of ['', '{', 'null', '[]', '\0', '['.repeat(100_000), '{"__proto__":{"id":1}}', `{"id":"${long}"}`])
      expect(identify(provider(), { headers: { 'x-type': long }, body: body(text) })).toMatchObject({
        eventType: undefined,
        deliveryId: expect.stringMatching(/^sha256-/) as string,
      });
    expect(identify(provider(), { headers: { 'x-type': ['a', 'b'] }, body: body('{}') }).eventType).toBeUndefined();
    expect(identify(provider(), { headers: {}, body: Buffer.from([0xff]) }).eventType).toBeUndefined();
  });
});
