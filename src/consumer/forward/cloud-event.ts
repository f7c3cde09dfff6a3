import { createHash } from 'node:crypto';
import type { VerifiedDelivery } from '../../delivery/delivery.ts';

/** The context attributes of a CloudEvent 1.0, without its data. */
export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  /** ISO 8601: when the request arrived. */
  time: string;
  datacontenttype?: string;
  /** An extension of ours: as `suspectedReplay` of a {@link VerifiedDelivery}, which has another id than what came before. */
  suspectedreplay?: true;
}

/**
 * What a verified delivery is as a CloudEvent, whichever way it is forwarded: its id and source together are the same
 * whenever it comes again.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export function toCloudEvent(delivery: VerifiedDelivery): CloudEvent {
  const { id, provider, source, eventType, receivedAt, headers, suspectedReplay } = delivery;
  const contentType = headers['content-type'];
  return {
    specversion: '1.0',
    id: short(id),
    source: `/hookport/${provider}/${source}`,
    type: eventType ? short(`${provider}.${eventType}`) : provider,
    time: new Date(receivedAt).toISOString(),
    ...(contentType && { datacontenttype: contentType }),
    ...(suspectedReplay && { suspectedreplay: true }),
  };
}

const longestBytes = 256;

/** An id or a type may come out of the body and be of any length; a hash still names it. */
function short(text: string): string {
  return Buffer.byteLength(text) <= longestBytes ? text : `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
