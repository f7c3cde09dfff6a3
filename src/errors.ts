/**
 * Every error that Hookport throws on purpose, by its stable code.
 * `user`: the configuration, the machine or the call is wrong and the message says what to do.
 * `internal`: a defect of Hookport's own.
 */
export const errorCodes = {
  aws_unavailable: {
    fault: 'user',
    meaning: 'AWS could not be asked: no credentials, no region, no leave or no network',
  },
  cancelled: { fault: 'user', meaning: 'a question was answered with no, or not at all; nothing was done' },
  config_invalid: {
    fault: 'user',
    meaning: 'the configuration file cannot be read, or has issues; each is printed with its place',
  },
  data_folder_in_use: { fault: 'user', meaning: 'another process holds the data folder' },
  data_folder_unusable: { fault: 'user', meaning: 'the data folder cannot be opened, written or understood' },
  file_unwritable: { fault: 'user', meaning: 'a file of the project cannot be written; nothing was' },
  not_running: { fault: 'user', meaning: 'the command needs a running platform: npm start' },
  port_in_use: { fault: 'user', meaning: 'a port that Hookport listens on is taken, or not allowed' },
  provider_invalid: { fault: 'user', meaning: 'a provider definition is not usable' },
  queue_not_found: { fault: 'user', meaning: 'no queue has that name' },
  queue_unavailable: {
    fault: 'user',
    meaning: 'the queue could not be reached or could not write; nothing was accepted',
  },
  secret_missing: { fault: 'user', meaning: 'a source has no signing secret' },
  secret_unreadable: { fault: 'user', meaning: 'a signing secret could not be read from where it lives' },
  secret_unusable: { fault: 'user', meaning: 'a signing secret is not in a form that can be used' },
  usage: { fault: 'user', meaning: 'the command was called with arguments that do not fit' },
  internal: { fault: 'internal', meaning: 'a defect of Hookport; please report it' },
} as const satisfies Record<string, { fault: 'user' | 'internal'; meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** An error with a stable {@link ErrorCode}. Its message never holds a secret, a signature or a body. */
export class HookportError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HookportError';
    this.code = code;
  }

  /** Whose fault: `user` (fix the input and try again) or `internal`. */
  get fault(): 'user' | 'internal' {
    return errorCodes[this.code].fault;
  }
}
