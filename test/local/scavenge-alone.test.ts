import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Each scavenge in a process on a machine with so many processors, and each thread that took part in one. */
function scavenges(processors: number): { scavenges: number; parts: number } {
  const file = join(import.meta.dirname, '../fixtures/scavenging.ts');
  const traced = execFileSync(process.execPath, ['--trace-gc', '--trace-parallel-scavenge', file, String(processors)], {
    encoding: 'utf8',
  });
  const count = (pattern: RegExp) => traced.match(pattern)?.length ?? 0;
  return { scavenges: count(/ms: Scavenge /g), parts: count(/scavenge\[0x\w+\]: time=/g) };
}

test('on a machine with few processors no thread waits for others in a scavenge', () => {
  const { scavenges: count, parts } = scavenges(2);
  expect(count).toBeGreaterThan(2);
  expect(parts).toBe(count);
});

test.runIf(availableParallelism() > 1)('on others they share it, as V8 has it', () => {
  const { scavenges: count, parts } = scavenges(8);
  expect(parts).toBeGreaterThan(count);
});
