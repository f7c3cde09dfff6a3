import { generateSecret } from '../../../signature/generate-secret.ts';
import type { Check } from '../check.ts';
import { genuine, type Subject, verdictOn } from '../subject.ts';

export const secretChecks: readonly Check[] = [
  { name: 'refuses a wrong secret, and says which of several matched', run: wrongSecret },
  { name: 'never takes a request while the secret is absent, empty or white space', run: noSecret },
  {
    name: 'does not trim a secret that was copied with a line feed',
    applies: (subject) => !isPem(subject),
    run: untrimmed,
  },
  { name: 'tells nothing of the secret and the signature', run: discreet },
];

async function wrongSecret(subject: Subject): Promise<string[]> {
  const request = await genuine(subject);
  const other = generateSecret(subject.scheme).secret;
  const third = generateSecret(subject.scheme).secret;
  const wrong: string[] = [];
  const refused = await verdictOn(subject, request, [other]);
  if (refused.ok || refused.reason !== 'signature_mismatch') wrong.push('another secret');
  for (const secrets of [
    [other, subject.secret],
    [other, third, subject.secret],
  ]) {
    const verdict = await verdictOn(subject, request, secrets);
    if (!verdict.ok || verdict.secretIndex !== secrets.length - 1) wrong.push(`the last of ${secrets.length} secrets`);
  }
  return wrong;
}

async function noSecret(subject: Subject): Promise<string[]> {
  const request = await genuine(subject);
  const other = generateSecret(subject.scheme).secret;
  const wrong: string[] = [];
  for (const secrets of [[], [''], [' '], ['\n'], ['', ' \t'], ['', other]]) {
    const verdict = await verdictOn(subject, request, secrets);
    if (verdict.ok || verdict.reason !== 'unusable_secret') wrong.push(JSON.stringify(secrets.slice(0, 1)));
  }
  const verdict = await verdictOn(subject, request, ['', subject.secret]);
  if (!verdict.ok || verdict.secretIndex !== 1) wrong.push('the secret behind an empty one is refused');
  return wrong;
}

/** PEM ends with a line feed. */
function isPem({ scheme }: Subject): boolean {
  const form = scheme.scheme === 'code' ? scheme.secretLike : scheme;
  return form?.scheme === 'publicKey' && form.key === 'pem';
}

async function untrimmed(subject: Subject): Promise<string[]> {
  const verdict = await verdictOn(subject, await genuine(subject), [`${subject.secret}\n`]);
  return !verdict.ok && verdict.reason === 'unusable_secret' ? [] : ['a line feed after the secret'];
}

async function discreet(subject: Subject): Promise<string[]> {
  const request = await genuine(subject);
  const other = generateSecret(subject.scheme).secret;
  const verdict = JSON.stringify(await verdictOn(subject, request, [other]));
  const hidden = [other, ...request.values.map(({ value }) => value)];
  return hidden.some((each) => verdict.includes(each)) ? ['it quotes the secret or a value that signing added'] : [];
}
