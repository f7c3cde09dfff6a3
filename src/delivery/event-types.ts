import type { EventPayloadMap } from '@octokit/webhooks-types';

/** Payload types by event type, of the providers that publish types. Types only: nothing is installed at run time. */
export interface ProviderEvents {
  github: EventPayloadMap;
}

/** The payload types of a provider; `unknown` payloads where none are known. */
export type EventsOf<Provider extends string> = Provider extends keyof ProviderEvents
  ? ProviderEvents[Provider]
  : Record<string, unknown>;
