import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { pausedMappings, setMapping } from '../../../src/cli/aws/mapping.ts';
import { startFauxqs } from '../../queue/fauxqs.ts';
import { startLambda } from './local-lambda.ts';

let sqs: Awaited<ReturnType<typeof startFauxqs>>;
let lambda: Awaited<ReturnType<typeof startLambda>>;

beforeAll(async () => {
  sqs = await startFauxqs();
  await sqs.createQueue('acme-github');
  await sqs.createQueue('acme-other');
});
afterAll(() => sqs.close());
beforeEach(async () => {
  lambda = await startLambda('arn:aws:sqs:us-east-1:000000000000:acme-github', [
    'arn:aws:dynamodb:us-east-1:000000000000:table/acme-github/stream/x',
    'arn:aws:sqs:us-east-1:111111111111:acme-other',
    'arn:aws:sqs:us-east-1:000000000000:acme-paddle',
  ]);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  const { hostname, protocol, port } = (await sqs.client.config.endpoint?.()) ?? {
    hostname: '',
    protocol: '',
    port: 0,
  };
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', `${protocol}//${hostname}:${port}`);
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.endpoint);
});
afterEach(() => {
  lambda.close();
  vi.unstubAllEnvs();
});

test('a pause disables the mapping of the source’s queue, a resume enables it, and status tells', async () => {
  expect((await pausedMappings()).get('acme-github')).toBe(false);
  await setMapping('acme-github', 'disabled');
  expect(lambda.mapping.State).toBe('Disabling');
  expect((await pausedMappings()).get('acme-github')).toBe(true);
  await setMapping('acme-github', 'enabled');
  expect(lambda.mapping.State).toBe('Enabling');
  expect((await pausedMappings()).get('acme-github')).toBe(false);
});

test('status asks Lambda for all mappings at once, page by page, and not for each source', async () => {
  expect([...(await pausedMappings())]).toEqual([
    ['acme-paddle', false],
    ['acme-github', false],
  ]);
  expect(lambda.asked()).toBe(2);
});

test('a queue that no function consumes is told, and one that is not there', async () => {
  expect((await pausedMappings()).get('acme-other')).toBe(undefined);
  await expect(setMapping('acme-other', 'disabled')).rejects.toThrow('is the source deployed?');
  await expect(setMapping('acme-nothing', 'disabled')).rejects.toThrow('acme-nothing cannot be found');
});

test('Lambda that cannot be reached is an error that says so', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', 'http://127.0.0.1:1');
  await expect(setMapping('acme-github', 'disabled')).rejects.toThrow('Lambda cannot be asked');
});
