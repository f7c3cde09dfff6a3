import type { KeyedScheme } from '../../signature/scheme.ts';
import type { Finding, FindingCode } from './finding.ts';

/** Where a definition is one's own, it may be what is wrong, and not who sends. */
const advice: Partial<Record<FindingCode, string>> = {
  no_signature:
    'compare `signature` of the definition with the headers that arrived; or the provider signs nothing yet',
  signature_form:
    'compare `signature` of the definition, its prefix, pairs and encoding, with what the provider documents',
  no_timestamp: 'compare `timestamp` of the definition with what the provider documents',
  timestamp_unit: 'correct the `unit` of the timestamp in the definition',
  secret_differs_slightly:
    'set the secret as the provider has it; or correct `key` of the definition, where it is read in another way',
  other_secret:
    'copy the secret from the provider anew; if it is right, compare `algorithm`, `key` and `message` of the definition, and prove it with a vector: hookport providers check',
};

/** What was found out of a delivery, for who has written the definition of its provider himself. */
export function ofOwnDefinition(finding: Finding, { scheme }: KeyedScheme): Finding {
  const text = finding.text
    .replace('than the provider documents', 'than the definition says')
    .replace(
      'the provider signs with another secret',
      'the provider signs with another secret, or otherwise than the definition says',
    );
  const told = advice[finding.code] ?? finding.advice;
  return { ...finding, text, advice: scheme === 'hmac' ? told.replace('`algorithm`', '`hash`') : told };
}
