import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/cli/doctor/probe.ts';
import { probes } from '../../../src/cli/doctor/probes.ts';
import { type Gateway, startGateway } from '../../../src/local/gateway/start.ts';
import { startSqsEndpoint } from '../../../src/local/sqs-endpoint/start.ts';
import { makeDoctorPlan } from '../../../src/plan/doctor.ts';
import type { EmbeddedQueues } from '../../../src/queue/embedded/embedded-queue.ts';
import { openEmbeddedQueues } from '../../../src/queue/embedded/open.ts';
import { createLogFake } from '../../fakes/log.ts';
import { hookport } from '../aws/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookport-doctor-'));
/** As the committed configuration is called. */
const doctor = makeDoctorPlan('acme-webhooks');

let queues: EmbeddedQueues;
let endpoint: Awaited<ReturnType<typeof startSqsEndpoint>>;
let gateway: Gateway;

beforeAll(async () => {
  queues = await openEmbeddedQueues({ folder, queues: [doctor.queue] });
  endpoint = await startSqsEndpoint({ port: 0, queues, log: createLogFake() });
  const { queue } = doctor;
  const sources = Object.entries(doctor.routes).map(([id, route]) => {
    return { id, provider: 'json', route, queue, deadLetterQueue: queue };
  });
  gateway = await startGateway({
    plan: { name: 'acme-webhooks', sources },
    port: 0,
    queue: (name) => queues.queue(name),
    log: createLogFake(),
  });
});
afterAll(async () => {
  await gateway.close();
  await endpoint.close();
  await queues.close();
  rmSync(folder, { recursive: true });
});

async function run(port: number, ...args: string[]) {
  const url = `http://127.0.0.1:${port}/`;
  return hookport(['doctor', '--url', url, ...args], { AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${endpoint.port}` });
}

describe('hookport doctor', () => {
  it('finds that this machine does what we assume of AWS, in every probe, and leaves nothing behind', async () => {
    const { code, out, errors } = await run(gateway.port, '--json');
    expect(errors).toBe('');
    const findings = JSON.parse(out) as Finding[];
    expect(findings.map(({ id }) => id)).toEqual(probes.map(({ id }) => id));
    expect(findings.filter(({ differs, harmful }) => differs || harmful)).toEqual([]);
    expect(findings.filter(({ does }) => does === 'kept whole').length).toBeGreaterThan(8);
    expect(code).toBe(0);
    expect(await queues.queue(doctor.queue.name).depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it('prints what is assumed beside what is done', async () => {
    const { code, out } = await run(gateway.port);
    expect(out).toMatch(/^same +an empty body +refused: 400 MissingParameter +refused: 400 MissingParameter$/m);
    expect(out).toContain('Nothing here loses or corrupts a delivery.');
    expect(code).toBe(0);
  });

  it('ends with 1 where an endpoint answers 200 and keeps nothing', async () => {
    const liar = createServer((request, response) => {
      request.resume();
      request.on('end', () => response.end('{}'));
    });
    await new Promise<void>((resolve) => void liar.listen(0, '127.0.0.1', resolve));
    try {
      const { code, out } = await run((liar.address() as AddressInfo).port);
      expect(out).toMatch(/^LOSES +a form .* answered 200, but nothing came$/m);
      expect(code).toBe(1);
    } finally {
      await new Promise<void>((resolve) => {
        liar.close(() => resolve());
        liar.closeAllConnections();
      });
    }
  });

  it('says so where nothing answers', async () => {
    const { code, errors } = await run(1);
    expect(errors).toContain('the doctor’s routes do not answer');
    expect(code).toBe(1);
  });
});
