import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalDynamoDb } from '../../deduplication/local-dynamodb.ts';
import { startFunction } from '../../infra/lambda/function-process.ts';
import { startSecretsManager } from '../../secrets/local-secrets-manager.ts';
import { behindFaults, type Weather } from '../lambda/faults.ts';
import { startQueueStandIn } from '../lambda/queue-stand-in.ts';
import type { Run, Scenario } from '../scenario.ts';

const bundle = resolve(import.meta.dirname, '../../fixtures/lambda-function');
const remainingMs = 315_000;

export const lambdaFaults: Scenario = {
  name: 'lambda-faults',
  tries:
    'the Lambda consumer, two of them at once, killed and started again, with a queue that delivers twice, in any order and what was deleted; SQS, DynamoDB and Secrets Manager throttle, fail, break off and lose answers; the secret is missing at times, and changes in some runs',
  holds:
    'only forged deliveries are rejected, and none of them is handled; every genuine one is handled, once what failed too often was redriven; none is handed over again after its completion was recorded',
  runs: 100,
  async run(run) {
    const { random, short } = run;
    const world = await startWorld(run);
    const { queue, secrets, weathers } = world;
    let secret = 'first';
    const genuine: string[] = [];
    const forged: string[] = [];
    const arrive = () => {
      const isForged = random.next() < 0.2;
      const id = `${isForged ? 'forged' : 'genuine'}-${genuine.length + forged.length}`;
      (isForged ? forged : genuine).push(id);
      const body = JSON.stringify({ id, fails: random.next() < 0.2 ? random.integer(1, 3) : 0 });
      queue.add({ id, body, secret: isForged ? 'guessed' : secret, at: Date.now() });
    };

    const rounds = short ? 3 : 10;
    const changesAt = random.integer(1, 2 * rounds);
    for (let round = 0; round < rounds; round++) {
      for (let count = random.integer(1, 8); count > 0; count--) arrive();
      for (const weather of weathers) weather.fails = random.pick([0, 0, 0.2, 0.6, 1]);
      // Once, and here first: the one before counts on.
      if (round === changesAt) secret = changeSecret(secrets, 'second');
      const missing = random.next() < 0.15;
      const { s } = secrets.secrets;
      if (missing) secrets.secrets['s'] = { changedAt: s?.changedAt ?? new Date() };
      await Promise.all([world.invoke(0), world.invoke(1)]);
      if (missing && s) secrets.secrets['s'] = s;
    }
    for (const weather of weathers) weather.fails = 0;
    const rejectedEarly = queue.deadLetters.filter(
      ({ id, outcome }) => outcome.kind === 'rejected' && !forged.includes(id),
    );
    const redriven = await world.finish();

    const effects = world.effects();
    const handled = new Set(effects);
    const rejected = queue.deadLetters.filter(({ outcome }) => outcome.kind === 'rejected').map(({ id }) => id);
    const problems = [
      ...world.problems,
      ...rejectedEarly.map(({ id, outcome }) => `${id} was rejected: ${outcome.reason}`),
      ...genuine.filter((id) => !handled.has(id)).map((id) => `${id} was never handled`),
      ...forged.filter((id) => handled.has(id)).map((id) => `${id} was handled`),
      ...forged.filter((id) => !rejected.includes(id)).map((id) => `${id} does not rest in the dead-letter queue`),
    ];
    return {
      counts: {
        deliveries: genuine.length + forged.length,
        lost: genuine.filter((id) => !handled.has(id)).length,
        'handled again': effects.length - handled.size,
        'forged and resting': new Set(rejected).size,
        invocations: world.count.invocations,
        killed: world.count.killed,
        redriven,
      },
      problems,
    };
  },
};

type Secrets = Awaited<ReturnType<typeof startSecretsManager>>;

function changeSecret({ secrets }: Secrets, current: string): string {
  const before = secrets['s']?.current;
  secrets['s'] = { current, ...(before !== undefined && { previous: before }), changedAt: new Date() };
  return current;
}

async function startWorld(run: Run) {
  const { random } = run;
  const folder = mkdtempSync(join(tmpdir(), 'hookport-lambda-'));
  run.onEnd(() => rmSync(folder, { recursive: true }));
  const queue = await startQueueStandIn(random);
  run.onEnd(() => queue.close());
  const table = await startLocalDynamoDb();
  run.onEnd(() => table.close());
  const secrets = await startSecretsManager({ s: { current: 'first', changedAt: new Date(Date.now() - 60_000) } });
  run.onEnd(() => secrets.close());
  const services = await Promise.all([queue, table, secrets].map(({ endpoint }) => behindFaults(run, endpoint)));
  const [sqs = '', dynamoDb = '', secretsManager = ''] = services.map(({ endpoint }) => endpoint);
  const environment = {
    EFFECTS_FILE: join(folder, 'effects'),
    HOOKPORT_STACK: 'chaos',
    HOOKPORT_QUEUE_URL: `${sqs}/000000000000/queue`,
    HOOKPORT_DEAD_LETTER_QUEUE_URL: `${sqs}/000000000000/dlq`,
    HOOKPORT_SECRET_ID: 's',
    HOOKPORT_DEDUPLICATION_TABLE: 'table',
    AWS_ENDPOINT_URL_SQS: sqs,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager,
  };
  const functions = new Map<number, Promise<Awaited<ReturnType<typeof startFunction>>>>();
  const end = async (slot: number) => {
    const running = functions.get(slot);
    functions.delete(slot);
    await (await running)?.stop();
  };
  run.onEnd(async () => void (await Promise.all([...functions.keys()].map(end))));
  const problems: string[] = [];
  const count = { invocations: 0, killed: 0 };
  const effects = () => linesOf(environment.EFFECTS_FILE);

  /** @param may whether it may be killed */
  const invoke = async (slot: number, may = true) => {
    const started = functions.get(slot) ?? startFunction(bundle, environment);
    functions.set(slot, started);
    const lambda = await started;
    const Records = queue.receive();
    if (Records.length === 0) return;
    count.invocations += 1;
    const completed = new Set([...table.items].flatMap(([key, item]) => ('claimedUntil' in item ? [] : [key])));
    const before = effects().length;
    const invocation = lambda.invoke({ Records }, remainingMs);
    if (may && random.next() < 0.15) {
      await sleep(random.next() * 100);
      count.killed += 1;
      await end(slot);
    }
    const answer = await invocation.catch(() => undefined);
    for (const id of effects().slice(before))
      if (completed.has(`github#id#${id}`)) problems.push(`${id} was handed over after its completion was recorded`);
    if (!answer) return void functions.delete(slot);
    const stay = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId, receiptHandle } of Records) if (!stay.has(messageId)) queue.remove(receiptHandle);
  };

  return {
    queue,
    secrets,
    weathers: services.map(({ weather }): Weather => weather),
    problems,
    count,
    effects,
    invoke,
    /** Time passes: claims of the dead end, functions are cold again; then all that waits is consumed, and what failed is redriven. */
    async finish(): Promise<number> {
      let redriven = 0;
      for (let round = 0; round < 200; round++) {
        if (queue.messages.length === 0) {
          const back = queue.redriveFailed();
          redriven += back;
          if (back === 0) return redriven;
        }
        for (const item of table.items.values()) if (item['claimedUntil']) item['claimedUntil'] = { N: '1' };
        if (round % 10 === 0) await end(0);
        await invoke(0, false);
      }
      problems.push(`${queue.messages.length} messages are still in the queue`);
      return redriven;
    },
  };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
