import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

/** An empty function that has the clients without which no consumer does, and reads its secret with the first delivery. */
const secrets = new SecretsManagerClient({});
export const sqs = new SQSClient({});

export async function handler(): Promise<void> {
  await secrets.send(new GetSecretValueCommand({ SecretId: process.env['HOOKPORT_SECRET_ID'] }));
}
