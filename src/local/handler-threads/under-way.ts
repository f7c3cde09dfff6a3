import type { LogFields } from '../../log.ts';

/**
 * How much of what a thread prints and logs is on its way to the one that takes it. Shared between both, since a handler that blocks
 * its thread gets no message.
 */
export type UnderWay = Int32Array<SharedArrayBuffer>;

/** Who sends more waits until some were taken, as with a pipe; and so much is taken in a turn. */
const maxUnderWay = 128 * 1024;
const turnMs = 50;

/** What each line counts beside its characters: it takes time from the gateway, in whose thread it is shown and written down. */
const perLine = 256;

/** For so long a sender waits: whoever takes it may be held up itself. */
const longestWaitMs = 100;

export function createUnderWay(): UnderWay {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Before a text is sent, with the fields that are logged beside it: waits for room, and takes it. */
export function takeRoom(underWay: UnderWay, text: string, fields?: LogFields): void {
  for (let now = Atomics.load(underWay, 0); now >= maxUnderWay; now = Atomics.load(underWay, 0))
    if (Atomics.wait(underWay, 0, now, longestWaitMs) === 'timed-out') break;
  Atomics.add(underWay, 0, sizeOf(text, fields));
}

/** @returns to be called with each text that was taken and its fields, whose room it gives back turn by turn */
export function createRoomGiver(underWay: UnderWay): (text: string, fields?: LogFields) => void {
  let owed = 0;
  let turn: NodeJS.Timeout | undefined;
  const endTurn = () => {
    const given = Math.min(owed, maxUnderWay);
    owed -= given;
    turn = owed > 0 ? setTimeout(endTurn, turnMs).unref() : undefined;
    Atomics.sub(underWay, 0, given);
    Atomics.notify(underWay, 0);
  };
  return (text, fields) => {
    owed += sizeOf(text, fields);
    turn ??= setTimeout(endTurn, turnMs).unref();
  };
}

function sizeOf(text: string, fields: LogFields = {}): number {
  let size = text.length + perLine * Math.max(1, text.split('\n').length - 1);
  for (const value of Object.values(fields)) if (typeof value === 'string') size += value.length;
  return size;
}
