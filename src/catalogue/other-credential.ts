import type { ProviderGuide } from './provider.ts';

/** A credential of a provider that stands where its signing secret belongs. */
export interface OtherCredential {
  /** The provider's published prefix of such credentials, which is nothing of the secret. */
  begins: string;
  /** Such as `an API key`. */
  is: string;
  /** What the signing secret is. */
  instead: string;
}

/** What a text is by its published prefix, if it is another credential of the provider than the one that signs. */
export function otherCredential(
  guide: Pick<ProviderGuide, 'otherCredentials'> | undefined,
  secret: string,
): OtherCredential | undefined {
  const { otherCredentials } = guide ?? {};
  const begins = Object.keys(otherCredentials?.prefixes ?? {}).find((prefix) => secret.startsWith(prefix));
  if (otherCredentials === undefined || begins === undefined) return undefined;
  return { begins, is: otherCredentials.prefixes[begins] ?? '', instead: otherCredentials.instead };
}

/** That it is one, as the end of the sentence "the secret …". */
export function describeOther({ begins, is }: OtherCredential): string {
  return `begins with ${begins}: that is ${is}, which signs no webhook`;
}
