import { randomUUID } from 'node:crypto';

/**
 * A new message id: a UUID that begins with the time (version 7, RFC 9562). Ids of one moment stand together in an index,
 * so that whoever keeps them in one, as the journal does, writes a page for many of them and not one for each.
 */
export function newMessageId(): string {
  return timePart() + randomUUID().slice(timeLength);
}

const timeLength = 'tttttttt-tttt-7'.length;
let lastTime = -1;
let lastPart = '';

/** The same for all of a millisecond. */
function timePart(): string {
  const time = Date.now();
  if (time !== lastTime) {
    const hex = time.toString(16).padStart(12, '0');
    lastPart = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
    lastTime = time;
  }
  return lastPart;
}
