import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { fatesOf } from '../../src/cli/send/outcomes.ts';
import type { SourcePlan } from '../../src/plan/plan.ts';

test('what was sent is not known to be handled, and no mistake, where the platform was stopped after it had answered', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const source = { consumer: { timeoutSeconds: 1 } } as SourcePlan;
  expect(await fatesOf([{ messageId: 'm' }], source, `http://127.0.0.1:${port}`)).toEqual([undefined]);
});
