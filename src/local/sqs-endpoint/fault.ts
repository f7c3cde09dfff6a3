/**
 * An error as SQS answers it. Thrown inside the endpoint and turned into an answer in one place.
 * `type` is what the JSON protocol names, `queryCode` what the older query protocol named: SDKs compare either.
 */
export class SqsFault extends Error {
  readonly type: string;
  readonly queryCode: string;
  readonly status: number;

  constructor(code: string, message: string, options: { queryCode?: string; status?: number } = {}) {
    super(message);
    this.name = 'SqsFault';
    this.type = code;
    this.queryCode = options.queryCode ?? code;
    this.status = options.status ?? 400;
  }
}

const legacy = 'AWS.SimpleQueueService';

/** The faults that several actions share; messages follow SQS's. */
export const faults = {
  batchEntryIdsNotDistinct: (id: string) =>
    new SqsFault('BatchEntryIdsNotDistinct', `Id ${id} repeated.`, { queryCode: `${legacy}.BatchEntryIdsNotDistinct` }),
  batchRequestTooLong: (limit: number, bytes: number) =>
    new SqsFault(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${limit} bytes. You have sent ${bytes} bytes.`,
      { queryCode: `${legacy}.BatchRequestTooLong` },
    ),
  emptyBatch: () =>
    new SqsFault('EmptyBatchRequest', 'There should be at least one entry in the request.', {
      queryCode: `${legacy}.EmptyBatchRequest`,
    }),
  invalidBatchEntryId: () =>
    new SqsFault(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      { queryCode: `${legacy}.InvalidBatchEntryId` },
    ),
  invalidParameter: (message: string) => new SqsFault('InvalidParameterValue', message),
  messageNotInflight: () =>
    new SqsFault('MessageNotInflight', 'The message referred to is not in flight.', {
      queryCode: `${legacy}.MessageNotInflight`,
    }),
  missingParameter: (name: string) =>
    new SqsFault('MissingParameter', `The request must contain the parameter ${name}.`),
  queueDoesNotExist: () =>
    new SqsFault('QueueDoesNotExist', 'The specified queue does not exist.', {
      queryCode: `${legacy}.NonExistentQueue`,
    }),
  receiptHandleIsInvalid: (handle: string) =>
    new SqsFault(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${handle.slice(0, 100)}" is not a valid receipt handle.`,
      {
        status: 404,
      },
    ),
  resourceNotFound: (message: string) => new SqsFault('ResourceNotFoundException', message, { status: 404 }),
  tooManyEntries: (count: number) =>
    new SqsFault(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${count}.`,
      { queryCode: `${legacy}.TooManyEntriesInBatchRequest` },
    ),
  unsupportedOperation: (message: string) =>
    new SqsFault('UnsupportedOperation', message, { queryCode: `${legacy}.UnsupportedOperation` }),
} as const;
