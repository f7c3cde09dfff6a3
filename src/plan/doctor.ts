import { requestParameters } from '../delivery/wire.ts';
import type { QueuePlan, RoutePlan } from './plan.ts';

/** Routes and a queue that only `hookport doctor` uses, to find out what an account does. Deployed with `--doctor`. */
export interface DoctorPlan {
  /** Headers as the sources map them; and one route for each thing whose mapping API Gateway may refuse. */
  routes: Readonly<Record<DoctorRoute, RoutePlan>>;
  /** Nothing consumes it; what the doctor leaves there is gone after an hour. */
  queue: QueuePlan;
}

export type DoctorRoute = 'plain' | 'authorization' | 'sns' | 'query';

/** The header that a probe sets to try something, or leaves out. */
export const doctorHeader = 'x-doctor-value';

/** The query parameter that a probe sets or leaves out, on its own route. */
export const doctorParameter = 'doctor-value';

const headers: Readonly<Record<DoctorRoute, readonly string[]>> = {
  plain: ['content-type', doctorHeader],
  authorization: ['authorization'],
  sns: ['x-amz-sns-message-type'],
  query: ['content-type'],
};

/**
 * The doctor's part of a stack.
 *
 * @param stack The plan's name. No source's queue can have the name of the doctor's, since no id has an underscore.
 */
export function makeDoctorPlan(stack: string): DoctorPlan {
  const route = (name: DoctorRoute): RoutePlan => {
    const path = name === 'plain' ? '/_hookport/doctor' : `/_hookport/doctor/${name}`;
    return {
      key: `POST ${path}`,
      method: 'POST',
      path,
      // Enough for one doctor, and too little for anybody who finds the URL to run up a bill.
      throttle: { rate: 10, burst: 30 },
      requestParameters: requestParameters({
        headers: Object.fromEntries(headers[name].map((header) => [header, 'always'] as const)),
        ...(name === 'query' && { query: { [doctorParameter]: 'always' } }),
      }),
    };
  };
  return {
    routes: {
      plain: route('plain'),
      authorization: route('authorization'),
      sns: route('sns'),
      query: route('query'),
    },
    queue: {
      name: `${stack}_doctor`,
      retentionSeconds: 3600,
      visibilityTimeoutSeconds: 30,
      // As a source's queue.
      maxMessageBytes: 1024 * 1024 - 4096,
      receiveWaitSeconds: 1,
    },
  };
}
