import type { VerifiedDelivery } from '../../delivery/delivery.ts';
import type { Dispatch } from '../../delivery/dispatch.ts';
import { describeError } from '../../delivery/handler-errors.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import type { Log } from '../../log.ts';
import type { MessageAttributes, OutgoingMessage, Queue } from '../../queue/queue.ts';
import { bytesOf, decodeUtf8 } from '../../signature/text.ts';
import { toCloudEvent } from './cloud-event.ts';

/** Sends each verified delivery to the verified queue; sent means handled. */
export function forwardToQueue(queue: Queue, log: Log): Dispatch {
  return (deliveries) =>
    Promise.all(
      deliveries.map(async (delivery): Promise<Outcome> => {
        try {
          const sent = await queue.send(toMessage(delivery));
          if (sent.ok) return { kind: 'handled' };
          log.error('the verified queue refused a delivery', { source: delivery.source, code: sent.code });
          return { kind: 'failed', reason: 'forward_failed', detail: `${sent.code}: ${sent.message}` };
        } catch (error) {
          return { kind: 'failed', reason: 'forward_failed', detail: describeError(error) };
        }
      }),
    );
}

/**
 * A CloudEvent 1.0 in binary mode: the body untouched, the event's attributes beside it with the prefix `ce-`, and the
 * kept headers as HTTP field lines in `Headers`, as they stand in the source queue. `ce-datacontenttype` is the
 * request's content type, where that is not of an absurd length: it stands in `Headers` as well. `Query` has the kept query
 * parameters in the same way. Ten attributes at most, which is what SQS allows.
 *
 * A body that is not UTF-8 cannot stand in a message: it goes as base64, and `ce-datacontentencoding` says so.
 */
export function toMessage(delivery: VerifiedDelivery): OutgoingMessage {
  const text = decodeUtf8(delivery.body);
  const lines = (fields: Readonly<Record<string, string>>) =>
    Object.entries(fields)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join('');
  const { datacontenttype, ...rest } = toCloudEvent(delivery);
  const fits = datacontenttype !== undefined && Buffer.byteLength(datacontenttype) <= longestContentType;
  const event = Object.entries({ ...rest, ...(fits && { datacontenttype }) }).map(([name, value]): [string, string] => [
    `ce-${name}`,
    String(value),
  ]);
  return {
    body: text ?? Buffer.from(bytesOf(delivery.body)).toString('base64'),
    attributes: attributes({
      ...Object.fromEntries(event),
      'ce-datacontentencoding': text === undefined ? 'base64' : undefined,
      Headers: lines(delivery.headers),
      // None holds a line feed: they were decoded, and what holds a control character was left out.
      Query: lines(delivery.query ?? {}),
    }),
  };
}

/**
 * Bytes. The verified queue takes 4 KiB more than the source queue: id and type with every byte escaped, the rest and
 * this fit into that, so that no delivery is too large to be forwarded.
 */
const longestContentType = 1024;

function attributes(values: Record<string, string | undefined>): MessageAttributes {
  const present = Object.entries(values).filter((entry): entry is [string, string] => !!entry[1]);
  return Object.fromEntries(present.map(([name, value]) => [name, { dataType: 'String', stringValue: legal(value) }]));
}

/** Percent-encodes what SQS does not take in a text. */
function legal(text: string): string {
  return text.toWellFormed().replaceAll(illegal, (character) => encodeURIComponent(character));
}

// oxlint-disable-next-line no-control-regex -- these are the characters that SQS refuses
const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
