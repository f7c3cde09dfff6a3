import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeleteMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, test } from 'vitest';
import { fewAtOnce } from '../src/aws-few-at-once.ts';
import { awsTimeouts } from '../src/aws-timeouts.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Answers each call within its time, and every second one with an error that is not tried again. */
async function startService(afterMs: number) {
  const state = { calls: 0, running: 0, mostAtOnce: 0 };
  server = createServer((_request, response) => {
    state.calls += 1;
    state.running += 1;
    state.mostAtOnce = Math.max(state.mostAtOnce, state.running);
    const status = state.calls % 2 === 0 ? 400 : 200;
    setTimeout(() => {
      state.running -= 1;
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
    }, afterMs);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, state };
}

describe('a client of AWS that is called by a whole batch at once', () => {
  test('makes a few calls at a time, and each gets its answer: none is given up for the time that it waited', async () => {
    const { endpoint, state } = await startService(100);
    const client = fewAtOnce(
      new SQSClient({
        endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        maxAttempts: 1,
        // The last waits for two seconds.
        requestHandler: awsTimeouts(3000),
      }),
    );
    const command = new DeleteMessageCommand({ QueueUrl: `${endpoint}/000000000000/q`, ReceiptHandle: 'x' });
    const answers = await Promise.allSettled(Array.from({ length: 400 }, () => client.send(command)));
    client.destroy();
    expect(state).toMatchObject({ calls: 400, running: 0, mostAtOnce: 20 });
    const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [(answer.reason as Error).name] : []));
    expect(reasons).toHaveLength(200);
    expect(reasons).not.toContain('TimeoutError');
  });
});
