import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inParallel, postGithub } from './github-request.ts';
import { type PlatformProcess, TestProject } from './platform-process.ts';

/** Every payload that GitHub's own examples hold. */
const payloads = (examples as unknown as { name: string; examples: object[] }[]).flatMap(({ name, examples }) =>
  examples.map((example, index) => ({ event: name, id: `${name}-${index}`, body: JSON.stringify(example) })),
);

const secret = 'a secret that only GitHub and this test know';
const project = new TestProject(
  ['json', 'form', 'tampered', 'form-tampered']
    .map((id) => `  ${id}: { provider: github, handler: test/fixtures/handlers/note-effects.ts }\n`)
    .join(''),
);
const variables = ['JSON', 'FORM', 'TAMPERED', 'FORM_TAMPERED'].map((id) => [`${id}_WEBHOOK_SECRET`, secret]);
let platform: PlatformProcess;

beforeAll(async () => {
  platform = await project.serve({ ...Object.fromEntries(variables), EFFECTS_FILE: project.file('effects') });
});
afterAll(async () => {
  await platform.stop();
  project.remove();
});

const asForm = (body: string) => new URLSearchParams({ payload: body }).toString();

/** Another byte in the middle of the text, so that length and form stay. */
function flip(body: string): string {
  const middle = Math.floor(body.length / 2);
  const at = body.slice(middle).search(/[a-y]/) + middle;
  return body.slice(0, at) + String.fromCharCode(body.charCodeAt(at) + 1) + body.slice(at + 1);
}

test('there are 329 of them', () => {
  expect(payloads).toHaveLength(329);
});

test.each([
  ['json', 'application/json', (body: string) => body],
  ['form', 'application/x-www-form-urlencoded', asForm],
] as const)('every one is handled when it comes as %s', async (source, contentType, encode) => {
  await inParallel(payloads, 16, async ({ event, id, body }) => {
    const status = await postGithub(platform.gateway, secret, {
      event,
      id: `${source}-${id}`,
      body: encode(body),
      path: `/${source}`,
      contentType,
    });
    expect(status).toBe(200);
  });
  const state = await platform.until(source, ({ outcomes }) => outcomes.handled === 329);
  expect(state.queue).toEqual({ waiting: 0, inFlight: 0, deadLettered: 0 });
  const handled = project.lines('effects').filter((id) => id.startsWith(`${source}-`));
  expect(new Set(handled).size).toBe(329);
});

test.each([
  ['tampered', 'application/json', (body: string) => body],
  ['form-tampered', 'application/x-www-form-urlencoded', asForm],
] as const)('every one with a byte flipped is rejected: %s', async (source, contentType, encode) => {
  await inParallel(payloads, 16, async ({ event, id, body }) => {
    const signedBody = encode(body);
    const request = {
      event,
      id: `${source}-${id}`,
      body: flip(signedBody),
      signedBody,
      path: `/${source}`,
      contentType,
    };
    expect(await postGithub(platform.gateway, secret, request)).toBe(200);
  });
  const state = await platform.until(source, ({ outcomes }) => outcomes.rejected === 329);
  expect(state.queue).toEqual({ waiting: 0, inFlight: 0, deadLettered: 329 });
  const deliveries = await platform.deliveries(`source=${source}&limit=1000`);
  expect(new Set(deliveries.map(({ reason }) => reason))).toEqual(new Set(['signature_mismatch']));
  expect(project.lines('effects').filter((id) => id.startsWith(`${source}-`))).toEqual([]);
});
