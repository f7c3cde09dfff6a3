import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { awsTimeouts } from '../../aws-timeouts.ts';
import { createEventBridge } from '../forward/event-bridge.ts';
import type { EventBus } from '../forward/event-bus.ts';

let client: EventBridgeClient | undefined;

/** A bus behind the one client of this function, which is made with the first event. */
export function openEventBus(eventBus: string): EventBus {
  return createEventBridge({ eventBus, client: eventBridge });
}

/** Gives up soon enough to leave the deliveries their time: they are tried again. */
async function eventBridge(): Promise<EventBridgeClient> {
  const { EventBridgeClient: Client } = await import('@aws-sdk/client-eventbridge');
  client ??= new Client({ maxAttempts: 2, requestHandler: awsTimeouts(5000) });
  return client;
}
