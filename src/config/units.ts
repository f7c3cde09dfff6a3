/** `30s`, `15m`, `6h`, `14d`: a whole number and a unit. */
export const durationPattern = '^(0|[1-9][0-9]{0,8})(s|m|h|d)$';

/** `512B`, `256KiB`, `1MiB`, `1GiB`: a whole number and a binary unit. */
export const sizePattern = '^(0|[1-9][0-9]{0,8})(B|KiB|MiB|GiB)$';

const secondsOf = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const bytesOf = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** Seconds of a duration that fits {@link durationPattern}; undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = new RegExp(durationPattern).exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * secondsOf[unit as keyof typeof secondsOf];
}

/** Bytes of a size that fits {@link sizePattern}; undefined for any other text. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = new RegExp(sizePattern).exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * bytesOf[unit as keyof typeof bytesOf];
}

/** The shortest text of a number of seconds, such as `90s` or `2h`. */
export function formatDuration(seconds: number): string {
  const unit = (['d', 'h', 'm'] as const).find(
    (candidate) => seconds >= secondsOf[candidate] && seconds % secondsOf[candidate] === 0,
  );
  return unit ? `${seconds / secondsOf[unit]}${unit}` : `${seconds}s`;
}

/** The shortest text of a number of bytes, such as `512MiB`. */
export function formatSize(bytes: number): string {
  const unit = (['GiB', 'MiB', 'KiB'] as const).find(
    (candidate) => bytes >= bytesOf[candidate] && bytes % bytesOf[candidate] === 0,
  );
  return unit ? `${bytes / bytesOf[unit]}${unit}` : `${bytes}B`;
}
