import { HookportError } from '../../errors.ts';
import type { DoctorRoute } from '../../plan/doctor.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/probe.ts';
import { probes } from '../doctor/probes.ts';
import { openQueue, sqsClient } from './open-queue.ts';

/** Probes the doctor's routes, and reads its queue with the credentials of the environment. @throws HookportError */
export async function probeThere(urls: Readonly<Record<DoctorRoute, string>>, queueName: string): Promise<Finding[]> {
  const client = sqsClient();
  try {
    return await examine({ probes, urls, queue: await openQueue(client, queueName) });
  } catch (error) {
    if (error instanceof HookportError) throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw new HookportError('aws_unavailable', `the doctor’s routes do not answer: ${what}`, { cause: error });
  } finally {
    client.destroy();
  }
}
