import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostileReport } from '../../src/cli/send/hostile.ts';
import { type PlatformProcess, TestProject } from '../e2e/platform-process.ts';

const handler = 'handler: test/fixtures/handlers/note-effects.ts';
const project = new TestProject(
  [
    `  github: { provider: github, ${handler}, deduplicate: true }`,
    `  stripe: { provider: stripe, ${handler}, deduplicate: true, tolerance: 10m }`,
    `  telegram: { provider: telegram, ${handler} }`,
    `  sensors: { provider: json, unverified: true, ${handler} }`,
    '',
  ].join('\n'),
);
let platform: PlatformProcess;

const send = async (args: readonly string[], env: Record<string, string> = {}) =>
  project.cli(['send', ...args, '--data', project.data], { NO_COLOR: '1', ...env });

beforeAll(async () => {
  platform = await project.serve({ EFFECTS_FILE: project.file('effects') });
});
afterAll(async () => {
  await platform.stop();
  project.remove();
});

const refused = ['refused'];
const taken = ['handled', 'handled', 'handled'];
const controls = ['refused', 'refused', 'refused', 'refused'];

/** What must become of each mode's requests; nothing where the mode does not apply. */
const expected = {
  github: {
    tamper: ['rejected: signature_mismatch'],
    stale: [],
    duplicate: ['handled', 'duplicate'],
    reorder: taken,
    'no-signature': ['rejected: missing_signature'],
    oversize: refused,
    'control-chars': controls,
  },
  stripe: {
    tamper: ['rejected: signature_mismatch'],
    stale: ['rejected: stale_timestamp'],
    duplicate: ['handled', 'duplicate'],
    reorder: taken,
    'no-signature': ['rejected: missing_signature'],
    oversize: refused,
    'control-chars': controls,
  },
  telegram: {
    tamper: [],
    stale: [],
    duplicate: ['handled', 'handled'],
    reorder: taken,
    'no-signature': ['rejected: missing_signature'],
    oversize: refused,
    'control-chars': controls,
  },
  sensors: {
    tamper: [],
    stale: [],
    duplicate: ['handled', 'handled'],
    reorder: taken,
    'no-signature': [],
    oversize: refused,
    'control-chars': controls,
  },
};

describe.each(Object.entries(expected))('every hostile mode against %s', (source, modes) => {
  let reports: HostileReport[];
  let code: number;
  beforeAll(async () => {
    const sent = await send([source, '--hostile', '--json']);
    reports = JSON.parse(sent.stdout) as HostileReport[];
    code = sent.code;
  });

  test.each(Object.entries(modes))('--%s', async (mode, outcomes) => {
    const report = reports.find((each) => each.mode === mode);
    expect(report?.requests).toHaveLength(outcomes.length);
    expect(report?.inapplicable === null).toBe(outcomes.length > 0);
    expect(report?.requests.every(({ asExpected }) => asExpected === true)).toBe(true);
    // Not what the command says of itself, but what the platform tells.
    const told = report?.requests.map(async ({ messageId, status }) => {
      if (messageId === undefined) return status >= 400 && status < 500 ? 'refused' : String(status);
      const [delivery] = await platform.deliveries(`id=${messageId}`);
      return delivery?.reason ? `${delivery.outcome}: ${delivery.reason}` : delivery?.outcome;
    });
    expect(await Promise.all(told ?? [])).toEqual(outcomes);
  });

  test('ends with 0, and hands over nothing that was not expected to be', async () => {
    expect(code).toBe(0);
    const kept = Object.values(modes).flat();
    const { outcomes, queue } = await platform.source(source);
    expect(outcomes.handled).toBe(kept.filter((outcome) => outcome === 'handled').length);
    expect(queue.deadLettered).toBe(kept.filter((outcome) => outcome.startsWith('rejected')).length);
  });
});

test('it says what was expected, and why a mode does not apply', async () => {
  const { code, stdout } = await send(['github', 'ping', '--no-signature', '--stale']);
  expect(stdout).toMatch(/^github: ping --stale does not apply: no timestamp is signed and checked/);
  expect(stdout).toMatch(/without a signature {2}200 {2}rejected: missing_signature — as expected/);
  expect(code).toBe(0);
});

test('another outcome than the expected one is told, and ends with 1', async () => {
  const { code, stdout } = await send(['github', '--duplicate'], {
    GITHUB_WEBHOOK_SECRET: 'not the platform’s secret',
  });
  expect(stdout).toMatch(/a genuine one .* rejected: signature_mismatch — NOT as expected: handled or ignored/);
  expect(code).toBe(1);
});

test('--count goes with genuine requests alone', async () => {
  const { code, stderr } = await send(['github', '--tamper', '--count', '3']);
  expect(stderr).toContain('--count is for genuine requests');
  expect(code).toBe(2);
});
