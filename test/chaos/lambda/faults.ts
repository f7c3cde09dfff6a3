import { type Fault, startFaultyEndpoint } from '../../infra/lambda/faulty-endpoint.ts';
import type { Random } from '../random.ts';
import type { Run } from '../scenario.ts';

/** How bad a service is at the moment: the share of its calls that go wrong. */
export interface Weather {
  fails: number;
}

/** A service behind a network and a load that fail by this weather, which may be changed at any time. */
export async function behindFaults(
  run: Pick<Run, 'onEnd' | 'random' | 'short'>,
  endpoint: string,
): Promise<{ endpoint: string; weather: Weather }> {
  const weather = { fails: 0 };
  const faulty = await startFaultyEndpoint(endpoint, () =>
    run.random.next() < weather.fails ? faultOf(run.random, run.short) : undefined,
  );
  run.onEnd(() => faulty.close());
  return { endpoint: faulty.endpoint, weather };
}

/** A call that is never answered costs the client's timeout of three seconds: the short form has none. */
function faultOf(random: Random, short: boolean): Fault {
  if (!short && random.next() < 0.01) return 'silent';
  return random.pick(['throttled', 'serverError', 'unheard', 'answerLost', { afterMs: random.integer(1, 200) }]);
}
