/** In this thread. */
const told = new Set<unknown>();

/** Warns of a message that the disk lost, once: pages of messages are asked for again and again. */
export function warnOfLoss(messageId: unknown, error: unknown): void {
  if (told.has(messageId)) return;
  told.add(messageId);
  const why = error instanceof Error ? error.message : String(error);
  process.emitWarning(`message ${String(messageId)} cannot be read: ${why}`);
}
