import dns from 'node:dns';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createWorker, defineBatchHandler, defineHandler, type Handler } from 'hookport';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startAwsJson } from './fakes/aws-json.ts';
import { startWorkerProject, type WorkerProject } from './fakes/worker-project.ts';

let project: WorkerProject;

beforeAll(async () => {
  project = await startWorkerProject();
});
afterEach(() => project.reset());
afterAll(() => project.close());

const at = () => project.at();

describe('a worker of one’s own is refused', () => {
  test('where no address of the endpoint answers, with what each said: such an error has no message of its own', async () => {
    const port = 1;
    const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
    const lookup = ((_host: string, _options: object, done: (error: null, found: object[]) => void) =>
      done(null, addresses)) as unknown as typeof dns.lookup;
    vi.spyOn(dns, 'lookup').mockImplementation(lookup);
    const refused = createWorker({ ...at(), endpoint: `http://localhost:${port}`, handler: defineHandler(() => {}) });
    await expect(refused).rejects.toMatchObject({
      code: 'queue_unavailable',
      message: `SQS did not say where the queue acme-github is: AggregateError (${addresses
        .map(({ address }) => `Error: connect ECONNREFUSED ${address}:${port}`)
        .join('; ')})`,
    });
  });

  const handler = defineHandler(() => undefined);

  test('without such a source', async () => {
    await expect(createWorker({ ...at(), source: 'gihub', handler })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('it has github'),
    });
  });

  test('without a handler', async () => {
    await expect(createWorker(at())).rejects.toThrow('neither a handler nor a forward');
  });

  test.each([
    [{ concurrency: 0 }, 'concurrency must be a whole number from 1 to 1000, not 0'],
    [{ concurrency: NaN }, 'concurrency must be a whole number from 1 to 1000, not NaN'],
    [{ timeoutSeconds: 0 }, 'timeoutSeconds must be a number from 1 to 21600, not 0'],
    [{ timeoutSeconds: Infinity }, 'timeoutSeconds must be a number from 1 to 21600, not Infinity'],
    [{ batch: { size: 0, windowSeconds: 0 } }, 'batch.size must be a whole number from 1 to 10000, not 0'],
    [{ batch: { size: 2, windowSeconds: -1 } }, 'batch.windowSeconds must be a number from 0 to 300, not -1'],
  ])('with %o, which would handle nothing', async (numbers, message) => {
    await expect(
      createWorker({ ...at(), handler, ...numbers }).then((started) => started.stop()),
    ).rejects.toMatchObject({
      code: 'usage',
      message,
    });
  });

  test('with a batch that may take longer than SQS keeps its messages from others: none would be started', async () => {
    const batch = defineBatchHandler(() => undefined);
    await expect(
      createWorker({ ...at(), handler: batch, timeoutSeconds: 7200 }).then((started) => started.stop()),
    ).rejects.toMatchObject({
      code: 'usage',
      message:
        'a batch of 10 with a timeout of 7200 s each may take longer than 6 h, which is as long as SQS waits for a worker; lower batch.size or timeoutSeconds',
    });
    const fitting = { size: 3, windowSeconds: 0 };
    const worker = await createWorker({ ...at(), handler: batch, timeoutSeconds: 7200, batch: fitting });
    await worker.stop();
  });

  test.each([
    [{ endpoint: 'localhost:9324' }, 'endpoint must be a URL, such as http://127.0.0.1:9324, not "localhost:9324"'],
    [{ endpoint: '' }, 'endpoint must be a URL, such as http://127.0.0.1:9324, not ""'],
    [{ queueUrl: 'acme-github' }, 'queueUrl must be a URL, such as http://127.0.0.1:9324, not "acme-github"'],
  ])('with %o: the SDK says that a region is missing, or nothing but at each poll', async (urls, message) => {
    await expect(createWorker({ ...at(), handler, ...urls }).then((started) => started.stop())).rejects.toMatchObject({
      code: 'usage',
      message,
    });
  });

  test('with a bare function, which was not made with defineHandler', async () => {
    const bare = (() => undefined) as unknown as Handler;
    await expect(createWorker({ ...at(), handler: bare })).rejects.toMatchObject({
      code: 'usage',
      message: 'the handler does not fit: it was not made with defineHandler or defineBatchHandler',
    });
  });

  test('with a handler of another provider', async () => {
    const other = defineHandler('stripe', () => undefined);
    await expect(createWorker({ ...at(), handler: other }).then((started) => started.stop())).rejects.toMatchObject({
      code: 'usage',
      message: "the handler does not fit: it is written for provider stripe, and the source's is github",
    });
  });

  test('in a folder without a configuration, which is named: whatever starts a worker may start it anywhere', async () => {
    await expect(createWorker({ ...at(), root: '/nowhere', handler })).rejects.toMatchObject({
      code: 'config_invalid',
      message:
        'there is no /nowhere/webhooks.config.yaml: createWorker takes `config` from `root`, which is the current folder unless it is told',
    });
  });

  test('with a configuration that has issues, all of them told', async () => {
    await writeFile(
      join(project.root, 'webhooks.config.yaml'),
      'name: acme\nsources:\n  github:\n    provider: gihub\n    path: 7\n',
    );
    await expect(createWorker({ ...at(), handler })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/yaml:4:.*github[^]*yaml:5:/),
    });
  });

  test('where SQS has no queue of that name', async () => {
    await writeFile(
      join(project.root, 'webhooks.config.yaml'),
      'name: other\nsources:\n  github:\n    provider: github\n',
    );
    await expect(createWorker({ ...at(), handler })).rejects.toMatchObject({ code: 'queue_not_found' });
  });

  test('where SQS cannot be asked, with the reason', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    const denied = await startAwsJson(() => ({
      status: 403,
      body: { __type: 'AccessDeniedException', message: 'not authorized to perform: sqs:GetQueueUrl' },
    }));
    vi.stubEnv('AWS_ENDPOINT_URL_SQS', denied.endpoint);
    try {
      await expect(
        createWorker({ source: 'github', root: project.root, region: 'us-east-1', handler }),
      ).rejects.toMatchObject({
        code: 'queue_unavailable',
        message:
          'SQS did not say where the queue acme-github is: AccessDeniedException: not authorized to perform: sqs:GetQueueUrl',
      });
    } finally {
      vi.unstubAllEnvs();
      await denied.close();
    }
  });

  test('with a place for a record that is not kept, as the source does not deduplicate', async () => {
    await expect(
      createWorker({ ...at(), handler, deduplicationFile: 'data/deduplication.db' }).then((started) => started.stop()),
    ).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^source github does not deduplicate, .*deduplicationFile/),
    });
  });

  test('for a source that deduplicates, without a place for the record', async () => {
    await project.deduplicate();
    await expect(createWorker({ ...at(), handler })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('deduplicationFile'),
    });
  });
});
