import type { DeliveryRecord } from '../../delivery/record.ts';
import type { Log } from '../../log.ts';

export interface JournalWriter {
  /** Never throws, never waits. */
  record(record: DeliveryRecord): void;
  /** Resolves when everything recorded so far was written, or given up. */
  flush(): Promise<void>;
}

export interface JournalWriterOptions {
  /** Writes a batch; the next is sent when it resolved. */
  append: (records: readonly DeliveryRecord[]) => Promise<void>;
  log: Log;
  /** How long records are gathered. @default 50 */
  gatherMs?: number;
  /** Of bodies that wait; a record beyond it is left out of the journal, which never holds a delivery up. @default 64 MiB */
  maxWaitingBytes?: number;
}

/** Gathers records and hands them over in batches, one batch at a time. */
export function createJournalWriter(options: JournalWriterOptions): JournalWriter {
  const { append, log, gatherMs = 50, maxWaitingBytes = 64 * 2 ** 20 } = options;
  let waiting: DeliveryRecord[] = [];
  let waitingBytes = 0;
  let leftOut = 0;
  /** Of the batches since the last that was written. */
  let lost = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;

  const writeOne = async (batch: readonly DeliveryRecord[]) => {
    try {
      await append(batch);
      if (lost > 0) log.info('the journal can be written again', { lost });
      lost = 0;
    } catch (error) {
      // Once for a change of state: a disk that is full for an hour must not fill the log, with twenty lines a second.
      if (lost === 0)
        log.error('deliveries could not be written to the journal', { deliveries: batch.length, error: String(error) });
      lost += batch.length;
    }
  };
  const writeAll = async () => {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      waitingBytes = 0;
      await writeOne(batch);
      if (leftOut > 0) log.warn('the journal is slower than the deliveries; some are not in it', { leftOut });
      leftOut = 0;
    }
    writing = undefined;
  };
  const write = async () => {
    // With nothing to write, writeAll would end before its promise is kept.
    if (waiting.length > 0) writing ??= writeAll();
    await writing;
  };

  return {
    record(record) {
      if (waitingBytes > maxWaitingBytes) {
        leftOut += 1;
        return;
      }
      waiting.push(record);
      waitingBytes += record.body.length + 1000;
      if (!writing) timer ??= setTimeout(() => void write(), gatherMs);
    },
    flush: write,
  };
}
