import { constants } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { createIntakeReader } from '../../../../src/queue/embedded/intake/reader.ts';
import type { AppendFile } from '../../../../src/queue/embedded/intake/append-file.ts';
import { isPadding } from '../../../../src/queue/embedded/intake/record.ts';
import { segmentBytes, startOfSegment } from '../../../../src/queue/embedded/intake/segments.ts';
import { createIntakeWriter, type IntakeWriter, mostAheadBytes } from '../../../../src/queue/embedded/intake/writer.ts';

const start = startOfSegment(5) - 3000;

/** A log in memory that fails when told, and whose syncs end when told. */
class FakeFile implements AppendFile {
  bytes = Buffer.alloc(4 * segmentBytes);
  refusal: Error | undefined;
  syncs: ((error: Error | null) => void)[] = [];

  write(pieces: readonly Uint8Array[], position: number): void {
    if (this.refusal) throw this.refusal;
    Buffer.concat(pieces).copy(this.bytes, position - start);
  }

  read(target: Buffer, length: number, position: number): number {
    return this.bytes.copy(target, 0, position - start, position - start + length);
  }

  sync(done: (error: Error | null) => void): void {
    this.syncs.push(done);
  }

  close(): void {}
}

/** One to schedule, one to see that no more comes, one to flush. */
async function turnOfEvents(): Promise<void> {
  await turn();
  await turn();
  await turn();
}

let file: FakeFile;
let writer: IntakeWriter;
let announced: number[];
let broken: Error[];
let catchUps: PromiseWithResolvers<void>[];
let answers: string[];
beforeEach(() => {
  file = new FakeFile();
  [announced, broken, catchUps, answers] = [[], [], [], []];
  writer = createIntakeWriter({
    file,
    at: start,
    announce: (position) => void announced.push(position),
    catchUp() {
      const one = Promise.withResolvers<void>();
      catchUps.push(one);
      return one.promise;
    },
    broken: (error) => void broken.push(error),
  });
});

function send(name: string, bytes = 10, attributes = '{}'): void {
  const record = { queue: 1, messageId: name.padEnd(36), attributes, delayMs: 0, sentAt: 1 };
  writer.send({ ...record, body: Buffer.alloc(bytes, 'x') }).then(
    () => answers.push(name),
    (error: { code: string }) => answers.push(`${name} ${error.code}`),
  );
}

async function syncEnds(error: Error | null = null): Promise<void> {
  file.syncs.shift()!(error);
  await turnOfEvents();
}

/** The names of what stands in the log from the beginning. */
function names(from = start): string[] {
  const reader = createIntakeReader({
    read: (target, length, position) => file.read(target, length, position),
    sync() {},
    segments: () => [],
    free() {},
  });
  const found: string[] = [];
  for (let at = from; ;) {
    const { records, end } = reader.read(at, at + segmentBytes);
    if (records.length === 0) return found;
    found.push(...records.filter((record) => !isPadding(record)).map(({ messageId }) => messageId.trimEnd()));
    at = end;
  }
}

