import type { Log } from '../log.ts';
import type { Dispatch } from '../delivery/dispatch.ts';

export interface TaskProtectionOptions {
  /** The ECS agent of this container, as `ECS_AGENT_URI` tells it. */
  agentUri: string;
  /** For how long a protection holds unless it is asked for again: longer than an attempt takes. */
  expiresInMinutes: number;
  log: Log;
}

/** Guards what must not be ended in the middle. */
export interface TaskProtection {
  guard: (dispatch: Dispatch) => Dispatch;
}

/** The agent asks ECS, which may take as long as this; a handler waits for it before it starts. */
const requestTimeoutMs = 10_000;

/**
 * Keeps ECS from ending this container, at a deploy or when it scales in, while a handler or a forward runs: what Fargate
 * leaves after SIGTERM, two minutes, is too short for those that outlast it. Where the agent does not answer, they run
 * all the same: what is ended in the middle comes back.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export function createTaskProtection({ agentUri, expiresInMinutes, log }: TaskProtectionOptions): TaskProtection {
  let running = 0;
  let current: Promise<void> = Promise.resolve();
  /** The request after the current one: for all who ask meanwhile. */
  let next: Promise<void> | undefined;

  const put = async (state: object): Promise<void> => {
    try {
      const response = await fetch(`${agentUri}/task-protection/v1/state`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(state),
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      const text = await response.text();
      if (!response.ok || text.includes('"failure"')) throw new Error(`answered ${response.status}: ${text}`);
    } catch (error) {
      log.warn('the protection of this container could not be changed; it may be ended while a handler runs', {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  };
  /**
   * Asks for what holds by then. One request after the other: a release that is late must not undo what the next handler
   * asked for. But one for all who wait: behind an agent that does not answer, handlers would start one in ten seconds.
   */
  const ask = (): Promise<void> => {
    next ??= current.then(() => {
      next = undefined;
      current = put(
        running > 0 ? { ProtectionEnabled: true, ExpiresInMinutes: expiresInMinutes } : { ProtectionEnabled: false },
      );
      return current;
    });
    return next;
  };

  return {
    guard: (dispatch) => async (deliveries) => {
      running += 1;
      // Each asks anew: it starts the time from which the protection counts down.
      await ask();
      try {
        return await dispatch(deliveries);
      } finally {
        running -= 1;
        if (running === 0) void ask();
      }
    },
  };
}
