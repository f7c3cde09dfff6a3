import type { Queue } from '../../queue/queue.ts';

/** A queue whose client is loaded with its first use: a delivery that is handled needs none. */
export function lazyQueue(name: string, open: () => Promise<Queue>): Queue {
  let opened: Promise<Queue> | undefined;
  const queue = () => (opened ??= open());
  return {
    name,
    send: async (message) => (await queue()).send(message),
    receive: async (options) => (await queue()).receive(options),
    delete: async (receiptHandle) => (await queue()).delete(receiptHandle),
    changeVisibility: async (receiptHandle, seconds) => (await queue()).changeVisibility(receiptHandle, seconds),
    moveTo: async (destination, message, attributes) => (await queue()).moveTo(destination, message, attributes),
    depth: async () => (await queue()).depth(),
  };
}
