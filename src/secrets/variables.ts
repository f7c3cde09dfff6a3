/** Name of the environment variable with a source's signing secret: `GITHUB_WEBHOOK_SECRET` for `github`. */
export function secretVariable(source: string): string {
  return `${source.toUpperCase().replaceAll('-', '_')}_WEBHOOK_SECRET`;
}

/** The variable with the secret before that one; it counts for as long as it is set. */
export function previousSecretVariable(source: string): string {
  return `${secretVariable(source)}_PREVIOUS`;
}

/** An environment without any source's signing secrets, for handlers. */
export function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/_WEBHOOK_SECRET(_PREVIOUS)?$/i.test(name)),
  );
}
