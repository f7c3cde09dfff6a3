import { expect, test } from 'vitest';
import { connectionOf, describeConnection } from '../../src/cli/connect-steps.ts';
import { builtInProviders } from '../../src/cli/project.ts';
import { parseConfig } from '../../src/config/load.ts';
import { makePlan } from '../../src/plan/make-plan.ts';

const { catalogue } = builtInProviders;

/** What is said of a source of Twilio that is served at `https://api.example/twilio`. */
async function stepsWith(publicUrl: string): Promise<string> {
  const text = `name: n\nsources:\n  twilio: { provider: twilio, publicUrl: "${publicUrl}" }\n`;
  const loaded = parseConfig('w.yaml', text, { catalogue, root: '/' });
  if (!loaded.ok) throw new Error(loaded.issues.map(({ message }) => message).join('\n'));
  const [source] = makePlan(loaded.config, catalogue).sources;
  if (!source) throw new Error('there is no source');
  return describeConnection(await connectionOf(source, 'https://api.example/twilio', builtInProviders), 'The secret.');
}

test('the steps of a provider that signs the URL name the one that is verified, and where it has to lead', async () => {
  const steps = await stepsWith('https://tunnel.example/twilio');
  expect(steps).toMatch(/^twilio {2}https:\/\/api\.example\/twilio\n/);
  expect(steps).toContain('enter https://tunnel.example/twilio with method POST');
  expect(steps).toContain(
    '  Enter publicUrl, https://tunnel.example/twilio, to the letter: it is signed. It must lead to https://api.example/twilio.',
  );
});

test('nothing of that where both are the same', async () => {
  const steps = await stepsWith('https://api.example/twilio');
  expect(steps).toContain('enter https://api.example/twilio with method POST');
  expect(steps).not.toContain('to the letter: it is signed');
});
