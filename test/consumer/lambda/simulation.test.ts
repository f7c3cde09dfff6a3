import type { SQSBatchResponse } from 'aws-lambda';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { github } from '../../../providers/github.ts';
import { createLambdaConsumer } from '../../../src/consumer/lambda/consume.ts';
import { createDynamoDbDeduplication } from '../../../src/deduplication/dynamodb.ts';
import { defineHandler } from '../../../src/delivery/handler.ts';
import { PermanentError, RetryAfter } from '../../../src/delivery/handler-errors.ts';
import type { DeliveryRecord } from '../../../src/delivery/record.ts';
import { createSqsQueue } from '../../../src/queue/sqs.ts';
import { createSecretsManagerStore } from '../../../src/secrets/secrets-manager.ts';
import { seededRandom } from '../../chaos/random.ts';
import { createLogFake } from '../../fakes/log.ts';
import { sourcePlan } from '../../fakes/source.ts';
import { createSimulatedAws, type SimulatedProcess } from './simulated-aws.ts';

const start = 1_790_000_000_000;
beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => void vi.useRealTimers());

/**
 * One life of a source: deliveries come for a while and its function is invoked, killed in the middle of any call, left alone for
 * minutes, while everything around it fails. Then all is well again, and what is left is consumed.
 *
 * @returns what should not have happened
 */
async function simulate(seed: number): Promise<string[]> {
  const random = seededRandom(seed);
  const problems: string[] = [];
  const problem = (text: string) => void problems.push(`seed ${seed}: ${text}`);
  const aws = createSimulatedAws(random, problem);
  const isDropping = random.next() < 0.3;
  const source = sourcePlan({
    deduplicate: { keepSeconds: 30 * 86_400 },
    onRejected: isDropping ? 'drop' : 'deadLetter',
  });
  const effects = new Set<string>();
  const refused = new Set<string>();
  const hasCompleted = (id: string) => {
    const item = aws.items.get(`github#id#${id}`);
    return item !== undefined && !('claimedUntil' in item);
  };

  const record = ({ outcome, deadLettered, body }: DeliveryRecord) => {
    const { id } = JSON.parse(body) as { id: string };
    if (outcome.kind === 'handled' && !effects.has(id)) problem(`${id} was recorded as handled, and was not`);
    if (outcome.kind === 'duplicate' && !hasCompleted(id)) problem(`${id} is no duplicate`);
    if (deadLettered && !aws.deadLetters.some((each) => each.id === id)) problem(`${id} does not rest, as recorded`);
  };
  const handlerIn = (process: SimulatedProcess) =>
    defineHandler(async ({ id, payload }) => {
      if (id.startsWith('forged')) problem(`${id} was handed over`);
      if (hasCompleted(id)) problem(`${id} was handed over after its completion was recorded`);
      const fate = random.next();
      if (aws.state.fails > 0 && fate < 0.1) throw new RetryAfter(random.integer(0, 100_000));
      if ((payload as { isRefused: boolean }).isRefused) {
        refused.add(id);
        throw new PermanentError('never');
      }
      await aws.call(process, () => effects.add(id));
    });
  const startFunction = () => {
    const process = {
      callsLeft: aws.state.fails > 0 && random.next() < 0.5 ? random.integer(1, 60) : Infinity,
      dead: Promise.withResolvers<undefined>(),
    };
    const queue = (name: string) => createSqsQueue({ client: aws.sqs(process), queueUrl: name, name });
    const consume = createLambdaConsumer({
      source,
      provider: github,
      load: () => Promise.resolve({ default: handlerIn(process) }),
      queue: queue('queue'),
      deadLetterQueue: queue('dlq'),
      secrets: createSecretsManagerStore({
        client: () => Promise.resolve(aws.secretsManager(process)),
        secretId: () => 's',
      }),
      deduplication: createDynamoDbDeduplication({ client: aws.dynamoDb(process), tableName: 't' }),
      record: (records) => {
        for (const each of records) record(each);
      },
      clock: Date.now,
      random: () => random.next(),
      log: createLogFake(),
    });
    return { consume, process };
  };

  let lambda = startFunction();
  const invoke = async () => {
    const Records = aws.receive();
    if (Records.length === 0) return;
    if (random.next() < 0.1) lambda = startFunction();
    const context = { getRemainingTimeInMillis: () => 45_000 };
    const { consume, process } = lambda;
    const answer: SQSBatchResponse | undefined = await Promise.race([
      consume({ Records }, context),
      process.dead.promise,
    ]);
    if (!answer) return void (lambda = startFunction());
    const stay = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId, receiptHandle, body } of Records) {
      if (stay.has(messageId)) continue;
      const { id } = JSON.parse(body) as { id: string };
      const isKept = effects.has(id) || aws.deadLetters.some((each) => each.id === id);
      if (!isKept && !(id.startsWith('forged') && isDropping)) problem(`${id} was deleted, and is nowhere`);
      aws.remove(receiptHandle);
    }
  };

  const ids: string[] = [];
  let signing = 'first';
  const arrive = () => {
    const isForged = random.next() < 0.25;
    const id = `${isForged ? 'forged' : 'genuine'}-${ids.length}`;
    ids.push(id);
    const body = JSON.stringify({ id, isRefused: random.next() < 0.1 });
    const arrival = { id, body, secret: isForged ? 'guessed' : signing };
    aws.add(arrival);
    // The provider, or whoever listens, sends it again.
    if (random.next() < 0.2) aws.add(arrival);
  };
  if (random.next() < 0.7) aws.state.secret = { current: 'first', changedAt: new Date() };
  for (let round = 0; round < 15; round++) {
    for (let count = random.integer(0, 2); count > 0; count--) arrive();
    aws.state.fails = random.pick([0.02, 0.1, 0.4]);
    await invoke();
    vi.setSystemTime(Date.now() + random.pick([100, 5000, 40_000, 300_000, 3_600_000]));
    if (round === 5) aws.state.secret ??= { current: 'first', changedAt: new Date() };
    // Here first, then at the provider.
    if (round === 8 && random.next() < 0.5)
      aws.state.secret = { current: 'second', previous: 'first', changedAt: new Date() };
    if (round === 9) signing = aws.state.secret?.current ?? signing;
  }

  aws.state.fails = 0;
  lambda = startFunction();
  for (let round = 0; aws.messages.size > 0 || aws.redriveFailed(); round++) {
    if (round > 300) return [...problems, `seed ${seed}: ${aws.messages.size} messages are still there`];
    vi.setSystemTime(Date.now() + 600_000);
    await invoke();
  }
  for (const id of ids) {
    const rests = aws.deadLetters.some((each) => each.id === id && each.outcome.kind === 'rejected');
    if (!id.startsWith('forged')) {
      if (!effects.has(id) && !refused.has(id)) problem(`${id} was never handled`);
      if (rests !== refused.has(id))
        problem(`${id} ${rests ? 'was rejected' : 'does not rest, though its handler refused it'}`);
    } else if (rests === isDropping) problem(`${id} ${rests ? 'rests' : 'does not rest'}`);
  }
  return problems;
}

it('loses nothing, takes nothing forged and tells the truth, whatever fails around a function and whenever it dies', async () => {
  const problems: string[] = [];
  for (let seed = 1; seed <= 60; seed++) problems.push(...(await simulate(seed)));
  expect(problems).toEqual([]);
});
