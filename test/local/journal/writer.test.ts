import { describe, expect, it } from 'vitest';
import type { DeliveryRecord } from '../../../src/delivery/record.ts';
import { createJournalWriter } from '../../../src/local/journal/writer.ts';
import { aRecord } from './records.ts';

function recordingLog() {
  const lines: string[] = [];
  const line = (message: string, fields = {}) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  return { lines, log: { debug: line, info: line, warn: line, error: line } };
}

describe('the journal writer', () => {
  it('gathers what comes while a batch is being written', async () => {
    const batches: number[] = [];
    const first = Promise.withResolvers<void>();
    const writer = createJournalWriter({
      append: async (records) => {
        batches.push(records.length);
        if (batches.length === 1) await first.promise;
      },
      log: recordingLog().log,
    });
    writer.record(aRecord());
    const flushed = writer.flush();
    for (let index = 0; index < 5; index++) writer.record(aRecord());
    first.resolve();
    await flushed;
    expect(batches).toEqual([1, 5]);
  });

  it('writes by itself after a while, also after a flush that had nothing to do', async () => {
    const written = Promise.withResolvers<readonly DeliveryRecord[]>();
    const writer = createJournalWriter({
      append: async (records) => written.resolve(records),
      log: recordingLog().log,
      gatherMs: 1,
    });
    await writer.flush();
    writer.record(aRecord());
    expect(await written.promise).toHaveLength(1);
  });

  it('leaves records out, and says so, rather than to fill memory behind a slow journal', async () => {
    const { lines, log } = recordingLog();
    const first = Promise.withResolvers<void>();
    let written = 0;
    const writer = createJournalWriter({
      append: async (records) => {
        written += records.length;
        await first.promise;
      },
      log,
      maxWaitingBytes: 10_000,
    });
    writer.record(aRecord());
    const flushed = writer.flush();
    for (let index = 0; index < 100; index++) writer.record(aRecord({ body: 'x'.repeat(1_000) }));
    first.resolve();
    await flushed;
    expect(written).toBe(7);
    expect(lines).toEqual([expect.stringContaining('{"leftOut":94}')]);
  });

  it('goes on after a batch that could not be written', async () => {
    const { lines, log } = recordingLog();
    let calls = 0;
    const writer = createJournalWriter({
      append: () => (++calls === 1 ? Promise.reject(new Error('disk full')) : Promise.resolve()),
      log,
    });
    writer.record(aRecord());
    await writer.flush();
    writer.record(aRecord());
    await writer.flush();
    expect(calls).toBe(2);
    expect(lines[0]).toContain('disk full');
  });

  it('tells once that it cannot write, and once how many were lost', async () => {
    const { lines, log } = recordingLog();
    let isFull = true;
    const writer = createJournalWriter({
      append: () => (isFull ? Promise.reject(new Error('disk full')) : Promise.resolve()),
      log,
    });
    for (let batch = 0; batch < 20; batch++) {
      if (batch === 19) isFull = false;
      writer.record(aRecord());
      await writer.flush();
    }
    expect(lines).toEqual([
      'deliveries could not be written to the journal {"deliveries":1,"error":"Error: disk full"}',
      'the journal can be written again {"lost":19}',
    ]);
  });
});
