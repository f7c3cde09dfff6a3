import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddedQueue } from '../../../src/queue/embedded/embedded-queue.ts';
import { openEmbeddedQueues } from '../../../src/queue/embedded/open.ts';
import { queuePlan } from '../../contract/queue.ts';
import { processorClock } from '../../processor-time.ts';
import { removeFolder, temporaryFolder } from './in-process.ts';

const rounds = 4;

describe('the embedded queue, killed with SIGKILL under load', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => removeFolder(folder));

  it('has every message that it acknowledged, none that it acknowledged as deleted, and each once', async () => {
    const said = { sent: new Set<string>(), deleting: new Set<string>(), deleted: new Set<string>() };
    for (let round = 0; round < rounds; round++) {
      await runUntilKilled(round, said);
      const spent = processorClock();
      const queues = await openEmbeddedQueues({ folder, queues: [queuePlan('q')] });
      const openMs = spent();
      const bodies = await allBodies(queues.queue('q'));
      const kept = new Set(bodies);
      expect(bodies).toHaveLength(kept.size);
      expect([...said.sent].filter((body) => !kept.has(body) && !said.deleting.has(body))).toEqual([]);
      expect([...said.deleted].filter((body) => kept.has(body))).toEqual([]);
      const depth = await queues.queue('q').depth();
      expect(depth.visible + depth.inFlight).toBe(kept.size);
      // Of processor time, far above what it takes (a fifth of a second, to take over up to 32 MiB).
      expect(openMs).toBeLessThan(2_000);
      await queues.close();
    }
    expect(said.sent.size).toBeGreaterThan(rounds * 100);
    expect(said.deleted.size).toBeGreaterThan(rounds);
  }, 60_000);

  /** Kills the process after a number of acknowledgements that differs from round to round. */
  async function runUntilKilled(
    round: number,
    said: Record<'sent' | 'deleting' | 'deleted', Set<string>>,
  ): Promise<void> {
    const script = fileURLToPath(new URL('../../fixtures/queue-crash-child.ts', import.meta.url));
    const file = join(folder, `said-${round}`);
    const killAt = 150 + Math.floor(Math.random() * 1500);
    const child = spawn(process.execPath, [script, folder, String(round), file, String(killAt)], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [what, body = ''] = line.split(' ');
      if (what === 'sent' || what === 'deleting' || what === 'deleted') said[what].add(body);
    }
  }
});

async function allBodies(queue: EmbeddedQueue): Promise<string[]> {
  const bodies: string[] = [];
  let after: string | undefined;
  do {
    const page = await queue.list({ limit: 1000, ...(after !== undefined && { after }) });
    bodies.push(...page.messages.map(({ body }) => body));
    after = page.next;
  } while (after !== undefined);
  return bodies;
}
