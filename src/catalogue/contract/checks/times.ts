import { toleranceOf } from '../../../signature/tolerance.ts';
import { verify } from '../../../signature/verify.ts';
import type { Check } from '../check.ts';
import { arrival, genuine, type Subject } from '../subject.ts';

export const timeChecks: readonly Check[] = [
  {
    name: 'refuses what is stale or lies in the future, against the arrival',
    applies: (subject) => signsTime(subject),
    run: wrongTime,
  },
];

/** Also where the provider's own tolerance is none: a source may set one. */
function signsTime({ scheme }: Subject): boolean {
  return toleranceOf(scheme) !== undefined || ('timestamp' in scheme && scheme.timestamp !== undefined);
}

async function wrongTime(subject: Subject): Promise<string[]> {
  const { scheme } = subject;
  const request = await genuine(subject);
  const options = { toleranceSeconds: toleranceOf(scheme) ?? 300 };
  const { toleranceSeconds: tolerance } = options;
  const year = 31_536_000;
  const wrong: string[] = [];
  const at = async (seconds: number) =>
    verify(scheme, { ...request, receivedAt: arrival + seconds * 1000 }, [subject.secret], options);
  for (const seconds of [1 - tolerance, tolerance - 1])
    if (!(await at(seconds)).ok) wrong.push(`${seconds} s from arrival is refused`);
  for (const seconds of [tolerance + 2, -tolerance - 2, year, -year, Number.NaN]) {
    const verdict = await at(seconds);
    if (verdict.ok || verdict.reason !== 'stale_timestamp') wrong.push(`${seconds} s from arrival`);
  }
  return wrong;
}
