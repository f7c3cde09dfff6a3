import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProject } from '../../../src/cli/project.ts';
import { compile, unableToPreload } from '../platform/preload.ts';
import { secret } from '../platform/senders.ts';
import { createDisk } from '../power/disk.ts';
import { type Survival, survivals } from '../power/file.ts';
import { readRecording, type Step } from '../power/recording.ts';
import { reopen } from '../power/reopen.ts';
import type { Run, Scenario } from '../scenario.ts';

export const powerLoss: Scenario = {
  name: 'power-loss',
  tries:
    'every write and sync of a platform under load is recorded, over a crash and a second start; then the power is cut after each: of what was not synced nothing, any sectors, or all with the last write torn survives',
  holds:
    'what is left opens and is whole, every delivery acknowledged before the cut is in a queue or was handed to the handler before it, and one that was handled is in a queue or recorded as completed',
  runs: 8,
  unable: unableToPreload,
  async run(run) {
    const folder = mkdtempSync(join(tmpdir(), 'hookport-power-'));
    run.onEnd(() => rmSync(folder, { recursive: true, force: true }));
    const config = join(folder, 'webhooks.config.yaml');
    writeFileSync(
      config,
      'name: e2e\nsources:\n  github: { provider: github, handler: test/fixtures/handlers/note-effects.ts, deduplicate: true }\n',
    );
    const recorded = join(folder, 'recorded');
    const steps = await record(run, recorded, { folder, config });
    const { plan } = await loadProject({ config });
    const queues = plan.sources.flatMap(({ queue, deadLetterQueue, verifiedQueue }) =>
      [queue, deadLetterQueue, verifiedQueue].filter((each) => each !== undefined),
    );

    const disk = createDisk();
    const acknowledged = new Set<string>();
    const handled = new Set<string>();
    const problems = unrecorded(steps, recorded);
    const scratch = mkdtempSync(join(memory, 'hookport-power-'));
    run.onEnd(() => rmSync(scratch, { recursive: true, force: true }));
    const chance = run.short ? 16 / steps.length : 1;
    let cuts = 0;
    const cut = (survival: Survival, index: number) => {
      cuts += 1;
      const where = `cut at step ${index} of ${steps.length}, of the unsynced survives ${survival}`;
      try {
        const left = reopen(disk.afterCut(survival, run.random), scratch, queues);
        const lost = [...acknowledged].filter((id) => !left.ids.has(id) && !handled.has(id));
        problems.push(...left.problems.map((problem) => `${where}: ${problem}`));
        if (lost.length > 0) problems.push(`${where}: lost ${lost.length}, such as ${lost[0]}`);
        // What is deleted was recorded as completed before: nothing else keeps a redelivery from being handed over.
        const forgotten = [...handled].filter((id) => !left.ids.has(id) && !left.completed.has(id));
        if (forgotten.length > 0)
          problems.push(`${where}: of ${forgotten.length} is forgotten that they completed, such as ${forgotten[0]}`);
      } catch (error) {
        problems.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    for (const [index, step] of steps.entries()) {
      // Just before a sync makes more durable is when most would be lost.
      if (isKept(step.path) && step.kind === 'syncEnds' && run.random.next() < chance) cut('nothing', index);
      disk.take(step);
      if (step.path === 'acknowledged') noteLines(step, acknowledged);
      if (step.path === 'effects') noteLines(step, handled);
      // Just after deletes became so is when what must last before them would be missing.
      if (step.path === 'data/queues.db-wal' && step.kind === 'syncEnds' && handled.size > 0) cut('nothing', index + 1);
      const changes = step.kind !== 'syncBegins' && step.kind !== 'syncEnds';
      if (isKept(step.path) && changes && run.random.next() < chance) cut(run.random.pick(survivals), index);
      if (problems.length > 20) break;
    }
    cut('nothing', steps.length);
    return { counts: { acknowledged: acknowledged.size, cuts, problems: problems.length }, problems };
  },
};

/** Thousands of reopened databases need no real disk, whose syncs take most of the time. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** What the queues and the record of completed deliveries consist of. */
function isKept(path: string): boolean {
  return /^data\/(intake|queues\.db|deduplication\.db)/.test(path) && !path.endsWith('-shm');
}

function noteLines(step: Step, ids: Set<string>): void {
  if (step.kind === 'write') for (const id of step.data.toString().split('\n')) if (id !== '') ids.add(id);
}

/** What the recorder did not see, as a write by a call that it does not know: whatever depends on that would be found lost, or never cut. */
function unrecorded(steps: readonly Step[], recorded: string): string[] {
  const disk = createDisk();
  for (const step of steps) disk.take(step);
  const files = disk.now();
  const log = readdirSync(join(recorded, 'data/intake')).map((name) => `data/intake/${name}`);
  return log
    .filter((path) => files.get(path)?.equals(readFileSync(join(recorded, path))) !== true)
    .map((path) => `what was recorded of ${path} is not what stands there`);
}

/** Two processes, one after the other, on the same folder: the second recovers what the first left. */
async function record(
  run: Run,
  recorded: string,
  { folder, config }: { folder: string; config: string },
): Promise<Step[]> {
  const library = compile('power/recorder.c', folder);
  mkdirSync(recorded);
  const steps: Step[] = [];
  for (const part of [1, 2]) {
    const log = join(folder, `recording-${part}`);
    const bursts = run.short ? 1 : run.random.integer(2, 5);
    const child = spawn(
      process.execPath,
      [
        join(import.meta.dirname, '../../fixtures/power-loss-platform.ts'),
        `--config=${config}`,
        `--data=${join(recorded, 'data')}`,
        `--acknowledged=${join(recorded, 'acknowledged')}`,
        `--seed=${run.seed}${part}`,
        `--bursts=${bursts}`,
      ],
      {
        env: {
          ...process.env,
          GITHUB_WEBHOOK_SECRET: secret,
          EFFECTS_FILE: join(recorded, 'effects'),
          LD_PRELOAD: library,
          RECORD_FOLDER: recorded,
          RECORD_LOG: log,
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    run.onEnd(() => void child.kill('SIGKILL'));
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the recorded platform ended with ${code} ${signal}`);
    steps.push(...readRecording(log, recorded));
  }
  return steps;
}
