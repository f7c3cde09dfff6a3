import type { Message } from './message.ts';

/** Room before the message, for what is hashed with it. */
export const messageAt = 128;

/** One for all: what stands in it is overwritten by the next message. */
export const scratch = Buffer.allocUnsafeSlow(messageAt + 64 * 1024);

/**
 * Writes a message into {@link scratch}, from {@link messageAt} on. To hash, or to hand over, whole what is short costs less than
 * doing so in pieces, and much less than making buffers of them.
 *
 * @returns where it ends; undefined if it may be too long
 */
export function writeWhole(message: Message): number | undefined {
  let end = messageAt;
  for (let index = 0; index < message.length; index++) {
    const piece = message[index] ?? '';
    if (typeof piece === 'string') {
      if (end + piece.length * 3 > scratch.length) return undefined;
      end += scratch.write(piece, end);
    } else {
      if (end + piece.length > scratch.length) return undefined;
      scratch.set(piece, end);
      end += piece.length;
    }
  }
  return end;
}

/** A message in one piece; it lasts until the next one. */
export function wholeOf(message: Message): Uint8Array {
  const end = writeWhole(message);
  if (end !== undefined) return scratch.subarray(messageAt, end);
  return Buffer.concat(message.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}
