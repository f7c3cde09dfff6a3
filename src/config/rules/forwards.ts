import { blockedPorts } from './blocked-ports.ts';
import { hasCredentials, isSecretValue, looksLikeSecret, secretAdvice } from './secret-values.ts';
import type { Finding } from '../issue.ts';
import { eachSource, placeOf } from './rule.ts';

/** Where verified deliveries go: an address without any secret in it, and a secret that is only named. */
export const forwards = eachSource(({ id, forward }, { raw }) => {
  const findings: Finding[] = [];
  const find = (key: string, message: string) =>
    findings.push({ path: placeOf(raw, id, ['forward', 'http', key]), message });
  const { http, eventBus } = forward ?? {};
  if (http) {
    const url = URL.canParse(http.url) ? new URL(http.url) : undefined;
    if (!url) find('url', 'url is no URL');
    else if (hasCredentials(http.url))
      find('url', 'a URL with a user or password must not stand in the YAML; the signature says who sends');
    else if ([...url.searchParams.values()].some(looksLikeSecret))
      find('url', 'the query of url looks like it holds a secret, which must not stand in the YAML');
    else if (blockedPorts.has(Number(url.port)))
      find('url', `nothing is sent to port ${url.port}, which fetch keeps from being used for HTTP; choose another`);
    if (http.secret !== undefined && isSecretValue(http.secret))
      find('secret', `this looks like a secret’s value, which must not stand in the YAML; ${secretAdvice}`);
  }
  if (eventBus?.startsWith('aws.'))
    findings.push({
      path: placeOf(raw, id, ['forward', 'eventBus']),
      message: `a bus whose name begins with "aws." is AWS’s or a partner’s and takes no events of yours`,
    });
  return findings;
});
