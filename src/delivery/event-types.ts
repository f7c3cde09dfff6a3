import type { WebhookEvent as ClerkEvent } from '@clerk/backend/webhooks';
import type { webhook as line } from '@line/bot-sdk';
import type { LinearWebhookEventTypeMap } from '@linear/sdk/webhooks';
import type { UnwrapWebhookEvent as MuxEvent } from '@mux/mux-node/resources/webhooks/webhooks';
import type { EventPayloadMap } from '@octokit/webhooks-types';
import type { IEvents as PaddleEvent } from '@paddle/paddle-node-sdk';
import type { EnvelopedEvent, SlashCommand, types as slack } from '@slack/bolt';
import type { UnwrapWebhookEvent as OpenAiEvent } from 'openai/resources/webhooks';
import type { WebhookEventPayload as ResendEvent } from 'resend';
import type { Stripe } from 'stripe';

/**
 * Payload types by event type, of the providers whose own packages have them. Types only, from development dependencies:
 * nothing of it is there at run time. A payload is the parsed body as it was sent, not what an SDK makes of it.
 *
 * Of another provider, `declare module 'hookport' { interface ProviderEvents { … } }` adds them.
 */
export interface ProviderEvents {
  clerk: ByType<ClerkEvent>;
  /** Mapped anew: an interface is no `Record`, so that such a delivery would be no plain `Delivery`. */
  github: { [Event in keyof EventPayloadMap]: EventPayloadMap[Event] };
  /** A request has an event type if all of its events share it. */
  line: { [Event in line.Event as Event['type']]: Omit<line.CallbackRequest, 'events'> & { events: Event[] } };
  linear: LinearWebhookEventTypeMap;
  mux: ByType<MuxEvent>;
  openai: ByType<OpenAiEvent>;
  /** The event types of the package are members of an enum, which no plain text is. */
  paddle: { [Event in PaddleEvent as `${Event['event_type']}`]: Event };
  resend: ByType<ResendEvent>;
  /** Events and slash commands. */
  slack: { [Event in slack.SlackEvent as Event['type']]: EnvelopedEvent<Event> } & Record<`/${string}`, SlashCommand>;
  /**
   * Snapshot events as Stripe's package has them, to go on with its types; where these say `Decimal`, JSON holds text, and so
   * does what the package's own `constructEvent` gives. Thin events (`v1.…`, `v2.…`) without the methods that it adds.
   */
  stripe: ByType<Stripe.Event> & {
    [Event in Stripe.V2.Core.EventNotification as Event['type']]: Omit<Event, `fetch${string}` | 'context'>;
  };
}

/** A union of events as a map: each under what its `type` says. */
type ByType<Events extends { type: string }> = { [Event in Events as Event['type']]: Event };

/** The payload types of a provider; `unknown` payloads where none are known. */
export type EventsOf<Provider extends string> = Provider extends keyof ProviderEvents
  ? ProviderEvents[Provider]
  : Record<string, unknown>;
