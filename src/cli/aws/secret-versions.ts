import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { HookportError } from '../../errors.ts';
import type { SecretPlan } from '../../plan/plan.ts';
import { awsUnavailable } from './unavailable.ts';

/** A version of a secret that counts, without its value. */
export interface SecretVersion {
  stage: 'current' | 'previous';
  versionId: string;
  /** When its value was set, ISO 8601; null where AWS does not say. */
  setAt: string | null;
}

/** Which versions a secret in Secrets Manager has; none before its first value was set. */
export async function secretVersions(secret: SecretPlan): Promise<SecretVersion[]> {
  return withClient(secret, async (client) => {
    // Versions without a label, which count no more, are left out.
    const { Versions = [] } = await client.send(new ListSecretVersionIdsCommand({ SecretId: secret.name }));
    return (['current', 'previous'] as const).flatMap((stage): SecretVersion[] => {
      const version = Versions.find(({ VersionStages }) => VersionStages?.includes(`AWS${stage.toUpperCase()}`));
      if (version?.VersionId === undefined) return [];
      return [{ stage, versionId: version.VersionId, setAt: version.CreatedDate?.toISOString() ?? null }];
    });
  });
}

/**
 * Makes a value the current version; the one before counts for 7 days as the previous.
 *
 * @returns false when it is the current one already. Put once more it would become its own previous version, and the one
 *   that the provider may still sign with would count no more.
 */
export async function putSecret(secret: SecretPlan, value: string): Promise<boolean> {
  return withClient(secret, async (client) => {
    if ((await currentValue(client, secret.name)) === value) return false;
    await client.send(new PutSecretValueCommand({ SecretId: secret.name, SecretString: value }));
    return true;
  });
}

/** Undefined where there is none, or where whoever sets secrets may not read them. @throws what else keeps it from being read */
async function currentValue(client: SecretsManagerClient, SecretId: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
    throw error;
  }
}

/** Takes the label off the previous version, so that it no longer counts. @returns false when there is none */
export async function revokePrevious(secret: SecretPlan): Promise<boolean> {
  const previous = (await secretVersions(secret)).find(({ stage }) => stage === 'previous');
  if (!previous) return false;
  await withClient(secret, (client) =>
    client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secret.name,
        VersionStage: 'AWSPREVIOUS',
        RemoveFromVersionId: previous.versionId,
      }),
    ),
  );
  return true;
}

async function withClient<T>(secret: SecretPlan, run: (client: SecretsManagerClient) => Promise<T>): Promise<T> {
  const client = new SecretsManagerClient({});
  try {
    return await run(client);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) throw missing(secret);
    throw awsUnavailable(`the secret ${secret.name} cannot be reached`, error);
  } finally {
    client.destroy();
  }
}

function missing({ name, existing }: SecretPlan): HookportError {
  const how = name.startsWith('arn:') ? '' : `: aws secretsmanager create-secret --name ${name}`;
  const advice = existing ? `, which the configuration names; make it${how}` : '; deploy the stack first';
  return new HookportError('secret_missing', `there is no secret ${name}${advice}`);
}
