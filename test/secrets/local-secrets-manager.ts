import { type AwsAnswer, startAwsJson } from '../fakes/aws-json.ts';

export interface StoredSecret {
  current?: string;
  previous?: string;
  /** Which of them was put as bytes. */
  binary?: 'current' | 'previous';
  /** When the current one was put. */
  changedAt: Date;
}

/**
 * Secrets Manager over the AWS JSON protocol, as far as consumers and the command line ask.
 *
 * @returns with a `state` whose `unread` names the error that reading a value ends with
 */
export async function startSecretsManager(secrets: Record<string, StoredSecret>) {
  const state: { calls: number; down: boolean; unread?: string } = { calls: 0, down: false };
  const server = await startAwsJson((action, input) => {
    state.calls += 1;
    if (state.down) return { status: 500, body: { __type: 'InternalServiceError', message: 'down' } };
    if (action === 'GetSecretValue' && state.unread !== undefined)
      return { status: 400, body: { __type: state.unread, message: 'no' } };
    const secret = secrets[String(input['SecretId'])];
    if (!secret) return notFound;
    return actions[action]?.(secret, input) ?? { status: 400, body: { __type: 'UnknownOperationException' } };
  });
  return { ...server, secrets, state };
}

const notFound: AwsAnswer = { status: 400, body: { __type: 'ResourceNotFoundException', message: 'no such value' } };

const actions: Record<string, (secret: StoredSecret, input: Record<string, unknown>) => AwsAnswer> = {
  GetSecretValue(secret, { VersionStage }) {
    const value = VersionStage === 'AWSPREVIOUS' ? secret.previous : secret.current;
    if (value === undefined) return notFound;
    const CreatedDate = secret.changedAt.getTime() / 1000;
    const isBinary = secret.binary !== undefined && VersionStage === `AWS${secret.binary.toUpperCase()}`;
    const held = isBinary ? { SecretBinary: Buffer.from(value).toString('base64') } : { SecretString: value };
    return { status: 200, body: { ...held, CreatedDate, VersionStages: [VersionStage] } };
  },
  PutSecretValue(secret, { SecretString }) {
    if (secret.current !== undefined) secret.previous = secret.current;
    secret.current = String(SecretString);
    secret.changedAt = new Date();
    return { status: 200, body: {} };
  },
  ListSecretVersionIds({ current, previous, changedAt }) {
    const version = (stage: string, set: Date) => ({
      VersionId: `id-${stage}`,
      VersionStages: [`AWS${stage.toUpperCase()}`],
      CreatedDate: set.getTime() / 1000,
    });
    const Versions = [
      ...(current === undefined ? [] : [version('current', changedAt)]),
      ...(previous === undefined ? [] : [version('previous', new Date(0))]),
    ];
    return { status: 200, body: { Versions } };
  },
  UpdateSecretVersionStage(secret, { VersionStage, RemoveFromVersionId }) {
    if (VersionStage !== 'AWSPREVIOUS' || RemoveFromVersionId !== 'id-previous') return notFound;
    delete secret.previous;
    return { status: 200, body: {} };
  },
};
