const forwardSuffix = '/forward';

/** What a store calls the secret that signs a source's forward over HTTP. No source's id has a slash. */
export function forwardSecretOf(source: string): string {
  return `${source}${forwardSuffix}`;
}

/**
 * Name of the environment variable with a source's signing secret: `GITHUB_WEBHOOK_SECRET` for `github`, and
 * `GITHUB_FORWARD_SECRET` for its forward.
 */
export function secretVariable(source: string): string {
  const isForward = source.endsWith(forwardSuffix);
  const id = isForward ? source.slice(0, -forwardSuffix.length) : source;
  return `${id.toUpperCase().replaceAll('-', '_')}_${isForward ? 'FORWARD' : 'WEBHOOK'}_SECRET`;
}

/** The variable with the secret before that one; it counts for as long as it is set. */
export function previousSecretVariable(source: string): string {
  return `${secretVariable(source)}_PREVIOUS`;
}

/** An environment without any source's signing secrets, for handlers. */
export function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/_(WEBHOOK|FORWARD)_SECRET(_PREVIOUS)?$/i.test(name)),
  );
}
