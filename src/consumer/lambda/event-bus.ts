import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
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
  client ??= new Client({ maxAttempts: 2, requestHandler: { connectionTimeout: 1000, requestTimeout: 5000 } });
  return client;
}