describe('the writing end of the intake log', () => {
  test('answers once all is on disk, and announces it before; what comes meanwhile shares the next sync', async () => {
    send('a');
    send('b');
    await turnOfEvents();
    expect(file.syncs).toHaveLength(1);
    expect(names()).toEqual(['a', 'b']);
    send('c');
    send('d');
    await turnOfEvents();
    expect(answers).toEqual([]);
    expect(announced).toEqual([]);
    expect(file.syncs).toHaveLength(1);
    await syncEnds();
    expect(answers).toEqual(['a', 'b']);
    expect(announced).toHaveLength(1);
    expect(names(announced[0])).toEqual(['c', 'd']);
    await syncEnds();
    expect(answers).toEqual(['a', 'b', 'c', 'd']);
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('writes short and long ones in their order, over the end of a segment too', async () => {
    const sizes = [10, 70_000, 10, 20, 300_000, 65_536, 65_535, 10];
    for (const [index, bytes] of sizes.entries()) send(String(index), bytes);
    await turnOfEvents();
    await syncEnds();
    expect(names()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect(names(startOfSegment(5))).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    // Where a batch used up much memory, the next begins anew.
    for (const [index, bytes] of [...sizes, ...Array.from({ length: 40 }, () => 60_000), ...sizes].entries())
      send(`again ${index}`, bytes);
    await turnOfEvents();
    await syncEnds();
    send('last', 70_000);
    await turnOfEvents();
    await syncEnds();
    expect(names(startOfSegment(5))).toHaveLength(7 + 2 * sizes.length + 40 + 1);
    expect(answers).toHaveLength(3 * sizes.length + 40 + 1);
  });

  test('waits on after several at once, as long as each turn brings another', async () => {
    send('a');
    send('b');
    await turnOfEvents();
    await syncEnds();
    send('c');
    await turn();
    send('d');
    await turn();
    send('e');
    await turn();
    expect(file.syncs).toHaveLength(0);
    await turnOfEvents();
    expect(file.syncs).toHaveLength(1);
    await syncEnds();
    expect(answers).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('does not wait on without end', async () => {
    send('a');
    send('b');
    await turnOfEvents();
    await syncEnds();
    for (let sent = 0; file.syncs.length === 0; sent += 1) {
      expect(sent).toBeLessThan(10);
      send(String(sent));
      await turn();
    }
    await syncEnds();
    expect(answers).toContain('0');
  });

  test('does not wait after one alone', async () => {
    send('a');
    await turnOfEvents();
    await syncEnds();
    send('b');
    await turn();
    expect(file.syncs).toHaveLength(1);
  });

  test.each([2500, 2840, 2870, 2926])(
    'begins a record in the next segment that does not fit into this (%i bytes before it)',
    async (bytes) => {
      send('first', bytes);
      send('over the end', 2500);
      await turnOfEvents();
      expect(names()).toEqual(['first', 'over the end']);
      expect(names(startOfSegment(5))).toEqual(['over the end']);
    },
  );

  test('leaves no more of a segment empty than a reader can come past', async () => {
    // Into the next segment, of which then five of sixteen are left.
    send('first', 2500);
    for (let index = 0; index < 11; index++) send(String(index), 2 ** 20);
    // Attributes of a message of 1 MiB, each character of them escaped.
    send('long', 10, '\\"'.repeat(2 ** 20));
    send('behind', 10);
    await turnOfEvents();
    expect(names().slice(-2)).toEqual(['long', 'behind']);
  });

  test.each([
    ['a full disk', 'ENOSPC: no space left on device, write', { code: 'ENOSPC', errno: -28 }],
    // As Node has it.
    [
      'a used up quota',
      'Unknown system error -122',
      { code: 'Unknown system error -122', errno: -constants.errno.EDQUOT },
    ],
    // Where the next segment begins.
    ['a process without a descriptor to spare', 'EMFILE: too many open files, open', { code: 'EMFILE', errno: -24 }],
  ])(
    'refuses what %s does not take, and what was gathered behind it, and goes on when there is room',
    async (_, ...of) => {
      const [message, fields] = of;
      file.refusal = Object.assign(new Error(message), fields);
      send('a');
      await turnOfEvents();
      file.refusal = undefined;
      send('b');
      await turnOfEvents();
      await syncEnds();
      expect(answers).toEqual(['a queue_unavailable', 'b']);
      expect(names()).toEqual(['b']);
      expect(broken).toEqual([]);
    },
  );

  test('accepts nothing more after any other error of a write', async () => {
    file.refusal = Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' });
    send('a');
    await turnOfEvents();
    file.refusal = undefined;
    send('b');
    await turnOfEvents();
    expect(answers).toEqual(['a queue_unavailable', 'b queue_unavailable']);
    expect(broken).toHaveLength(1);
    expect(file.syncs).toEqual([]);
  });

  test('accepts nothing more after a sync that failed, not even what a later one would cover', async () => {
    send('a');
    await turnOfEvents();
    send('b');
    await syncEnds(new Error('EIO'));
    send('c');
    await turnOfEvents();
    expect(answers).toEqual(['a queue_unavailable', 'b queue_unavailable', 'c queue_unavailable']);
    expect(announced).toEqual([]);
    expect(broken).toHaveLength(1);
    await writer.settled();
  });

  test('is no further ahead of what the engine has on disk than it may be: what would be waits', async () => {
    // Fifteen stand in a segment of 16 MiB.
    const many = (15 * mostAheadBytes) / segmentBytes;
    for (let index = 0; index < many; index++) send(String(index), 2 ** 20);
    await turnOfEvents();
    await syncEnds();
    expect(answers).toHaveLength(many);
    send('late', 2 ** 20);
    send('later', 2 ** 20);
    await turnOfEvents();
    expect(file.syncs).toEqual([]);
    expect(names().at(-1)).toBe(String(many - 1));
    writer.freed(start + 2 ** 20 + 10_000);
    await turnOfEvents();
    await syncEnds();
    expect(answers.slice(many)).toEqual(['late']);
    writer.freed(announced[0]!);
    await turnOfEvents();
    await syncEnds();
    expect(answers.slice(many)).toEqual(['late', 'later']);
  });

  test('accepts nothing while the engine cannot write, and asks it once for all that wait', async () => {
    writer.stalled();
    send('a');
    send('b');
    await turnOfEvents();
    expect(catchUps).toHaveLength(1);
    catchUps[0]!.reject(Object.assign(new Error('full'), { code: 'queue_unavailable' }));
    await turnOfEvents();
    expect(answers).toEqual(['a queue_unavailable', 'b queue_unavailable']);
    expect(file.syncs).toEqual([]);
    send('c');
    await turnOfEvents();
    catchUps[1]!.resolve();
    await turnOfEvents();
    await syncEnds();
    expect(answers.slice(2)).toEqual(['c']);
    send('d');
    await turnOfEvents();
    expect(catchUps).toHaveLength(2);
    expect(file.syncs).toHaveLength(1);
  });

  test('refuses what waits for room, and what comes, once it is closed', async () => {
    for (let index = 0; index < 40; index++) send(String(index), 2 ** 20);
    await turnOfEvents();
    writer.close();
    send('after');
    await turnOfEvents();
    expect(answers).toContain('after queue_unavailable');
    expect(answers).toContain('39 queue_unavailable');
    await syncEnds();
    expect(answers).toContain('0');
    expect(answers).toHaveLength(41);
  });
});
