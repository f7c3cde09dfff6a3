import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, test } from 'vitest';
import { awsTimeouts } from '../src/aws-timeouts.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Takes every request and answers none. */
async function silentEndpoint(): Promise<string> {
  server = createServer(() => undefined);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a client of AWS', () => {
  test('gives a call up that nobody answers', async () => {
    const client = new SecretsManagerClient({
      endpoint: await silentEndpoint(),
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 2,
      requestHandler: awsTimeouts(50),
    });
    const began = performance.now();
    await expect(client.send(new GetSecretValueCommand({ SecretId: 's' }))).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(performance.now() - began).toBeGreaterThan(90);
    client.destroy();
  });
});
