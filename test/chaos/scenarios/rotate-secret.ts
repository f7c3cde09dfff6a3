import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningMachine, TestMachine } from '../../local/platform-harness.ts';
import { judge } from '../platform/kill-rig.ts';
import { startSenders } from '../platform/senders.ts';
import { takeAll } from '../platform/take-all.ts';
import type { Run, Scenario } from '../scenario.ts';

const stories = ['hereFirst', 'providerFirst', 'backHereFirst', 'backProviderFirst', 'revoked'] as const;

export const rotateSecret: Scenario = {
  name: 'rotate-secret',
  tries:
    'the secret changes in `.env` and at the provider while 8 connections post: here first, at the provider first, back again in either order; or the one before is taken out, and somebody goes on signing with it',
  holds:
    'here first and all the ways back reject nothing; at the provider first, a redrive brings back all that was rejected meanwhile; what is signed with a secret that was taken out rests, and is never handed over',
  runs: 50,
  async run(run) {
    const { random, short, seed } = run;
    const { machine, set } = await startMachine(run);
    set('old');
    const running = await machine.start();
    run.onEnd(() => running.stop());
    let signs = 'old';
    let before = 'old';
    const provider = (secret: string) => ([before, signs] = [signs, secret]);
    const senders = startSenders({
      gateway: running.gateway,
      random,
      connections: 8,
      prefix: String(seed),
      // A retry of the provider's may still be signed with what it had before.
      signedWith: () => (random.next() < 0.1 ? before : signs),
    });
    let due = 0;
    /** So many more deliveries come before the next thing happens. */
    const go = () => senders.until((due += random.integer(5, short ? 15 : 100)));

    const story = stories[seed % stories.length] ?? 'hereFirst';
    await go();
    if (story === 'providerFirst') {
      provider('new');
      await go();
      set('new', 'old');
    } else {
      set('new', 'old');
      await go();
      provider('new');
    }
    await go();
    if (story === 'backHereFirst') {
      set('old', 'new');
      await go();
    }
    if (story === 'backHereFirst' || story === 'backProviderFirst') provider('old');
    await go();
    if (story === 'backProviderFirst') set('old', 'new');
    await go();
    await senders.stop();
    await drained(running);

    const leaked = story === 'revoked' ? await postLeaked(run, running, set) : [];
    const mayRest = story === 'providerFirst' ? await redriven(running) : 0;
    const verified = await takeAll(running.sqs, 'test-github-verified');
    const ids = verified.map(({ MessageAttributes }) => MessageAttributes?.['ce-id']?.StringValue ?? '');
    const resting = await restingIn(running);
    const { counts, problems } = judge(senders.acknowledged, ids, 0);
    if (senders.refused.size > 0) problems.push(`refused: ${JSON.stringify([...senders.refused])}`);
    if (resting !== leaked.length) problems.push(`${story}: ${resting} rest, of ${leaked.length} that should`);
    for (const id of leaked) if (ids.includes(id)) problems.push(`${id} was signed with a secret that was taken out`);
    return {
      counts: { ...counts, 'rejected and redriven': mayRest, 'signed with one taken out': leaked.length },
      problems,
    };
  },
};

async function startMachine(run: Run) {
  const root = mkdtempSync(join(tmpdir(), 'hookport-rotate-'));
  run.onEnd(() => rmSync(root, { recursive: true }));
  const settings = 'provider: github, forward: { queue: true }, throttle: { rate: 10000, burst: 5000 }';
  const machine = new TestMachine(`  github: { ${settings} }\n`, root);
  run.onEnd(() => machine.remove());
  return {
    machine,
    /** As an editor saves `.env`. */
    set: (current: string, previous?: string) => {
      const lines = [`GITHUB_WEBHOOK_SECRET=${current}`];
      if (previous !== undefined) lines.push(`GITHUB_WEBHOOK_SECRET_PREVIOUS=${previous}`);
      writeFileSync(join(root, 'env.new'), `${lines.join('\n')}\n`);
      renameSync(join(root, 'env.new'), join(root, '.env'));
    },
  };
}

/** Takes the secret before out, and posts what is signed with it. */
async function postLeaked(
  { random, seed }: Run,
  running: RunningMachine,
  set: (current: string) => void,
): Promise<readonly string[]> {
  set('new');
  // `.env` is looked at once a second.
  await sleep(1100);
  const prefix = `${seed}-leaked`;
  const senders = startSenders({
    gateway: running.gateway,
    random,
    connections: 4,
    prefix,
    signedWith: 'old',
    limit: 20,
  });
  await senders.ended;
  await drained(running);
  return senders.acknowledged;
}

/** @returns how many were brought back */
async function redriven(running: RunningMachine): Promise<number> {
  const resting = await restingIn(running);
  await running.redrive({ source: 'github' });
  await drained(running);
  return resting;
}

interface State {
  id: string;
  queue: { waiting: number; inFlight: number; deadLettered: number };
}

async function stateOf({ api }: RunningMachine): Promise<State> {
  const [state] = (await (await fetch(`${api}/sources`)).json()) as State[];
  if (!state) throw new Error('there is no source');
  return state;
}

async function restingIn(running: RunningMachine): Promise<number> {
  return (await stateOf(running)).queue.deadLettered;
}

async function drained(running: RunningMachine): Promise<void> {
  for (const end = performance.now() + 120_000; performance.now() < end; await sleep(20)) {
    const { queue } = await stateOf(running);
    if (queue.waiting + queue.inFlight === 0) return;
  }
  throw new Error('the queue did not become empty');
}
