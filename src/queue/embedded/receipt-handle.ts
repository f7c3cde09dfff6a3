/**
 * Names one receive of one message: the row, its receive count at that time and the message id, which also guards
 * against a row number that SQLite gave out again. Nothing needs to be stored for it.
 *
 * The handle of an earlier receive is ignored. SQS may delete by it or not; ignoring keeps a message that another
 * receiver has in hand, at the cost of handing it over once more.
 */
export interface Receipt {
  row: number;
  receiveCount: number;
  messageId: string;
}

export function formatReceiptHandle({ row, receiveCount, messageId }: Receipt): string {
  return `${row}.${receiveCount}.${messageId}`;
}

/** @returns undefined when the text was never a receipt handle of an embedded queue */
export function parseReceiptHandle(text: string): Receipt | undefined {
  const match = /^(\d{1,15})\.(\d{1,9})\.([0-9a-f-]{36})$/.exec(text);
  if (!match) return undefined;
  const [, row, receiveCount, messageId = ''] = match;
  return { row: Number(row), receiveCount: Number(receiveCount), messageId };
}
