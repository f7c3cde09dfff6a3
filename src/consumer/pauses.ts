import { setImmediate } from 'node:timers/promises';

/** To read as many characters of JSON takes some milliseconds, whatever a stranger makes of them. */
const maxCharacters = 64 * 1024;

/**
 * For whoever looks through messages one after the other, beside a gateway that answers in the same thread: lets others have their
 * turn whenever so many characters were read that they may have waited. A stranger's body of 1 MiB can take a tenth of a second.
 */
export function createPauses(): (charactersRead: number) => Promise<void> {
  let read = 0;
  return async (charactersRead) => {
    read += charactersRead;
    if (read < maxCharacters) return;
    read = 0;
    await setImmediate();
  };
}
