import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, test, vi } from 'vitest';
import { awsAdvice } from '../src/aws-advice.ts';

afterEach(() => vi.unstubAllEnvs());

/** Nor the files of whoever runs this, nor what a machine on AWS would be given. */
function withNothing(): void {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
}

async function adviceFor(client: SQSClient): Promise<string> {
  const error: unknown = await client.send(new ListQueuesCommand({})).catch((thrown: unknown) => thrown);
  return awsAdvice(error);
}

test('the SDK’s own words for no region are told from others', async () => {
  withNothing();
  expect(await adviceFor(new SQSClient({}))).toBe('; set AWS_REGION, such as eu-central-1');
});

test('the SDK’s own words for no credentials are told from others', async () => {
  withNothing();
  expect(await adviceFor(new SQSClient({ region: 'us-east-1' }))).toBe(
    '; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  );
});

test('where credentials have run out the SDK says itself what to do', async () => {
  const expired = Object.assign(new Error('To refresh this SSO session run aws sso login'), {
    name: 'CredentialsProviderError',
  });
  expect(await adviceFor(new SQSClient({ region: 'us-east-1', credentials: () => Promise.reject(expired) }))).toBe('');
});
