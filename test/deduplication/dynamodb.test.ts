import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoDbDeduplication } from '../../src/deduplication/dynamodb.ts';
import { startLocalDynamoDb } from './local-dynamodb.ts';

const key = { source: 'github', deliveryId: 'd-1', keepSeconds: 3600, claimSeconds: 60 };

describe('deduplication in DynamoDB', () => {
  let table: Awaited<ReturnType<typeof startLocalDynamoDb>>;
  let now = 1_795_000_000_000;
  const pass = (seconds: number) => (now += seconds * 1000);
  /** A function of its own: claims are remembered in its memory. */
  const instance = () =>
    createDynamoDbDeduplication({
      client: new DynamoDBClient({
        endpoint: table.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        maxAttempts: 1,
      }),
      tableName: 't',
      clock: () => now,
    });

  beforeEach(async () => {
    table = await startLocalDynamoDb();
  });
  afterEach(() => table.close());

  it('takes a delivery once while it is being handled', async () => {
    expect(await instance().begin(key)).toBe('started');
    expect(await instance().begin(key)).toBe('inProgress');
  });

  it('takes a delivery once while it is being handled, also where that takes longer than completed ones are remembered', async () => {
    const long = { ...key, keepSeconds: 60, claimSeconds: 630 };
    expect(await instance().begin(long)).toBe('started');
    pass(629);
    expect(await instance().begin(long)).toBe('inProgress');
    pass(1);
    expect(await instance().begin(long)).toBe('started');
  });

  it('knows a completed delivery for as long as asked, and not longer', async () => {
    const first = instance();
    await first.begin(key);
    await first.complete(key);
    pass(3599);
    expect(await instance().begin(key)).toBe('completed');
    pass(1);
    expect(await instance().begin(key)).toBe('started');
  });

  it('lets another attempt take a delivery whose holder died', async () => {
    await instance().begin(key);
    pass(60);
    expect(await instance().begin(key)).toBe('started');
  });

  it('knows its own claim where the answer to it was lost, and the client asked again', async () => {
    const client = new DynamoDBClient({
      endpoint: table.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 2,
    });
    let asked = 0;
    client.middlewareStack.add(
      (next) => async (args) => {
        asked += 1;
        const isLost = asked === 1;
        const answer = await next(args);
        if (isLost) throw Object.assign(new Error('the connection broke'), { name: 'TimeoutError' });
        return answer;
      },
      { step: 'finalizeRequest', name: 'loseFirst', priority: 'low' },
    );
    const one = createDynamoDbDeduplication({ client, tableName: 't', clock: () => now });
    expect(await one.begin(key)).toBe('started');
    expect(asked).toBe(2);
    expect(await instance().begin(key)).toBe('inProgress');
    await one.release(key);
    expect(await instance().begin(key)).toBe('started');
  });

  it('gives a claim back after a failure', async () => {
    const first = instance();
    await first.begin(key);
    await first.release(key);
    expect(await instance().begin(key)).toBe('started');
  });

  it('gives back no claim that another attempt has taken over', async () => {
    const slow = instance();
    await slow.begin(key);
    pass(60);
    expect(await instance().begin(key)).toBe('started');
    await slow.release(key);
    expect(await instance().begin(key)).toBe('inProgress');
  });

  it('never gives back what completed', async () => {
    const first = instance();
    await first.begin(key);
    await first.complete(key);
    await first.release(key);
    expect(await instance().begin(key)).toBe('completed');
  });

  it('keeps sources and ids apart, and begins every key with the source', async () => {
    const one = instance();
    await one.begin(key);
    expect(await one.begin({ ...key, source: 'paddle' })).toBe('started');
    expect(await one.begin({ ...key, deliveryId: 'd-2' })).toBe('started');
    expect(await one.begin({ ...key, deliveryId: 'x'.repeat(10_000) })).toBe('started');
    for (const id of table.items.keys()) expect(id).toMatch(/^(github|paddle)#id#.{1,256}$/);
  });

  it('tells a body that came under another id', async () => {
    const one = instance();
    const signed = { ...key, bodyHash: 'a'.repeat(64) };
    await one.begin(signed);
    expect(await one.seenBody?.(signed)).toBe(false);
    expect(await one.seenBody?.(signed)).toBe(false);
    expect(await one.seenBody?.({ ...signed, deliveryId: 'd-2' })).toBe(true);
    expect(await one.seenBody?.({ ...signed, deliveryId: 'd-2', bodyHash: 'b'.repeat(64) })).toBe(false);
    await one.complete(signed);
    pass(3599);
    expect(await one.seenBody?.({ ...signed, deliveryId: 'd-3' })).toBe(true);
    pass(1);
    expect(await one.seenBody?.({ ...signed, deliveryId: 'd-3' })).toBe(false);
  });

  it('rejects when the table does not answer, so that the delivery waits', async () => {
    const one = instance();
    await table.close();
    await expect(one.begin(key)).rejects.toThrow('ECONNREFUSED');
    table = await startLocalDynamoDb();
  });
});
