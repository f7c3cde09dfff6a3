import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AwsLogs, readLogsOnAws } from '../../../src/cli/aws/read-logs.ts';
import { toKeptLine } from '../../../src/cli/aws/log-event.ts';
import { startCloudWatchLogs } from './local-cloudwatch-logs.ts';
import { hookport } from './run.ts';

let logs: Awaited<ReturnType<typeof startCloudWatchLogs>>;
const group = '/aws/lambda/acme-webhooks-github';
const now = Date.now();
const json = (fields: object) => JSON.stringify(fields);

beforeEach(async () => {
  logs = await startCloudWatchLogs({ [group]: [], '/aws/lambda/acme-webhooks-paddle': [] });
});
afterEach(() => logs.close());

const run = (...args: string[]) =>
  hookport(['logs', ...args, '--aws'], { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs.endpoint, AWS_MAX_ATTEMPTS: '1' });

describe('hookport logs --aws', () => {
  test('shows the last lines of a function, over all pages, and leaves out what Lambda and metrics say of good runs', async () => {
    logs.add(group, now - 60_000, json({ type: 'platform.start', record: { requestId: 'r1' } }));
    for (let index = 0; index < 12; index++)
      logs.add(
        group,
        now - 50_000 + index,
        json({ level: 'INFO', message: 'delivery', timestamp: 'x', service: 'github', attempt: index }),
      );
    logs.add(group, now - 40_000, json({ _aws: {}, Handled: 1 }));
    logs.add(group, now - 30_000, 'printed \u001b[31mby a handler\n');
    logs.add('/aws/lambda/acme-webhooks-paddle', now, 'of another source');
    const { out, errors, code } = await run('github', '-n', '3');
    const debug = await run('github', '--level', 'debug', '--json');
    expect({ errors, code }).toEqual({ errors: '', code: 0 });
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^\S+Z {2}info {3}github {2}delivery {2}attempt=10$/),
      expect.stringMatching(/^\S+Z {2}info {3}github {2}delivery {2}attempt=11$/),
      expect.stringMatching(/^\S+Z {2}info {3}github {2}printed \\u001b\[31mby a handler$/),
      '',
    ]);
    expect(logs.asked.length).toBeGreaterThan(2);
    const lines = debug.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; message: string });
    expect(lines).toHaveLength(15);
    expect(lines.filter(({ level }) => level === 'debug').map(({ message }) => message)).toEqual([
      'platform.start',
      'metrics',
    ]);
  });

  test('says for what nothing logs, and where there are no lines', async () => {
    logs.add(group, now - 3_600_000, 'an hour ago');
    const yours = await run('zendesk');
    const none = await run('github');
    expect(yours).toMatchObject({
      code: 2,
      errors: expect.stringContaining('zendesk has neither `handler` nor `forward`'),
    });
    expect(none).toMatchObject({ code: 0, out: '', errors: expect.stringContaining('no such lines') });
    expect(logs.asked[0]?.startTime).toBeGreaterThan(now - 601_000);
  });
});

test('logs --aws shows those of the other sources beside one that is not deployed yet, and says so once', async () => {
  logs.groups.delete('/aws/lambda/acme-webhooks-paddle');
  logs.add(group, now - 1000, 'handled');
  const { out, errors, code } = await run();
  expect({ out, code }).toEqual({ out: expect.stringMatching(/github {2}handled\n$/), code: 0 });
  expect(errors).toMatch(
    /^hookport: there is no log group \S+-paddle in this account and region; is paddle deployed\?.*\n$/,
  );
});

describe('reading log groups', () => {
  beforeEach(() => {
    const environment = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
    for (const [name, value] of Object.entries({ ...environment, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs.endpoint }))
      vi.stubEnv(name, value);
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  });
  afterEach(() => vi.unstubAllEnvs());

  const groupOf = (source: string) => ({ source, name: `/aws/lambda/acme-webhooks-${source}` });
  const readAll = async (options: Partial<AwsLogs>) => {
    const all: string[] = [];
    const read = readLogsOnAws({
      groups: [groupOf('github')],
      since: now - 60_000,
      follow: false,
      wait: async () => undefined,
      ...options,
    });
    for await (const lines of read) {
      for (const { message, fields } of lines) all.push(`${String(fields['source'])} ${message}`);
      if (all.some((each) => each.endsWith(' last'))) break;
    }
    return all;
  };

  test('puts those of several sources into one order, and takes none from before', async () => {
    logs.add(group, now - 1000, 'second');
    logs.add('/aws/lambda/acme-webhooks-paddle', now - 2000, 'first');
    logs.add(group, now - 61_000, 'before');
    expect(await readAll({ groups: [groupOf('github'), groupOf('paddle')] })).toEqual([
      'paddle first',
      'github second',
    ]);
  });

  test('follows: shows each line once, also one that comes late with an earlier time, and forgets what is long shown', async () => {
    const rounds = [
      () => logs.add(group, now + 2000, 'two'),
      () => logs.add(group, now + 1000, 'late'),
      () => undefined,
      () => logs.add(group, now + 90_000, 'much later'),
      () => logs.add(group, now + 91_000, 'last'),
    ];
    logs.add(group, now, 'one');
    const seen = await readAll({ follow: true, wait: async () => rounds.shift()?.() });
    expect(seen).toEqual(['one', 'two', 'late', 'much later', 'last'].map((message) => `github ${message}`));
    expect(logs.asked.at(-1)?.startTime).toBe(now + 60_000);
  });

  test('follows behind more lines than a call takes arguments', async () => {
    const number = 150_000;
    const many = Array.from({ length: number }, (_, at) => ({ eventId: `${at}`, timestamp: now + at, message: 'x' }));
    const busy = await startCloudWatchLogs({ [group]: many }, 10_000);
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH_LOGS', busy.endpoint);
    try {
      const wait = async () => busy.add(group, now + number, 'last');
      expect(await readAll({ follow: true, wait })).toHaveLength(number + 1);
      expect(busy.asked.at(-1)?.startTime).toBe(now + number - 1 - 30_000);
    } finally {
      await busy.close();
    }
  });

  test('says what there is not, and that AWS refuses', async () => {
    await expect(readAll({ groups: [groupOf('gone')] })).rejects.toThrow(
      'there is no log group /aws/lambda/acme-webhooks-gone',
    );
    logs.state.refuses = true;
    await expect(readAll({})).rejects.toThrow('AccessDeniedException');
  });
});

describe('a line of a log group', () => {
  const line = (message: object) => toKeptLine({ timestamp: 0, message: json(message) }, 'github');

  test('of Lambda that tells of a bad end is an error, with what it says', () => {
    const record = { requestId: 'r', status: 'timeout', metrics: { durationMs: 3000 } };
    expect(line({ time: 'x', type: 'platform.report', record })).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      level: 'error',
      message: 'platform.report',
      fields: { source: 'github', requestId: 'r', status: 'timeout', metrics: '{"durationMs":3000}' },
    });
  });

  test('of console.error has its error and stack, whatever its level is called', () => {
    const error = {
      timestamp: 'x',
      level: 'FATAL',
      requestId: 'r',
      errorMessage: 'no',
      errorType: 'E',
      stackTrace: ['E: no', '    at a'],
    };
    expect(line(error)).toMatchObject({
      level: 'error',
      message: 'no',
      fields: { errorType: 'E', stack: 'E: no\n    at a' },
    });
    expect(line({ level: 'odd', message: { nested: 1 } })).toMatchObject({ level: 'info', message: '{"nested":1}' });
    expect(toKeptLine({ message: '[1]' }, 'github')).toMatchObject({ level: 'info', message: '[1]' });
  });
});
