import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The hand-written function with its secret where Hookport has it: read from Secrets Manager at the start. */
const client = new SecretsManagerClient({});
const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: process.env['HOOKPORT_SECRET_ID'] }));
process.env['GITHUB_WEBHOOK_SECRET'] = SecretString;

export const { handler } = await import('./hand-written.ts');
