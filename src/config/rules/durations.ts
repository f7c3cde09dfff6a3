import { copyTakenSeconds } from '../../catalogue/copy-taken.ts';
import { longestMemorySeconds } from '../../catalogue/provider-problems.ts';
import type { SourceConfig } from '../config.ts';
import type { Finding } from '../issue.ts';
import { formatDuration, parseDuration } from '../units.ts';
import { eachSource, placeOf } from './rule.ts';

/** Bounds that belong to one duration alone. */
const bounds: readonly { key: string; of: (source: SourceConfig) => number | undefined; from: string; to: string }[] = [
  { key: 'expectEvery', of: (source) => source.expectEverySeconds, from: '5m', to: '7d' },
  // Beyond a day it would hardly stop a replay.
  { key: 'tolerance', of: (source) => source.toleranceSeconds, from: '1s', to: '1d' },
];

/** Durations that are too short or too long to mean something. */
export const durations = eachSource((source, { raw, provider }) => {
  const findings: Finding[] = [];
  for (const { key, of, from, to } of bounds) {
    const seconds = of(source);
    if (seconds === undefined) continue;
    if (seconds < (parseDuration(from) ?? 0) || seconds > (parseDuration(to) ?? 0))
      findings.push({
        path: placeOf(raw, source.id, [key]),
        message: `${key} must lie between ${from} and ${to}, not ${formatDuration(seconds)}`,
      });
  }
  const { deduplicate } = source;
  const horizon = provider?.retry.horizonSeconds ?? 0;
  const path = placeOf(raw, source.id, ['deduplicate']);
  if (deduplicate === true && provider && horizon === 0)
    findings.push({
      path,
      message: `${provider.name} does not send again by itself, so nothing would be remembered; say for how long, such as deduplicate: 3d`,
    });
  if (typeof deduplicate !== 'number') return findings;
  if (deduplicate === 0)
    findings.push({ path, message: 'deduplicate must be 1s or more; to remember nothing, write false' });
  else if (deduplicate < horizon)
    findings.push({
      path,
      message: `${formatDuration(deduplicate)} is shorter than ${provider?.name ?? 'the provider'} sends again for, ${formatDuration(horizon)}; a late redelivery would be handled twice`,
    });
  else if (provider && deduplicate < copyTakenSeconds(provider, source))
    findings.push({
      path,
      message: `${formatDuration(deduplicate)} is shorter than a copy of a request is taken for, ${formatDuration(copyTakenSeconds(provider, source))} (twice the tolerance); whoever caught one could have it handled twice`,
    });
  if (deduplicate > longestMemorySeconds)
    findings.push({ path, message: `deduplicate must be 365d at most, not ${formatDuration(deduplicate)}` });
  return findings;
});
