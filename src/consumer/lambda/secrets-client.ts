import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsTimeouts } from '../../aws-timeouts.ts';

let client: SecretsManagerClient | undefined;

/** Gives up soon enough to leave the deliveries their time: they are tried again. */
export function secretsClient(): SecretsManagerClient {
  client ??= new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: awsTimeouts(3000),
  });
  return client;
}
