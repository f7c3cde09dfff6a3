import { randomUUID } from 'node:crypto';

/**
 * A new message id: a UUID that begins with the time (version 7, RFC 9562). Ids of one moment stand together in an index,
 * so that whoever keeps them in one, as the journal does, writes a page for many of them and not one for each.
 */
export function newMessageId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
